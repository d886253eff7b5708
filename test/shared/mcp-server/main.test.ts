import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { faultIdOf } from '../../../shared/faults/fault-id.ts'
import { crashLooping, deployment, node, replicaSet, webPod } from './pods.ts'
import { listenTo, simulated, until } from './setup.ts'

const uid = '7d0b6f0e-3f0e-4b8a-9a53-2f0f5a1f6c11'
const main = join(import.meta.dirname, '../../../shared/mcp-server/main.ts')

async function kubeconfigFile() {
  const secret = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'shop' }, data: {} }
  const { simulator } = await simulated({
    objects: [
      node,
      deployment,
      replicaSet,
      webPod(uid, crashLooping),
      { ...secret, data: { DB_PASSWORD: 'Zx9-kk2!pq' } },
    ],
  })
  const folder = mkdtempSync(join(tmpdir(), 'mcp-main-'))
  const file = join(folder, 'config')
  writeFileSync(file, simulator.kubeconfig)
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return { file, folder }
}
const client = () => new Client({ name: 'test', version: '0' })

/** The program's standard error and exit code, as far as they have come. */
function started(args: readonly string[]) {
  const child = spawn(process.execPath, ['--no-warnings', main, ...args])
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const seen: { error: string; code: number | null | undefined } = { error: '', code: undefined }
  child.stderr.on('data', (chunk) => {
    seen.error += chunk
  })
  child.on('exit', (code) => {
    seen.code = code
  })
  return { child, seen }
}

test('over standard input and output it answers, tells faults, and keeps secrets to itself', async () => {
  const { file } = await kubeconfigFile()
  const one = client()
  const notices = listenTo(one)
  const args = ['--no-warnings', main, '--kubeconfig', file]
  await one.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  onTestFinished(() => one.close())
  await one.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  await until(() => notices.length === 1, 'the fault', 30_000)
  // What identifies a fault must come through the real redaction as it is.
  const { cluster, faultId } = z.object({ cluster: z.string(), faultId: z.string() }).parse(notices[0]?.data)
  expect(faultId).toBe(faultIdOf(cluster, 'CrashLoop', uid, 'web'))
  expect(notices[0]?.data).toMatchObject({
    resource: { kind: 'Pod', name: 'web-6bf586c785-chf5m', namespace: 'shop', uid },
    owner: { kind: 'Deployment', name: 'web' },
    image: 'shop/web:2',
  })
  const get = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', namespace: 'shop' }
  const answer = JSON.stringify(await one.callTool({ name: 'resources_get', arguments: get }))
  expect(answer).toContain('DB_PASSWORD')
  expect(answer).not.toContain('Zx9-kk2!pq')
})

test('over HTTP it says where it is, answers, and stops when asked to', async () => {
  const { file } = await kubeconfigFile()
  const { child, seen } = started(['--kubeconfig', file, '--port', '0'])
  await until(() => /MCP at (\S+) for 1 cluster/.test(seen.error), 'the address', 30_000)
  const url = /MCP at (\S+)/.exec(seen.error)?.[1] ?? ''
  const one = client()
  await one.connect(new StreamableHTTPClientTransport(new URL(url)))
  expect((await one.callTool({ name: 'pods_list', arguments: {} })).isError).toBeFalsy()
  child.kill('SIGTERM')
  await until(() => seen.code === 0, 'the end', 30_000)
  await one.close()
})

test.each([
  [['--port', 'eighty'], /It must be 0 to 65535/],
  [['--prot', '1'], /unknown option '--prot'/],
])('what is wrong on the command line is one sentence: %o', async (args, said) => {
  const { seen } = started(args)
  await until(() => seen.code !== undefined, 'the end', 30_000)
  expect(seen.code).toBe(1)
  expect(seen.error).toMatch(said)
})

test('without any kubeconfig it answers, and each tool says what is missing', async () => {
  const one = client()
  const args = ['--no-warnings', main, '--kubeconfig', '/nowhere/config']
  await one.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  onTestFinished(() => one.close())
  expect((await one.listTools()).tools.length).toBeGreaterThan(10)
  const answer = await one.callTool({ name: 'pods_list', arguments: {} })
  expect(answer.isError).toBe(true)
  expect(JSON.stringify(answer)).toMatch(/knows no cluster\. There is no kubeconfig \/nowhere\/config/)
})

test('it does not listen to others without a token', async () => {
  const { file } = await kubeconfigFile()
  const { seen } = started(['--kubeconfig', file, '--port', '0', '--host', '0.0.0.0'])
  await until(() => seen.code !== undefined, 'the end', 30_000)
  expect(seen.error).toMatch(/give a token \(--token-file\)/)
})

test('two hundred contexts of which one hangs: the hanging one holds up neither start nor tools', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-main-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const hanging = createServer(() => undefined).listen(0, '127.0.0.1')
  onTestFinished(() => void hanging.close())
  await new Promise((done) => hanging.once('listening', done))
  const { port } = z.object({ port: z.number() }).parse(hanging.address())
  const all = Array.from({ length: 200 }, (_, at) => `c${at}`)
  const kubeconfig = {
    clusters: all.map((name, at) => ({
      name,
      cluster: { server: at === 0 ? `http://127.0.0.1:${port}` : 'https://x.example' },
    })),
    users: [{ name: 'u', user: { token: 't' } }],
    contexts: all.map((name) => ({ name, context: { cluster: name, user: 'u' } })),
    'current-context': 'c0',
  }
  const file = join(folder, 'config')
  writeFileSync(file, JSON.stringify(kubeconfig))
  const one = client()
  const began = performance.now()
  const args = ['--no-warnings', main, '--kubeconfig', file]
  await one.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
  onTestFinished(() => one.close())
  expect((await one.listTools()).tools.length).toBeGreaterThan(20)
  // Less than a second on a quiet machine; fifteen here, since others use it as well.
  expect(performance.now() - began).toBeLessThan(15_000)
  const text = JSON.stringify(await one.callTool({ name: 'clusters_list', arguments: {} }))
  expect(text).toContain('# Clusters (200)')
})

test('a config, a folder and a default: as one command, with its warnings on standard error', async () => {
  const { file, folder } = await kubeconfigFile()
  copyFileSync(file, join(folder, 'east.yaml'))
  const config = join(folder, 'mcp.toml')
  writeFileSync(
    config,
    `[rancher]\nrancher_url = "http://127.0.0.1:9"\nrancher_token = "\${A_TOKEN}"\nkubeconfig_dir = "."\ndefault_cluster = "east"\n`,
  )
  const one = client()
  const args = ['--no-warnings', main, '--config', config, '--rancher-token', 'abc']
  const transport = new StdioClientTransport({ command: process.execPath, args, stderr: 'pipe', env: { A_TOKEN: 'x' } })
  let said = ''
  transport.stderr?.on('data', (chunk) => {
    said += chunk
  })
  await one.connect(transport)
  onTestFinished(() => one.close())
  expect((await one.callTool({ name: 'pods_list', arguments: {} })).structuredContent).toMatchObject({
    cluster: 'east',
  })
  await until(() => /Rancher http:\/\/127\.0\.0\.1:9 cannot be reached/.test(said), 'the problem of Rancher', 10_000)
  expect(said).toMatch(/--rancher-token: every program on this machine/)
  expect(said).toMatch(/kubeconfig_dir stands below \[rancher\]/)
})
