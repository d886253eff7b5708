import { expect, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import type { Redact } from '../../../shared/mcp-server/safety/redaction.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { startSimulator } from '../../simulator/simulator.ts'
import { canaries } from '../kubernetes/canaries.ts'
import { crashLooping, deployment, node, replicaSet, webPod } from './pods.ts'
import { ago, caller, until } from './setup.ts'

const planted = Object.entries(canaries)
const texts = planted.map(([, [text]]) => text)
const keys = Object.fromEntries(planted.map(([kind, [text]]) => [`text-${kind}`, text]))
const meta = (name: string, more: object = {}) => ({ name, namespace: 'shop', uid: `u-${name}`, ...more })

/** One pod per canary, which has it in every text that a pod has; and every other kind of object that holds texts. */
const pods = planted.map(([kind, [text]], at) => {
  const terminated = { exitCode: 1, reason: 'Error', message: text, finishedAt: ago(20) }
  const pod = webPod(
    `p-${at}`,
    { ...crashLooping, state: { waiting: { reason: 'CrashLoopBackOff', message: text } }, lastState: { terminated } },
    { name: `web-${kind.toLowerCase()}`, metadata: { annotations: { note: text } } },
  )
  const env = [{ name: 'SETTINGS', value: text }]
  const containers = [{ name: 'web', image: 'shop/web:2', args: [text], env, command: ['sh', '-c', text] }]
  return { ...pod, spec: { ...pod.spec, containers } }
})
const objects = [
  {
    ...node,
    metadata: { ...node.metadata, annotations: keys },
    status: { conditions: texts.map((message, at) => ({ type: `T${at}`, status: 'True', reason: 'R', message })) },
  },
  {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: keys },
    spec: { ...deployment.spec, selector: { matchLabels: { app: 'web' } } },
    status: {
      conditions: texts.slice(0, 12).map((message, at) => ({ type: `T${at}`, status: 'False', reason: 'R', message })),
    },
  },
  replicaSet,
  ...pods,
  ...planted.map(([kind, [message]], at) => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: meta(`e-${kind.toLowerCase()}`),
    involvedObject: {
      apiVersion: 'v1',
      kind: at % 2 ? 'Pod' : 'Node',
      name: at % 2 ? `web-${kind.toLowerCase()}` : 'n1',
      namespace: 'shop',
      uid: `p-${at}`,
    },
    type: 'Warning',
    reason: 'Failed',
    message,
    count: 3,
    lastTimestamp: ago(30),
  })),
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('texts'), data: keys },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: meta('secret', {
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({
          kind: 'Secret',
          apiVersion: 'v1',
          metadata: { name: 'secret' },
          stringData: keys,
        }),
      },
    }),
    type: 'Opaque',
    data: Object.fromEntries(planted.map(([kind, [text]]) => [kind, Buffer.from(text).toString('base64')])),
  },
  {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: meta('widget'),
    spec: { texts, deep: { list: planted.map(([kind, [text]]) => ({ name: kind, text })) } },
  },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', uid: 'u-ns', annotations: keys } },
  {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name: 'n1', annotations: keys },
    usage: { cpu: '1', memory: '1Gi' },
  },
  {
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'PodMetrics',
    metadata: meta('web-jwt', { annotations: keys }),
    containers: [{ name: 'web', usage: { cpu: '1m', memory: '1Mi' } }],
  },
]
const logs = Object.fromEntries(
  planted.flatMap(([kind, [text]]) => {
    const at = `shop/web-${kind.toLowerCase()}/web`
    return [
      [at, `start\n${text}\nend\n`],
      [`${at}.previous`, `before\n${text}\nafter\n`],
    ]
  }),
)

const where = (text: string, leaked: typeof planted) =>
  leaked
    .slice(0, 3)
    .map(([, [, secret]]) => text.slice(Math.max(0, text.indexOf(secret) - 300), text.indexOf(secret)))
    .join('\n')

/** The shapes of which the secret is in there, as it is, and as JSON writes it. */
const leakedIn = (text: string) =>
  planted.filter(([, [, secret]]) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)))

test('the search below finds each shape where nothing takes it out', async () => {
  const simulator = await startSimulator({ protocol: 'http', port: 0, objects, logs })
  const api = connectCluster(simulator.kubeconfig)
  const nothing: Redact = { object: (object) => object, text: (text) => text }
  const { client } = await caller({ targets: targetsOf([{ name: 'east', api }]), redact: nothing })
  const answers: string[] = []
  for (const [kind] of planted) {
    const args = { cluster: 'east', name: `web-${kind.toLowerCase()}`, namespace: 'shop' }
    answers.push(JSON.stringify(await client.callTool({ name: 'pods_log', arguments: args })))
  }
  const found = leakedIn(answers.join('\n')).map(([kind]) => kind)
  expect(planted.map(([kind]) => kind).filter((kind) => !found.includes(kind))).toEqual([])
  await api.close()
  await simulator.stop()
}, 60_000)

