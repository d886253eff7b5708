import { expect, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from '../kubernetes/loopback-api.ts'
import { crashLooping, node, running, webPod } from './pods.ts'
import { ago, caller, east } from './setup.ts'

const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
const event = (name: string, more: object) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(7_200) },
  involvedObject: { kind: 'Pod', name: 'web-0', namespace: 'shop' },
  type: 'Warning',
  reason: name,
  message: `it is ${name}`,
  ...more,
})
const events = [
  event('aold', { lastTimestamp: ago(7_000), count: 3, source: { component: 'kubelet' } }),
  event('bseries', {
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: ago(7_200),
    series: { count: 14, lastObservedTime: ago(130) },
    source: {},
    reportingComponent: 'default-scheduler',
  }),
  event('conce', { firstTimestamp: null, lastTimestamp: null, eventTime: ago(600), type: 'Normal' }),
  event('dnow', { lastTimestamp: ago(30) }),
]

test('events come newest first, in both forms, within the time and of the type that is asked for', async () => {
  const { call } = await east({ objects: [namespace, ...events] })
  const reasons = async (args: object) =>
    [
      ...(await call('events_list', { namespace: 'shop', ...args })).text.matchAll(/\b(aold|bseries|conce|dnow) +Pod/g),
    ].map(([, reason]) => reason)
  expect(await reasons({})).toEqual(['dnow', 'bseries', 'conce', 'aold'])
  expect(await reasons({ since_seconds: 3_600 })).toEqual(['dnow', 'bseries', 'conce'])
  expect(await reasons({ type: 'Normal' })).toEqual(['conce'])
  const { text } = await call('events_list', { namespace: 'shop' })
  expect(text).toMatch(/2m +Warning +bseries +Pod\/web-0 +14 +default-scheduler/)
  expect(text).not.toMatch(/Invalid|NaN|unknown|1970/)
  const first = await call('events_list', { namespace: 'shop', limit: 3 })
  expect(first.structured.complete).toBe(false)
  expect(await reasons({ limit: 3, continue: first.structured.continue })).toEqual(['aold'])
})

test.each(['*', 'all', '_all'])('the namespace %s means all', async (all) => {
  const { call } = await east({ objects: [namespace, webPod('p-1', running)] })
  expect((await call('pods_list_in_namespace', { namespace: all })).text).toContain('web-6bf586c785-chf5m')
})

test('a namespace that is not there is said, with the one that was meant; an empty one is empty', async () => {
  const { call } = await east({ objects: [namespace, { ...namespace, metadata: { name: 'idle' } }] })
  const wrong = await call('pods_list_in_namespace', { namespace: 'shopp' })
  expect(wrong.isError).toBe(true)
  expect(wrong.text).toMatch(/has no namespace "shopp"\. Did you mean shop\?/)
  const idle = await call('pods_list_in_namespace', { namespace: 'idle' })
  expect([idle.isError, idle.structured.complete]).toEqual([false, true])
})

test('what restarts most comes first, and a wrong column is told with those that there are', async () => {
  const pods = [1, 12, 3].map((restartCount, at) =>
    webPod(`p-${at}`, { ...crashLooping, restartCount }, { name: `web-${restartCount}` }),
  )
  const { call } = await east({ objects: [namespace, ...pods] })
  const { text } = await call('pods_list', { order_by: 'restarts', limit: 2 })
  expect([...text.matchAll(/web-(\d+)/g)].map(([, count]) => count)).toEqual(['12', '3'])
  expect((await call('pods_list', { order_by: 'HEAT' })).text).toMatch(/no column HEAT\. There are: NAMESPACE, NAME/)
})

test('a node under pressure, cordoned, or tainted does not look healthy', async () => {
  const conditions = [
    { type: 'Ready', status: 'True' },
    { type: 'MemoryPressure', status: 'True' },
    { type: 'DiskPressure', status: 'False' },
  ]
  const pressed = {
    ...node,
    metadata: { ...node.metadata, name: 'n2' },
    spec: { unschedulable: true },
    status: { conditions },
  }
  const { call } = await east({ objects: [node, pressed] })
  const { text } = await call('resources_list', { kind: 'nodes' })
  expect(text).toMatch(/n1 +Ready .*none/)
  expect(text).toMatch(/n2 +Ready,SchedulingDisabled .*MemoryPressure/)
})

test.each([
  ['deployments', undefined, 'Deployment (apps/v1)'],
  ['deploy', undefined, 'Deployment (apps/v1)'],
  ['svc', undefined, 'Service (v1)'],
  ['Service', '', 'Service (v1)'],
  ['INGRESS', undefined, 'Ingress (networking.k8s.io/v1)'],
  ['deployment.apps', undefined, 'Deployment (apps/v1)'],
  ['Pod', 'core/v1', 'Pod (v1)'],
  ['Deployment', 'apps', 'Deployment (apps/v1)'],
  ['Ingress', 'extensions/v1beta1', 'Ingress (networking.k8s.io/v1)'],
  ['CronJob', 'batch/v1beta1', 'CronJob (batch/v1)'],
])('%s with version %s is %s', async (kind, apiVersion, understood) => {
  const { call } = await east({ objects: [namespace] })
  const { text, isError } = await call('resources_list', { kind, ...(apiVersion === undefined ? {} : { apiVersion }) })
  expect(isError, text).toBe(false)
  expect(text).toContain(`# ${understood}`)
})

