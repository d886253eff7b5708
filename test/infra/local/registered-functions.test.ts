import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectedFunctions } from '../../../infra/local/expected-functions.ts'

const root = join(import.meta.dirname, '../../..')

test('what functions/ registers by name is what the local host expects: with one too many nothing starts', () => {
  const texts = globSync('functions/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'))
  const named = texts.flatMap((text) => [...text.matchAll(/host\.\w+\(\s*'([\w-]+)'/g)].map((match) => match[1]))
  const expected = new Set(expectedFunctions({ SUPERVISORS: 1 }))
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((name) => name !== undefined && !expected.has(name))).toEqual([])
})
