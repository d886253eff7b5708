import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('every action of a workflow is pinned by its commit, which no tag can move', () => {
  const files = globSync('.github/workflows/*.yml', { cwd: root })
  expect(files.length).toBeGreaterThan(0)
  for (const file of files)
    for (const [, action = ''] of readFileSync(join(root, file), 'utf8').matchAll(/\buses:\s*(\S+)/g))
      if (!action.startsWith('./')) expect(action, file).toMatch(/@[\da-f]{40}$/)
})
