import { join } from 'node:path'
import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import type { Program } from '../../simulator/exec.ts'
import type { Loose } from '../../simulator/objects.ts'
import { type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'
import { node, running, webPod } from './pods.ts'
import { ours, textOf, upstream } from './upstream.ts'

const scenarios = join(import.meta.dirname, '..', '..', 'scenarios')
const metrics = [
  {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name: 'measured' },
    timestamp: '2026-01-01T00:00:00Z',
    window: '15s',
    usage: { cpu: '500m', memory: '1Gi' },
  },
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'measured' },
    status: { allocatable: { cpu: '2', memory: '4Gi' } },
  },
]

/** Both programs on one simulated cluster. TLS, since the other sends no token without it. */
async function both({ writes = false, ...options }: SimulatorOptions & { readonly writes?: boolean }) {
  const simulator = await startSimulator({ port: 0, ...options })
  onTestFinished(simulator.stop)
  const programs = [upstream(simulator.kubeconfig, writes), ours(simulator.kubeconfig, writes)] as const
  await Promise.all(programs.map(({ connected }) => connected))
  const [theirs, mine] = programs.map(({ client }) => client)
  return { simulator, theirs: theirs!, mine: mine! }
}

async function listed(client: Client, name: string, args: Record<string, unknown>): Promise<Loose[]> {
  const items: Loose[] = []
  for (let next: object = {}; ; ) {
    const { is, text, isError } = await textOf(client, name, {
      ...args,
      detail: 'whole',
      limit: 500,
      maxBytes: 1_000_000,
      ...next,
    })
    expect(isError, text).toBe(false)
    items.push(...is.items)
    if (is.continue === undefined) return items
    next = { continue: is.continue }
  }
}
async function listedThere(client: Client, name: string, args: Record<string, unknown>): Promise<Loose[]> {
  const { text, isError } = await textOf(client, name, args)
  expect(isError, text).toBe(false)
  return parse(text) ?? []
}
const key = ({ metadata }: Loose) => `${metadata.namespace ?? ''}/${metadata.name}`
const byKey = (items: Loose[]) => [...items].sort((a, b) => (key(a) < key(b) ? -1 : 1))
/** What a list says of each: who it is, and its state. */
const facts = (items: Loose[]) =>
  byKey(items).map((item) => ({
    key: key(item),
    uid: item.metadata.uid,
    labels: item.metadata.labels,
    owners: item.metadata.ownerReferences,
    status: item.status,
  }))

test.each(['train/deployment/bad-command', 'train/node/not-ready', 'train/healthy/noisy-events'])(
  'the shared tools agree on the facts of the scenario %s',
  async (folder) => {
    const { theirs, mine } = await both({ folder: join(scenarios, folder), objects: metrics })
    const questions: [string, Record<string, unknown>][] = [
      ['pods_list', {}],
      ['pods_list', { labelSelector: 'app.kubernetes.io/name=coredns' }],
      ['pods_list', { fieldSelector: 'status.phase=Running' }],
      ['pods_list_in_namespace', { namespace: 'kube-system' }],
      ['namespaces_list', {}],
      ['resources_list', { apiVersion: 'apps/v1', kind: 'Deployment' }],
      ['resources_list', { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'kube-system' }],
      ['resources_list', { apiVersion: 'v1', kind: 'Node' }],
      ['resources_list', { apiVersion: 'v1', kind: 'Service' }],
    ]
    for (const [name, args] of questions) {
      const there = await listedThere(theirs, name, args)
      expect(facts(await listed(mine, name, args)), `${name} ${JSON.stringify(args)}`).toEqual(facts(there))
    }
    const events = (await listed(mine, 'events_list', {})).map(
      (event) => `${event.involvedObject.name} ${event.reason} ${event.message}`,
    )
    const theirEvents = (await listedThere(theirs, 'events_list', {})).map(
      (event) => `${event.InvolvedObject.Name} ${event.Reason} ${event.Message}`,
    )
    expect(events.sort()).toEqual(theirEvents.map((event) => event.trim()).sort())

    const pods = await listed(mine, 'pods_list', {})
    expect(pods.length).toBeGreaterThan(5)
    expect(events.length).toBeGreaterThan(0)
    for (const { metadata, spec } of pods.slice(0, 6)) {
      const args = { name: metadata.name, namespace: metadata.namespace }
      const there = parse((await textOf(theirs, 'pods_get', args)).text)
      const here = (await textOf(mine, 'pods_get', args)).is.object
      expect({ ...here.status, spec: here.spec.containers.length }).toEqual({
        ...there.status,
        spec: there.spec.containers.length,
      })
      const container = { ...args, container: spec.containers[0].name, tail: 20 }
      const [hisLog, myLog] = [await textOf(theirs, 'pods_log', container), await textOf(mine, 'pods_log', container)]
      if (!hisLog.isError && hisLog.text.includes('\n'))
        expect(myLog.is.log.trim().split('\n').length).toBe(hisLog.text.trim().split('\n').length)
    }
    expect((await textOf(theirs, 'nodes_top', { name: 'measured' })).text).toMatch(
      /measured\s+500m\s+25%\s+1024Mi\s+25%/,
    )
    expect((await textOf(mine, 'nodes_top', { name: 'measured' })).is.nodes).toMatchObject([
      { name: 'measured', cpuMillicores: 500, cpuPercent: 25, memoryMiB: 1024, memoryPercent: 25 },
    ])
  },
  60_000,
)

