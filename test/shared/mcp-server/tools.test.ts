import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { lazyTargets, targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { kubeconfigFor } from '../kubernetes/loopback-api.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { ago, caller, east, redactHunter2, simulated } from './setup.ts'

const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'shop', uid: 'e-1', creationTimestamp: ago(90) },
  involvedObject: { apiVersion: 'v1', kind: 'Pod', name: 'web-6bf586c785-chf5m', namespace: 'shop', uid: 'p-1' },
  type: 'Warning',
  reason: 'BackOff',
  message: 'Back-off restarting failed container web',
  count: 7,
  lastTimestamp: ago(3_690),
}
const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', creationTimestamp: ago(7_200) },
  status: { phase: 'Active' },
}
const secretive = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'settings',
    namespace: 'shop',
    creationTimestamp: '2026-01-01T00:00:00Z',
    managedFields: [{ manager: 'kubectl' }],
  },
  data: { password: 'hunter2', colour: '\u001b[31mred\u001b[0m\u202e' },
}
const objects = [node, namespace, deployment, replicaSet, webPod('p-1', crashLooping), event, secretive]
const logs = { 'shop/web-6bf586c785-chf5m/web': 'starting\npassword=hunter2\n\u001b[31mfatal: no config\n' }

test('clusters_list', async () => {
  const { call, simulator } = await east({ objects })
  expect((await call('clusters_list')).text).toMatchInlineSnapshot(`
    "# Clusters (1)

    east"
  `)
  expect((await call('clusters_list', { show_details: true })).text).toContain(new URL(simulator.url).host)
})

test('configuration_contexts_list', async () => {
  const { call } = await east({ objects })
  const { text } = await call('configuration_contexts_list')
  expect(text.replace(/http:\S+/, '<server>')).toMatchInlineSnapshot(`
    "# Contexts (1); each call names its own, none is the current one

    east -> <server>"
  `)
})

test('pods_list', async () => {
  const { call } = await east({ objects })
  const { text, structured } = await call('pods_list', { cluster: 'east' })
  expect(text).toMatchInlineSnapshot(`
    "# Pod (v1) in cluster east, all namespaces: 1

    NAMESPACE  NAME                  READY  STATUS            RESTARTS  AGE  NODE
    shop       web-6bf586c785-chf5m  0/1    CrashLoopBackOff  4         10m  n1"
  `)
  expect(structured).toMatchObject({
    complete: true,
    columns: ['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE', 'NODE'],
    rows: [['shop', 'web-6bf586c785-chf5m', '0/1', 'CrashLoopBackOff', '4', '10m', 'n1']],
    total: 1,
  })
})

test('pods_list_in_namespace', async () => {
  const { call } = await east({ objects })
  const { text } = await call('pods_list_in_namespace', { namespace: 'other', labelSelector: 'app=web' })
  expect(text).toMatchInlineSnapshot(
    `"Cluster "east" has no namespace "other". namespaces_list shows those that there are."`,
  )
})

test('pods_get', async () => {
  const { call } = await east({ objects: [webPod('p-1', running, { metadata: { creationTimestamp: null } })] })
  const { text, structured } = await call('pods_get', { name: 'web-6bf586c785-chf5m', namespace: 'shop' })
  expect(text.replaceAll(/\d{4}-\d\d-\d\dT\S+/g, '<time>')).toMatchInlineSnapshot(`
    "# From cluster east
    apiVersion: v1
    kind: Pod
    metadata:
      name: web-6bf586c785-chf5m
      uid: p-1
      creationTimestamp: <time>
      labels:
        app: web
        pod-template-hash: 6bf586c785
      ownerReferences:
        - apiVersion: apps/v1
          kind: ReplicaSet
          name: web-6bf586c785
          uid: rs-1
          controller: true
      namespace: shop
      resourceVersion: "1000"
    spec:
      nodeName: n1
      restartPolicy: Always
      containers:
        - name: web
          image: shop/web:2
    status:
      phase: Running
      conditions:
        - type: Ready
          status: "False"
          lastTransitionTime: <time>
      containerStatuses:
        - name: web
          image: shop/web:2
          ready: true
          restartCount: 0
          state:
            running:
              startedAt: <time>
          lastState: {}
    "
  `)
  expect(structured.object?.spec?.nodeName).toBe('n1')
})

