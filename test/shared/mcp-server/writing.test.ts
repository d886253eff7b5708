import { expect, onTestFinished, test } from 'vitest'
import { connectWriter } from '../../../shared/kubernetes/connect-writer.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import type { GuardRail } from '../../../shared/mcp-server/safety/guard-rails.ts'
import type { AuditLine } from '../../../shared/mcp-server/server/audit.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import type { McpOptions } from '../../../shared/mcp-server/server/server.ts'
import { createStatelessHandler } from '../../../shared/mcp-server/server/stateless.ts'
import { allTools } from '../../../shared/mcp-server/server/tools.ts'
import { lazyTargets, type Targets } from '../../../shared/mcp-server/targets/targets.ts'
import type { Program } from '../../simulator/exec.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { canaries } from '../kubernetes/canaries.ts'
import { deployment, node, running, webPod } from './pods.ts'
import { caller, redactHunter2 } from './setup.ts'

const name = 'web-6bf586c785-chf5m'
const objects = [node, deployment, webPod('p-1', running)]
const exec: Program = ({ command }) => ({
  stdout: command[0] === 'long' ? 'x'.repeat(20_000) : `${command.join(' ')} hunter2`,
  exitCode: command[0] === 'fail' ? 7 : 0,
})
const writing = allTools.filter(({ definition }) => definition.annotations?.readOnlyHint !== true)
/** What each tool that changes is called with here. */
const calls: Readonly<Record<string, object>> = {
  pods_run: { image: 'busybox', name: 'shell', port: 80 },
  pods_exec: { name, command: ['ls'] },
  pods_delete: { name },
  resources_create_or_update: {
    resource: 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n',
  },
  resources_scale: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', scale: 5 },
  resources_delete: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
}

async function writable(more: Partial<McpOptions> = {}) {
  const simulator = await startSimulator({ port: 0, protocol: 'http', objects, writable: { exec } })
  const cluster = connectWriter(simulator.kubeconfig)
  onTestFinished(async () => {
    await cluster.close()
    await simulator.stop()
  })
  const target = { name: 'east', aliases: ['prod'], server: '', namespace: 'shop', labels: { env: 'prod' } }
  const targets: Targets = { ...lazyTargets([{ target, open: () => cluster }]), writeAt: () => cluster.write }
  const lines: AuditLine[] = []
  const audit = (line: AuditLine) => lines.push(line)
  const { call, client } = await caller({ targets, audit, choice: { readWrite: true }, ...more })
  const writes = () =>
    simulator.calls
      .filter(({ method, path }) => method !== 'GET' && !path.includes('selfsubject'))
      .map((one) => one.path)
  return { simulator, cluster, targets, lines, call, client, writes }
}

test('each tool that changes something does so, is in the audit with it, and gives no secret back', async () => {
  const { call, lines, writes, cluster } = await writable()
  expect(writing.map((tool) => tool.name).sort()).toEqual(Object.keys(calls).sort())
  for (const [tool, args] of Object.entries(calls)) {
    const { text, structured, isError } = await call(tool, { ...args })
    expect(isError, text).toBe(false)
    expect(text + JSON.stringify(structured), tool).not.toContain('hunter2')
    expect(lines.at(-1), tool).toMatchObject({
      tool,
      clusters: ['east'],
      outcome: 'ok',
      writes: tool === 'pods_run' ? 2 : 1,
    })
    expect(lines.at(-1)?.namespaces).toContain('shop')
  }
  expect(writes().map((path) => path.split('?')[0])).toEqual([
    '/api/v1/namespaces/shop/pods',
    '/api/v1/namespaces/shop/services',
    `/api/v1/namespaces/shop/pods/${name}/exec`,
    `/api/v1/namespaces/shop/pods/${name}`,
    '/api/v1/namespaces/shop/secrets/db',
    '/apis/apps/v1/namespaces/shop/deployments/web/scale',
    '/apis/apps/v1/namespaces/shop/deployments/web',
  ])
  expect(await cluster.get({ apiVersion: 'v1', kind: 'Pod' }, 'shell', 'shop')).toBeDefined()
  expect(await cluster.get({ apiVersion: 'v1', kind: 'Pod' }, name, 'shop')).toBeUndefined()
})