test('secrets of eighty shapes, planted wherever a cluster can say something, come out of no tool, notice, error, audit or log', async () => {
  expect(planted.length).toBeGreaterThanOrEqual(80)
  const simulator = await startSimulator({ protocol: 'http', port: 0, objects, logs })
  // Even when Secrets may be read.
  const api = connectCluster(simulator.kubeconfig, { allowSecrets: true })
  const lines: string[] = []
  const log = createLog('debug', (_, line) => lines.push(line))
  const redact = createRedactor({ key: 'a key of sixteen bytes' })
  const targets = targetsOf([
    { name: 'east', api },
    { name: 'west', api },
  ])
  const { client, notices } = await caller({ targets, redact, log })
  const answers: string[] = []
  const used = new Set<string>()
  async function ask(name: string, args: Record<string, unknown> = {}) {
    used.add(name)
    const answer = await client.callTool({ name, arguments: { cluster: 'east', ...args } })
    answers.push(JSON.stringify(answer))
    return answer
  }
  async function whole(name: string, args: Record<string, unknown> = {}) {
    for (let next: Record<string, unknown> = {}, pages = 0; pages < 60; pages += 1) {
      const { structuredContent } = await ask(name, { ...args, ...next })
      const { continue: more } = Object(structuredContent)
      if (more === undefined) return
      next = { continue: more }
    }
  }
  const all = { cluster: undefined }
  await ask('events_subscribe', { mode: 'events' })
  await ask('events_subscribe', { mode: 'faults' })
  for (const detail of ['whole', 'rows']) {
    await whole('pods_list', { detail, maxBytes: 200_000 })
    await whole('pods_list_in_namespace', { detail, namespace: 'shop' })
    await whole('events_list', { detail })
    await whole('namespaces_list', { detail })
    for (const [apiVersion, kind] of [
      ['v1', 'Secret'],
      ['v1', 'ConfigMap'],
      ['v1', 'Node'],
      ['apps/v1', 'Deployment'],
      ['example.com/v1', 'Widget'],
    ])
      await whole('resources_list', { detail, apiVersion, kind })
  }
  for (const [kind] of planted) {
    const name = `web-${kind.toLowerCase()}`
    await ask('pods_get', { name, namespace: 'shop' })
    await ask('pods_log', { name, namespace: 'shop', tail: 0 })
    await ask('pods_log', { name, namespace: 'shop', previous: true })
    await ask('workload_diagnose', { kind: 'Pod', name, namespace: 'shop' })
  }
  for (const [apiVersion, kind, name] of [
    ['v1', 'Secret', 'secret'],
    ['v1', 'ConfigMap', 'texts'],
    ['v1', 'Node', 'n1'],
    ['example.com/v1', 'Widget', 'widget'],
    ['apps/v1', 'Deployment', 'web'],
  ]) {
    await ask('resources_get', { apiVersion, kind, name, namespace: 'shop' })
    await ask('clusters_compare', { ...all, apiVersion, kind })
  }
  await ask('workload_diagnose', { name: 'web', namespace: 'shop' })
  for (const previous of [false, true])
    await ask('logs_search', { pattern: '.', previous, limit: 500, context_lines: 5, since_seconds: 600_000 })
  for (const [, [, secret]] of planted) await ask('logs_search', { pattern: secret.slice(0, 60), regex: false })
  await ask('resources_scale', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' })
  await ask('nodes_log', { name: 'n1', query: 'kubelet' })
  await ask('nodes_stats_summary', { name: 'n1' })
  for (const tool of ['nodes_top', 'pods_top']) await ask(tool)
  for (const tool of ['clusters_list', 'configuration_contexts_list', 'events_list_subscriptions'])
    await ask(tool, { ...all, ...(tool === 'clusters_list' ? { show_details: true } : {}) })
  await ask('configuration_view', { minified: false })
  await ask('clusters_switch')
  await ask('clusters_status', all)
  for (const operation of ['pods_list', 'events_list', 'resources_list']) {
    const parameters = operation === 'resources_list' ? { apiVersion: 'v1', kind: 'Secret', detail: 'whole' } : {}
    await ask('clusters_exec_all', { ...all, operation, parameters })
  }
  // Errors that hold what the caller, or the cluster, has said.
  for (const text of texts) {
    await ask('resources_get', { apiVersion: 'v1', kind: 'Pod', name: text.slice(0, 250), namespace: 'shop' })
    await ask('pods_list', { cluster: text.slice(0, 250) })
    await ask('pods_list', { [text]: 1 })
  }
  simulator.apply(pods.map((pod) => ({ ...pod, metadata: { ...pod.metadata, uid: `${pod.metadata.uid}-new` } })))
  await until(() => notices.length > planted.length, 'the notices')
  await ask('events_unsubscribe', { cluster: undefined, subscriptionId: 'x' })

  const { tools } = await client.listTools()
  for (const { name } of tools) if (!used.has(name)) await ask(name, { cluster: undefined })
  // Older names work, too, and are not listed.
  expect(tools.filter(({ name }) => !used.has(name))).toEqual([])
  const outside = { answers: answers.join('\n'), notices: JSON.stringify(notices), log: lines.join('\n') }
  expect(outside.log).toContain('"redactions"')
  for (const [door, text] of Object.entries(outside)) {
    const leaked = leakedIn(text)
    expect(
      leaked.map(([kind]) => kind),
      `${door}: ${where(text, leaked)}`,
    ).toEqual([])
  }
  expect(outside.answers.split('‹redacted:').length).toBeGreaterThan(1_000)
  await api.close()
  await simulator.stop()
}, 120_000)