test('pods_log', async () => {
  const { call } = await east({ objects, logs })
  const { text } = await call('pods_log', { name: 'web-6bf586c785-chf5m', namespace: 'shop' })
  expect(text).toMatchInlineSnapshot(`
    "# Newest 3 lines of the log of shop/web-6bf586c785-chf5m, container web, cluster east
    starting
    password=‹redacted›
    fatal: no config
    "
  `)
})

test('resources_list', async () => {
  const { call } = await east({ objects })
  const { text } = await call('resources_list', { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop' })
  expect(text.replace(/\S+$/, '<age>')).toMatchInlineSnapshot(`
    "# Deployment (apps/v1) in cluster east, namespace shop: 1

    NAME  READY  UP-TO-DATE  AVAILABLE  AGE
    web   1/1    <none>      0          <age>"
  `)
})

test('resources_get', async () => {
  const { call } = await east({ objects })
  const { text } = await call('resources_get', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'settings',
    namespace: 'shop',
  })
  expect(text.replace(/(uid|resourceVersion): .*/g, '$1: …')).toMatchInlineSnapshot(`
    "# From cluster east
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: settings
      creationTimestamp: 2026-01-01T00:00:00Z
      uid: …
      namespace: shop
      resourceVersion: …
    data:
      password: ‹redacted›
      colour: red
    "
  `)
})

test('events_list', async () => {
  const { call } = await east({ objects })
  const { text } = await call('events_list', { namespace: 'shop' })
  expect(text).toMatchInlineSnapshot(`
    "# Event (v1) in cluster east, namespace shop: 1

    LAST SEEN  TYPE     REASON   OBJECT                    COUNT  FROM  MESSAGE
    61m        Warning  BackOff  Pod/web-6bf586c785-chf5m  7      -     Back-off restarting failed container web"
  `)
})

test('namespaces_list', async () => {
  const { call } = await east({ objects })
  const { text } = await call('namespaces_list')
  expect(text).toMatchInlineSnapshot(`
    "# Namespace (v1) in cluster east: 1

    NAME  STATUS  AGE
    shop  Active  2h"
  `)
})

test('events_list_subscriptions', async () => {
  const { call } = await east({ objects })
  expect((await call('events_list_subscriptions')).text).toMatchInlineSnapshot(`
    "# Active Subscriptions

    {
      "subscriptions": [],
      "total": 0
    }"
  `)
})

test('a secret word leaves by no tool, in text or in structure, nor in an error', async () => {
  const { call } = await east({ objects, logs })
  const answers = [
    await call('resources_list', { apiVersion: 'v1', kind: 'ConfigMap' }),
    await call('resources_get', { apiVersion: 'v1', kind: 'ConfigMap', name: 'settings', namespace: 'shop' }),
    await call('resources_get', { apiVersion: 'v1', kind: 'ConfigMap', name: 'hunter2', namespace: 'shop' }),
    await call('pods_log', { name: 'web-6bf586c785-chf5m', namespace: 'shop' }),
  ]
  expect(JSON.stringify(answers)).not.toContain('hunter2')
  expect(JSON.stringify(answers)).toContain('‹redacted›')
})

test('control characters and reading marks of the cluster do not reach the reader', async () => {
  const { call } = await east({ objects, logs })
  const { text, structured } = await call('resources_get', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'settings',
    namespace: 'shop',
  })
  expect(structured.object?.data.colour).toBe('red')
  expect(text).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
})

test('every tool says what it does to the cluster, takes no unknown argument, and has an output schema', async () => {
  const { client, call } = await east({ objects: [] })
  const { tools } = await client.listTools()
  for (const tool of tools) {
    expect(tool.annotations).toMatchObject({ readOnlyHint: true, destructiveHint: false })
    expect(tool.inputSchema).toMatchObject({ type: 'object', additionalProperties: false })
    expect(tool.outputSchema).toMatchObject({ type: 'object' })
    const { text, isError } = await call(tool.name, { nonsense: 1 })
    expect(isError).toBe(true)
    expect(text).toContain(`Wrong arguments for ${tool.name}`)
    expect(text).toContain('unknown argument "nonsense" (it takes: ')
  }
})