test('what their tools are called and take, ours are called and take, with the same effects', async () => {
  const { theirs, mine } = await both({ objects: [], writes: true })
  const [there, here] = await Promise.all([theirs.listTools(), mine.listTools()])
  const missing = there.tools.flatMap(({ name, inputSchema, annotations }) => {
    const found = here.tools.find((tool) => tool.name === name)
    if (found === undefined) return [name]
    const { readOnlyHint, destructiveHint } = annotations ?? {}
    expect(found.annotations, name).toMatchObject({ readOnlyHint, destructiveHint })
    // Nothing more is asked for; a kind is found without its version, too.
    expect(inputSchema.required ?? [], name).toEqual(expect.arrayContaining(found.inputSchema.required ?? []))
    const own = Object.keys(found.inputSchema.properties ?? {})
    return Object.keys(inputSchema.properties ?? {})
      .filter((one) => !own.includes(one))
      .map((one) => `${name} ${one}`)
  })
  // OpenShift only.
  expect(missing).toEqual(['projects_list'])
})

test('both leave the same cluster behind after the same changes', async () => {
  const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made, namespace: default}\ndata: {a: b}\n'
  const after = async (change: (client: Client) => Promise<void>, mine: boolean) => {
    const objects = [
      webPod('p-1', running, { name: 'one', metadata: { namespace: 'default' } }),
      webPod('p-2', running, { name: 'two', metadata: { namespace: 'default' } }),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web', namespace: 'default' },
        spec: { replicas: 1 },
      },
    ]
    const exec: Program = ({ command }) => ({ stdout: `ran ${command.join(' ')}` })
    const simulator = await startSimulator({ port: 0, objects, writable: { exec } })
    onTestFinished(simulator.stop)
    const { client, connected } = (mine ? ours : upstream)(simulator.kubeconfig, true)
    await connected
    await change(client)
    const api = connectCluster(simulator.kubeconfig)
    onTestFinished(api.close)
    const pods = (await api.list({ apiVersion: 'v1', kind: 'Pod' }, { limit: 10 })).items.map(key)
    const maps = (await api.list({ apiVersion: 'v1', kind: 'ConfigMap' }, { limit: 10 })).items
    const deployment: Loose = await api.get({ apiVersion: 'apps/v1', kind: 'Deployment' }, 'web', 'default')
    return { pods, maps: maps.map(({ metadata, data }) => [metadata.name, data]), replicas: deployment?.spec.replicas }
  }
  const change = async (client: Client) => {
    const done = async (name: string, args: object) => {
      const { text, isError } = await textOf(client, name, { ...args })
      expect(isError, `${name}: ${text}`).toBe(false)
      return text
    }
    await done('resources_create_or_update', { resource: manifest })
    await done('resources_scale', {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
      namespace: 'default',
      scale: 3,
    })
    expect(await done('pods_exec', { name: 'one', namespace: 'default', command: ['ls', '/'] })).toContain('ran ls /')
    await done('pods_delete', { name: 'one', namespace: 'default' })
    await done('resources_delete', { apiVersion: 'v1', kind: 'Pod', name: 'two', namespace: 'default' })
    await done('pods_run', { image: 'busybox', name: 'shell', namespace: 'default' })
  }
  const [there, here] = [await after(change, false), await after(change, true)]
  expect(here).toEqual({ pods: ['default/shell'], maps: [['made', { a: 'b' }]], replicas: 3 })
  expect(there).toEqual(here)
}, 60_000)

