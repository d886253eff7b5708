import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startMcpHttpServer } from '../../../../shared/mcp-server/server/http-server.ts'
import { targetsOf } from '../../../../shared/mcp-server/targets/targets.ts'
import { redactHunter2, simulated } from '../setup.ts'
import { conformanceFixtures } from './fixtures.ts'

const modules = join(import.meta.dirname, '..', '..', '..', '..', 'node_modules')
function run(program: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const options = { timeout: 50_000, maxBuffer: 8 * 1024 * 1024 }
    execFile(process.execPath, [join(modules, program), ...args], options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error === null ? 0 : 1
      resolve({ code, output: stdout + stderr })
    })
  })
}
async function served(more: object = {}) {
  const { api } = await simulated({ objects: [] })
  const targets = targetsOf([{ name: 'east', api }])
  const server = await startMcpHttpServer({ targets, redact: redactHunter2, port: 0, ...more })
  onTestFinished(server.stop)
  return server
}

test('the MCP conformance suite passes whole, with its fixtures served beside the tools', async () => {
  const { url } = await served({ additions: conformanceFixtures })
  const args = ['server', '--url', url, '--suite', 'active']
  const { code, output } = await run('@modelcontextprotocol/conformance/dist/index.js', args)
  const [, passed, failed] = /Total: (\d+) passed, (\d+) failed/.exec(output) ?? []
  expect(failed, output.slice(-4_000)).toBe('0')
  expect(Number(passed)).toBeGreaterThan(30)
  expect(code).toBe(0)
}, 60_000)

test('the Inspector lists the tools and finds none that other clients could not read', async () => {
  // All there are: those that change clusters too.
  const token = 'not-a-real-token'
  const { url } = await served({ choice: { readWrite: true }, token })
  const head = ['--header', `Authorization: Bearer ${token}`]
  const args = ['--cli', url, '--transport', 'http', ...head, '--method', 'tools/list', '--strict']
  const { code, output } = await run('@modelcontextprotocol/inspector/clients/launcher/build/index.js', args)
  expect(output).toContain('"pods_list"')
  expect(output).toContain('"resources_create_or_update"')
  expect(code, output.slice(-2_000)).toBe(0)
}, 60_000)
