import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { kubeconfigTargets } from '../../../shared/mcp-server/targets/kubeconfig-targets.ts'
import { startSimulator } from '../../simulator/simulator.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'nightcrier-start-real-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function start(...flags: string[]) {
  const child = spawn(
    process.execPath,
    [join(root, 'infra/local/start.ts'), '--once', '--port', '0', '--page', join(folder, 'page.html'), ...flags],
    {
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, TMPDIR: folder },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const [code] = await once(child, 'close')
  return { code, lines: stdout.trimEnd().split('\n'), stderr }
}

test('a kubeconfig without an MCP server is enough to find what is broken, also with two instances', async () => {
  const cluster = await startSimulator({
    folder: join(root, 'test/scenarios/train/deployment/bad-command'),
    name: 'team/one',
  })
  try {
    const file = join(folder, 'kubeconfig')
    writeFileSync(file, cluster.kubeconfig)
    const { code, lines, stderr } = await start('--kubeconfig', file, '--instances', '2')
    expect(code, stderr).toBe(0)
    expect(lines.at(-2)).toMatch(/^report: http/)
    expect(lines.at(-1)).toBe('cause: Deployment/orchard/giant-narwhal BadCommand')
    expect(lines.join('\n')).toContain('team-one Deployment/orchard/giant-narwhal')
    expect(cluster.calls.filter(({ method, path }) => method !== 'GET' && !path.includes('/selfsubject'))).toEqual([])
  } finally {
    await cluster.stop()
  }
}, 90_000)

test('a clusters file leads to the MCP servers and kubeconfigs that it names', async () => {
  const cluster = await startSimulator({
    folder: join(root, 'test/scenarios/train/deployment/bad-command'),
    name: 'one',
  })
  const targets = kubeconfigTargets([{ text: cluster.kubeconfig, where: 'the test' }])
  const mcp = await startMcpHttpServer({ targets, redact: createRedactor({ key: 'only for this test' }) })
  try {
    writeFileSync(join(folder, 'one.kubeconfig'), cluster.kubeconfig)
    const entry = (name: string, endpoint: string) => ({
      name,
      mcp: { endpoint },
      triage: { kubeconfig: 'file:./one.kubeconfig' },
    })
    const clusters = [entry('away', 'http://127.0.0.1:1/mcp'), entry('orchards', `${mcp.url}/one`)]
    writeFileSync(join(folder, 'clusters.yaml'), JSON.stringify({ clusters }))
    const { code, lines, stderr } = await start('--config', join(folder, 'clusters.yaml'))
    expect(code, stderr).toBe(0)
    expect(lines.at(-1)).toBe('cause: Deployment/orchard/giant-narwhal BadCommand')
    expect(lines.join('\n')).toContain('orchards Deployment/orchard/giant-narwhal')
  } finally {
    await mcp.stop()
    await targets.close()
    await cluster.stop()
  }
}, 90_000)
