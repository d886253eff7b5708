import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { build } from '../../infra/build.ts'

const root = mkdtempSync(join(tmpdir(), 'nightcrier-build-'))
afterAll(() => rmSync(root, { recursive: true }))
const write = (file: string, text: string) => writeFileSync(join(root, file), text)

test('an app without functions is not built', async () => {
  mkdirSync(join(root, 'functions'))
  await expect(build(root)).rejects.toThrow('it must hold one file for each function of the app')
})

test('the package holds an entry that loads every function, the broker, host.json and a manifest of its own', async () => {
  mkdirSync(join(root, 'agent-container/broker'), { recursive: true })
  write('package.json', '{"name":"x","version":"1.2.3","dependencies":{"a":"1"},"main":"dist/main.js"}')
  write('host.json', '{"version":"2.0"}')
  write('shared.ts', 'export const shared = "said once"')
  write('functions/a.ts', `import { shared } from '../shared.ts'; console.log('a', shared)`)
  write('functions/b.ts', `console.log('b', typeof require); await import('../late.ts')`)
  write('late.ts', 'export const late = "late"')
  write('agent-container/broker/main.ts', `import { shared } from '../../shared.ts'; console.log(shared)`)
  const { files, folder } = await build(root)
  expect(files).toEqual(expect.arrayContaining(['main.js', 'agent/broker.js', 'package.json', 'host.json']))
  expect(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).toEqual({
    name: 'x',
    version: '1.2.3',
    private: true,
    type: 'module',
    main: 'main.js',
  })
  const main = readFileSync(join(folder, 'main.js'), 'utf8')
  expect(main).toMatch(/console\.log\("a"[\s\S]*console\.log\("b"/)
  expect(main).not.toContain('said once')
})

test('building again changes no file, and removes the ones that nothing makes any more', async () => {
  const before = statSync(join(root, 'dist/main.js')).mtimeMs
  write('dist/chunks/old.js', '')
  await build(root)
  expect(statSync(join(root, 'dist/main.js')).mtimeMs).toBe(before)
  expect(existsSync(join(root, 'dist/chunks/old.js'))).toBe(false)
})
