import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mutants, mutated, root } from './read-mutants.ts'

test.each(mutants)('$name: what it changes is there once, and so are its tests', (mutant) => {
  expect(mutated(mutant)).toContain(mutant.to)
  for (const file of mutant.tests) expect(existsSync(join(root, file)), file).toBe(true)
})

test('each has a name of its own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
})