test('an error says where it looked, what was meant, and what is required', async () => {
  const { api } = await simulated({ objects })
  const away = connectCluster(kubeconfigFor('https://127.0.0.1:9'))
  onTestFinished(away.close)
  const targets = targetsOf([
    { name: 'production-east', api },
    { name: 'away', api: away },
  ])
  const { call } = await caller({ targets, redact: redactHunter2 })
  const said = async (tool: string, args: Record<string, unknown> = {}) => (await call(tool, args)).text
  expect(await said('pods_get', { cluster: 'production-east' })).toBe(
    'Wrong arguments for pods_get: name: is required.',
  )
  expect(await said('pods_list', { cluster: 'production-east', limit: 0 })).toContain('limit: must be at least 1')
  expect(await said('pods_list', { cluster: 'producton-east' })).toContain('Did you mean production-east? Known: ')
  expect(await said('pods_list', { cluster: 'elsewhere' })).not.toContain('Did you mean')
  expect(
    await said('resources_list', { cluster: 'production-east', apiVersion: 'apps/v1', kind: 'Depolyment' }),
  ).toMatch(/serves no kind Depolyment in apps\/v1\. Did you mean Deployment\?.*There it has: .*Deployment/)
  expect(await said('resources_list', { cluster: 'production-east', apiVersion: 'apps/v9', kind: 'X' })).toContain(
    'It knows no such apiVersion.',
  )
  // The session's own choice: the caller did not name it, the answer does.
  await said('clusters_switch', { cluster: 'away' })
  expect(await said('pods_list')).toMatch(/^Cluster "away": .*nothing listens there/)
})

test('an unknown tool is a protocol error', async () => {
  const { call } = await east({ objects: [] })
  await expect(call('pods_explode')).rejects.toMatchObject({ code: -32602 })
})

test('with several clusters a call must name one, by name or alias, as cluster or as context', async () => {
  const { api } = await simulated({ objects })
  const targets = targetsOf([
    { name: 'east', aliases: ['prod'], api },
    { name: 'west', api },
  ])
  const { call } = await caller({ targets })
  expect(await call('pods_list')).toMatchObject({ isError: true, text: 'Say which cluster: east, west.' })
  expect((await call('pods_list', { context: 'prod' })).structured.cluster).toBe('east')
  expect((await call('pods_list', { cluster: 'west', context: 'east' })).text).toBe(
    'cluster is "west" and context is "east": name one cluster.',
  )
  expect((await call('pods_list', { cluster: 'nope' })).text).toBe('There is no cluster "nope". Known: east, west.')
})

test('two clusters of one name are refused, and a broken one hurts only itself', async () => {
  const { api } = await simulated({ objects })
  expect(() =>
    targetsOf([
      { name: 'a', api },
      { name: 'b', aliases: ['a'], api },
    ]),
  ).toThrow('Two clusters are called "a". Give one of them another name or alias.')
  const target = (name: string) => ({ name, aliases: [], namespace: 'default', server: '' })
  const targets = lazyTargets([
    { target: { ...target('broken'), problem: 'it has no server' }, open: () => api },
    { target: target('fine'), open: () => api },
  ])
  const { call } = await caller({ targets })
  expect((await call('pods_list', { cluster: 'broken' })).text).toBe(
    'Cluster "broken" cannot be used: it has no server',
  )
  expect((await call('pods_list', { cluster: 'fine' })).isError).toBe(false)
})

test('a right that is missing is an error with a remedy, and never an empty list', async () => {
  const { call } = await east({ objects, access: [{ verb: 'list', resource: 'pods' }] })
  const { text, isError } = await call('pods_list', { cluster: 'east' })
  expect(isError).toBe(true)
  expect(text).toMatch(/^Cluster "east": .*403.*ask for less \(one namespace, another kind\)/)
})

test('a cluster that is not there is an error that says so', async () => {
  const { call, simulator } = await east({ objects })
  await simulator.stop()
  const { text, isError } = await call('pods_list', { cluster: 'east' })
  expect(isError).toBe(true)
  expect(text).toMatch(/did not answer/)
})

test('what does not exist is an error that says where it was looked for', async () => {
  const { call } = await east({ objects })
  expect(await call('pods_get', { name: 'nope', namespace: 'shop' })).toMatchObject({
    isError: true,
    text: 'Cluster "east" has no Pod "nope" in namespace "shop". pods_list shows those that there are; a Deployment’s pods are named anew with each rollout.',
  })
  expect(await call('pods_get', { name: 'nope' })).toMatchObject({
    text: 'Cluster "east" has no Pod "nope" in namespace "default". pods_list shows those that there are; a Deployment’s pods are named anew with each rollout.',
  })
})