test('a server that only reads has none of them, refuses their names, and sends no write whatever it is asked for', async () => {
  const { targets, writes } = await writable()
  for (const { name: tool } of writing.filter((one) => one.name !== 'resources_scale'))
    await expect(caller({ targets, choice: { allowTools: [tool] } })).rejects.toThrow(`${tool} changes clusters`)
  const { writeAt: _, ...readOnly } = targets
  const { client, call } = await caller({ targets: readOnly })
  const { tools } = await client.listTools()
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true)).toEqual([])
  for (const [tool, args] of Object.entries(calls)) {
    if (tool === 'resources_scale') expect((await call(tool, { ...args })).text).toMatch(/unknown argument "scale"/)
    else await expect(call(tool, { ...args })).rejects.toThrow('There is no tool')
    const everywhere = await call('clusters_exec_all', { operation: tool, parameters: args })
    expect(everywhere.text).toMatch(/cannot be run on all clusters|unknown argument "scale"/)
  }
  // Forced in by a mistake elsewhere: the second lock holds.
  const forced = await caller({ targets: readOnly, choice: { readWrite: true } })
  for (const [tool, args] of Object.entries(calls))
    expect((await forced.call(tool, { ...args })).text, tool).toBe('This server only reads.')
  expect(writes()).toEqual([])
})

test('the door of the functions answers no tool that changes something', async () => {
  const { targets, writes } = await writable()
  const handle = createStatelessHandler({ targets, redact: redactHunter2 })
  for (const [tool, args] of Object.entries(calls)) {
    const answer = await handle(
      new Request('http://localhost/api/mcp', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: args } }),
      }),
    )
    expect(await answer.text(), tool).toMatch(/There is no tool|unknown argument/)
  }
  expect(writes()).toEqual([])
})

test('what is run on all clusters only reads, on a server that may write too', async () => {
  const { call, writes } = await writable()
  for (const [tool, args] of Object.entries(calls))
    expect((await call('clusters_exec_all', { operation: tool, parameters: args })).text, tool).toContain(
      'cannot be run on all clusters',
    )
  expect(writes()).toEqual([])
})

test('without the tools that destroy there is one that makes something new, and scaling only reads', async () => {
  const { client, call, writes } = await writable({ choice: { readWrite: true, disableDestructive: true } })
  const { tools } = await client.listTools()
  expect(tools.filter(({ annotations }) => annotations?.destructiveHint !== false)).toEqual([])
  expect(tools.filter(({ annotations }) => annotations?.readOnlyHint !== true).map((one) => one.name)).toEqual([
    'pods_run',
  ])
  await expect(call('pods_delete', { name })).rejects.toThrow('There is no tool')
  expect((await call('resources_scale', { ...calls.resources_scale })).isError).toBe(true)
  expect(writes()).toEqual([])
})

test.each<[string, GuardRail, readonly string[]]>([
  ['only reading', { verbs: ['list', 'get', 'watch', 'log'] }, []],
  ['not by label', { labels: { env: 'prod' }, verbs: ['get', 'list', 'delete'] }, ['pods_delete', 'resources_delete']],
  ['not this namespace', { denyNamespaces: ['shop'] }, []],
  [
    'not this kind',
    { denyKinds: ['Pod', 'v1 Service'] },
    ['resources_create_or_update', 'resources_delete', 'resources_scale'],
  ],
  ['another cluster', { clusters: ['west'], verbs: [] }, Object.keys(calls)],
])('guard rails hold for changes: %s', async (_, rail, may) => {
  for (const [tool, args] of Object.entries(calls)) {
    const { call, writes } = await writable({ rails: [rail] })
    const { isError, text } = await call(tool, { ...args, ...(tool === 'pods_exec' ? { container: 'web' } : {}) })
    expect(isError, `${tool}: ${text}`).toBe(!may.includes(tool))
    if (may.includes(tool)) continue
    expect(text).toContain("This server's guard rails for east do not allow it")
    expect(writes(), tool).toEqual([])
  }
})

test('a namespace lies in itself: whoever may not touch it may not delete it either', async () => {
  const { call, writes } = await writable({ rails: [{ denyNamespaces: ['shop'] }] })
  const { text } = await call('resources_delete', { apiVersion: 'v1', kind: 'Namespace', name: 'shop' })
  expect(text).toContain('namespace shop is not shown')
  expect(writes()).toEqual([])
})