/** An API by hand; what is not answered is not there. */
async function api(answers: (path: string, accept: string) => [number, unknown] | undefined, namespaceOf = 'default') {
  const server = await loopbackApi((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    const answer = answers(path, String(request.headers.accept))
    if (answer !== undefined) json(response, answer[1], answer[0])
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found')
  })
  const cluster = connectCluster(kubeconfigFor(server.url))
  const { call } = await caller({ targets: targetsOf([{ name: 'east', namespace: namespaceOf, api: cluster }]) })
  return { server, call, end: async () => [await cluster.close(), await server[Symbol.asyncDispose]()] }
}
const forbidden = (what: string): [number, unknown] => [
  403,
  statusObject(403, 'Forbidden', `${what} is forbidden: User "dev" cannot list resource`),
]

test('who may see one namespace only is shown that one, and told so', async () => {
  const list = {
    kind: 'PodList',
    apiVersion: 'v1',
    metadata: {},
    items: [{ metadata: { name: 'web-0', namespace: 'team-a' } }],
  }
  const { call, end } = await api(
    (path) => (path === '/api/v1/pods' ? forbidden('pods') : path.includes('/team-a/') ? [200, list] : undefined),
    'team-a',
  )
  const { text, isError } = await call('pods_list')
  expect(isError, text).toBe(false)
  expect(text).toMatch(/namespace team-a.*\n! Only namespace team-a: this account may not list Pod in all namespaces/)
  expect(text).toContain('web-0')
  await end()
})

test('an API without tables answers its plain list, also where it refuses the form with 406', async () => {
  const items = [{ metadata: { name: 'n1', creationTimestamp: ago(600) } }]
  const groups = { resources: [{ name: 'widgets', kind: 'Widget', namespaced: false, verbs: ['list'] }] }
  const { call, end } = await api((path, accept) => {
    if (path === '/apis/example.com/v1') return [200, groups]
    if (path !== '/apis/example.com/v1/widgets') return undefined
    if (accept.includes('as=Table'))
      return [406, statusObject(406, 'NotAcceptable', 'only the following media types are accepted')]
    return [200, { kind: 'WidgetList', apiVersion: 'example.com/v1', metadata: {}, items }]
  })
  const { text } = await call('resources_list', { apiVersion: 'example.com/v1', kind: 'Widget' })
  expect(text).toMatch(/NAME +AGE\nn1 +10m/)
  await end()
})

test('a kind that comes after the start is found, and nonsense costs few looks', async () => {
  let there = false
  const widget = {
    resource: 'widgets',
    scope: 'Namespaced',
    responseKind: { kind: 'Widget' },
    verbs: ['list'],
    shortNames: ['wd'],
  }
  const groups = () => ({
    kind: 'APIGroupDiscoveryList',
    items: there ? [{ metadata: { name: 'example.com' }, versions: [{ version: 'v1', resources: [widget] }] }] : [],
  })
  let looks = 0
  const { call, end } = await api((path) => {
    if (path === '/apis') looks++
    if (path === '/api' || path === '/apis')
      return [200, path === '/apis' ? groups() : { kind: 'APIGroupDiscoveryList', items: [] }]
    if (path === '/apis/example.com/v1' && there)
      return [200, { resources: [{ name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['list'] }] }]
    return path === '/apis/example.com/v1/widgets' && there
      ? [
          200,
          {
            kind: 'WidgetList',
            apiVersion: 'example.com/v1',
            metadata: {},
            items: [{ metadata: { name: 'w', namespace: 'a' } }],
          },
        ]
      : undefined
  })
  expect((await call('resources_list', { apiVersion: 'example.com/v1', kind: 'Widget' })).text).toContain(
    'serves no kind Widget',
  )
  there = true
  expect((await call('resources_list', { apiVersion: 'example.com/v1', kind: 'Widget' })).text).toMatch(/^# Widget/)
  for (let at = 0; at < 20; at++) await call('resources_list', { kind: 'Nonsense' })
  expect(looks).toBeLessThanOrEqual(3)
  await end()
})

test('a group whose server is down hides no other, and what it may serve is not called absent', async () => {
  const { call, end } = await api((path) => {
    if (path === '/api') return [200, { kind: 'APIVersions', versions: ['v1'] }]
    if (path === '/apis')
      return [
        200,
        {
          kind: 'APIGroupList',
          groups: [
            { name: 'external.metrics.k8s.io', versions: [{ groupVersion: 'external.metrics.k8s.io/v1beta1' }] },
          ],
        },
      ]
    if (path === '/api/v1')
      return [200, { resources: [{ name: 'pods', kind: 'Pod', namespaced: true, verbs: ['list'] }] }]
    if (path.includes('external.metrics'))
      return [503, statusObject(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')]
    return undefined
  })
  const { text } = await call('resources_list', { kind: 'Gadget' })
  expect(text).toMatch(/external\.metrics\.k8s\.io\/v1beta1 could not be read: it may be there/)
  await end()
})