const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'default' },
  data: { password: Buffer.from('correct-horse-battery').toString('base64') },
}

test('fault 1, the token in clear: theirs shows it, ours does not', async () => {
  const { theirs, mine, simulator } = await both({ objects: [] })
  expect((await textOf(theirs, 'configuration_view')).text).toContain(simulator.token)
  const { text, is } = await textOf(mine, 'configuration_view')
  expect(text).toContain(simulator.url)
  expect(text + JSON.stringify(is)).not.toContain(simulator.token)
})

test('fault 2, values of Secrets in clear, text and structure: theirs shows them, ours does not', async () => {
  const { theirs, mine } = await both({ objects: [secret] })
  const args = { apiVersion: 'v1', kind: 'Secret', name: 'db', namespace: 'default' }
  const there = await textOf(theirs, 'resources_get', args)
  expect(there.text).toContain(secret.data.password)
  expect(there.is.data.password).toBe(secret.data.password)
  const here = await textOf(mine, 'resources_get', args)
  expect(here.isError).toBe(true)
  expect(here.text + JSON.stringify(here.is)).not.toContain(secret.data.password)
})

test('fault 3, no bound: 3,000 pods are hundreds of kilobytes there, and a page of 32 KiB with a way on here', async () => {
  const pods = Array.from({ length: 3_000 }, (_, at) => webPod(`p-${at}`, running, { name: `web-${at}` }))
  const { theirs, mine } = await both({ objects: [node, ...pods] })
  expect(Buffer.byteLength((await textOf(theirs, 'pods_list')).text)).toBeGreaterThan(300_000)
  const here = await mine.callTool({ name: 'pods_list', arguments: {} })
  // A client hands one half of an answer to its model.
  for (const half of [here.structuredContent, here.content])
    expect(Buffer.byteLength(JSON.stringify(half))).toBeLessThanOrEqual(32 * 1024)
  expect(here.structuredContent).toMatchObject({ complete: false, continue: expect.any(String) })
}, 60_000)

test('fault 4, scope narrowed in silence: who may not list all pods is shown some as if they were all there, and an error here', async () => {
  const objects = [
    webPod('p-1', running, { name: 'seen', metadata: { namespace: 'default' } }),
    webPod('p-2', running, { name: 'not-seen', metadata: { namespace: 'other' } }),
  ]
  const { theirs, mine } = await both({
    objects,
    access: [{ verbs: ['list'], resources: ['pods'], namespace: 'other' }],
  })
  const there = await textOf(theirs, 'pods_list')
  expect(there.isError).toBe(false)
  expect(parse(there.text).map(key)).toEqual(['default/seen'])
  const here = await textOf(mine, 'pods_list')
  expect(here.isError).toBe(true)
  expect(here.text).toMatch(/403.*ask for less \(one namespace/)
})

test('fault 5, a cluster out of reach with no warnings: "gathered successfully" there, and unknown here', async () => {
  const { theirs, mine, simulator } = await both({ objects: [] })
  await simulator.stop()
  const health = await theirs.getPrompt({ name: 'cluster-health-check', arguments: {} })
  expect(JSON.stringify(health)).toContain('gathered successfully')
  const { is } = await textOf(mine, 'clusters_status')
  expect(is).toMatchObject({ complete: false, counts: '1 error' })
})

test('fault 6, a start that waits for a hung cluster: theirs takes twenty seconds, ours is there before, and says what hangs', async () => {
  const simulator = await startSimulator({ port: 0, objects: [] })
  onTestFinished(simulator.stop)
  simulator.pause()
  const there = upstream(simulator.kubeconfig)
  const here = ours(simulator.kubeconfig)
  const began = Date.now()
  let took = 0
  let theirsAfter = 0
  there.connected.then(
    () => {
      theirsAfter = Date.now() - began
    },
    () => undefined,
  )
  await here.connected.then(() => {
    took = Date.now() - began
  })
  expect((await here.client.listTools()).tools.length).toBeGreaterThan(20)
  expect([took < 10_000, theirsAfter]).toEqual([true, 0])
  const { is } = await textOf(here.client, 'clusters_status', { timeout_seconds: 0.5 })
  expect(is).toMatchObject({ complete: false, counts: '1 timeout' })
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, 3_000 - (Date.now() - began))))
  expect(theirsAfter).toBe(0)
}, 60_000)