test('of a manifest of which the rails refuse one object nothing is applied, and merge keys count', async () => {
  const { call, writes } = await writable({ rails: [{ verbs: ['apply', 'get', 'list'], namespaces: ['shop'] }] })
  const one = (place: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a, ${place} }\n`
  const both = await call('resources_create_or_update', {
    resource: `${one('namespace: shop')}---\n${one('namespace: other')}`,
  })
  expect([both.isError, both.text]).toEqual([true, expect.stringContaining("This server's guard rails for east")])
  const merged = `x: &place { namespace: other }\n${one('<<: *place')}`
  expect((await call('resources_create_or_update', { resource: merged })).isError).toBe(true)
  expect(writes()).toEqual([])
})

test('a manifest that holds itself is refused in words', async () => {
  const { call, writes } = await writable()
  const resource = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: &d\n  e: *d\n'
  const { text, isError } = await call('resources_create_or_update', { resource })
  expect([isError, text]).toEqual([true, expect.stringContaining('YAML aliases that cannot be resolved')])
  expect(writes()).toEqual([])
})

test('a trial changes nothing and says so; several objects are applied in order, and what failed is told', async () => {
  const { call, cluster, lines } = await writable()
  for (const [tool, args] of Object.entries(calls).filter(([tool]) => tool !== 'pods_exec')) {
    const { text, isError } = await call(tool, { ...args, dryRun: true })
    expect([isError, /Tried|could be/.test(text)], `${tool}: ${text}`).toEqual([false, true])
    expect(lines.at(-1)?.writes).toBe(0)
  }
  expect(await cluster.get({ apiVersion: 'v1', kind: 'Secret' }, 'db', 'shop').catch(() => undefined)).toBeUndefined()
  const map = (of: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${of}}\n---\n`
  const wrong = 'apiVersion: v1\nkind: Pod\nmetadata: {name: "a b"}\n---\n'
  const { text } = await call('resources_create_or_update', { resource: `${map('one')}${wrong}${map('two')}` })
  expect(text).toMatch(
    /Not complete[\s\S]*ConfigMap shop\/one: applied\nPod shop\/a b: failed\. [\s\S]*ConfigMap shop\/two: not tried/,
  )
  expect(lines.at(-1)?.outcome).toBe('partial')
})

test.each([
  ['no YAML', 'a: [', 'is no YAML'],
  ['nothing', '---\n---\n', 'holds no object'],
  ['no object', 'kind: Pod', 'needs apiVersion, kind and metadata.name'],
  ['a list', '{apiVersion: v1, kind: List, metadata: {name: x}, items: []}', 'is a list'],
  [
    'a pseudonym',
    '{apiVersion: v1, kind: Secret, metadata: {name: x}, data: {a: "‹redacted:secret:ab12cd›"}}',
    'pseudonym',
  ],
  ['a kind that is not there', '{apiVersion: a.example/v1, kind: Thing, metadata: {name: x}}', 'serves no kind Thing'],
])('a manifest with %s is refused before anything is sent', async (_, resource, why) => {
  const { call, writes } = await writable()
  const { isError, text } = await call('resources_create_or_update', { resource })
  expect([isError, text]).toEqual([true, expect.stringContaining(why)])
  expect(writes()).toEqual([])
})

test('a command that fails tells its exit code; its output is bounded after secrets are taken out', async () => {
  const { call } = await writable()
  expect((await call('pods_exec', { name, command: ['fail'] })).text).toContain('exit code 7')
  const long = await call('pods_exec', { name, command: ['long'] })
  expect(long.text).toContain('Not all that it wrote is shown')
  expect(long.text.length).toBeLessThan(12_000)
})

test('what a command prints passes the redaction like all else, in both outputs, whatever secret it is', async () => {
  const simulator = await startSimulator({
    ...{ port: 0, protocol: 'http', objects },
    writable: {
      exec: ({ command: [kind = ''] }) => ({ stdout: canaries[kind]?.[0] ?? '', stderr: canaries[kind]?.[0] ?? '' }),
    },
  })
  const cluster = connectWriter(simulator.kubeconfig)
  onTestFinished(async () => {
    await cluster.close()
    await simulator.stop()
  })
  const target = { name: 'east', aliases: [], server: '', namespace: 'shop' }
  const targets: Targets = { ...lazyTargets([{ target, open: () => cluster }]), writeAt: () => cluster.write }
  const redact = createRedactor({ key: 'a key of sixteen bytes' })
  const { client } = await caller({ targets, redact, choice: { readWrite: true } })
  for (const [kind, [, secret]] of Object.entries(canaries)) {
    const answer = await client.callTool({ name: 'pods_exec', arguments: { name, container: 'web', command: [kind] } })
    expect(answer.isError, kind).not.toBe(true)
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)])
      expect(JSON.stringify(answer), kind).not.toContain(form)
  }
})

test('over HTTP nothing may be changed without a token', async () => {
  const { targets } = await writable()
  const options = { targets, redact: redactHunter2, port: 0, choice: { readWrite: true } }
  await expect(startMcpHttpServer(options)).rejects.toThrow('Any program on this machine could change the clusters')
  const server = await startMcpHttpServer({ ...options, token: 'not-a-real-token' })
  await server.stop()
})
