import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'

const source = join(import.meta.dirname, '../../infra/terraform')
const there = spawnSync('terraform', ['version']).status === 0
if (!there) console.warn('terraform is not on this machine: its own tests did not run (infra/check.sh says the same).')

const folder = mkdtempSync(join(tmpdir(), 'nightcrier-terraform-'))
afterAll(() => rmSync(folder, { recursive: true }))
function terraform(at: string, ...words: string[]) {
  const environment = { ...process.env, TF_CLI_CONFIG_FILE: '/dev/null', CHECKPOINT_DISABLE: '1' }
  const { status, stdout, stderr } = spawnSync('terraform', words, { cwd: at, env: environment, encoding: 'utf8' })
  return { status, said: `${stdout}${stderr}` }
}

describe.runIf(there)('terraform itself', () => {
  test('finds nothing to format', () => {
    const { status, said } = terraform(source, 'fmt', '-check', '-diff', '-recursive')
    expect(said).toBe('')
    expect(status).toBe(0)
  })

  test('passes the tests of the module that needs no provider', () => {
    const module = join(folder, 'plan')
    cpSync(join(source, 'modules/plan'), module, { recursive: true })
    expect(terraform(module, 'init', '-backend=false', '-input=false', '-no-color').status).toBe(0)
    const { status, said } = terraform(module, 'test', '-no-color')
    expect(said).toMatch(/Success! 11 passed, 0 failed/)
    expect(status).toBe(0)
  })
})
