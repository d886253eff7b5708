import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { homeFolder } from '../../../shared/runtime/home-folder.ts'

test('it is the home of whoever runs this', () => {
  expect(homeFolder()).toBe(process.env.HOME)
})

test.runIf(process.getuid?.() === 0)('a user whom no list knows, without HOME, has the root', () => {
  const module = join(import.meta.dirname, '../../../shared/runtime/home-folder.ts')
  const code = `process.setuid(54321); const { homeFolder } = await import(${JSON.stringify(module)}); console.log(homeFolder())`
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
  })
  expect(stdout, stderr).toBe('/\n')
})
