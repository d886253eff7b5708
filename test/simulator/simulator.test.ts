import {
  AuthorizationV1Api,
  CoreV1Api,
  EventsV1Api,
  KubeConfig,
  KubernetesObjectApi,
  Watch,
} from '@kubernetes/client-node'
import { Agent, request } from 'undici'
import { afterEach, expect, test } from 'vitest'
import { type Simulator, type SimulatorOptions, startSimulator } from './simulator.ts'

const pod = (name: string, app: string, node: string, extra: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app } },
  spec: { nodeName: node, containers: [{ name: 'main', image: 'shop:1' }] },
  status: { phase: 'Running' },
  ...extra,
})
const event = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'cart.1', namespace: 'shop' },
  involvedObject: { kind: 'Pod', namespace: 'shop', name: 'cart' },
  type: 'Warning',
  reason: 'BackOff',
  message: 'Back-off restarting failed container',
  count: 3,
  source: { component: 'kubelet' },
}
const three = [pod('cart', 'cart', 'n1'), pod('checkout', 'checkout', 'n1'), pod('search', 'search', 'n2'), event]

const running: Simulator[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()))
})

async function start(options: SimulatorOptions) {
  const simulator = await startSimulator(options)
  running.push(simulator)
  const config = new KubeConfig()
  config.loadFromString(simulator.kubeconfig)
  return { simulator, config, core: config.makeApiClient(CoreV1Api) }
}

const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })
async function raw(
  simulator: Simulator,
  path: string,
  options: { method?: 'GET' | 'DELETE'; accept?: string; token?: string } = {},
) {
  const headers = {
    authorization: `Bearer ${options.token ?? simulator.token}`,
    accept: options.accept ?? 'application/json',
  }
  const answer = await request(simulator.url + path, { dispatcher, headers, method: options.method ?? 'GET' })
  const text = await answer.body.text()
  return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) }
}

test('the generated kubeconfig is enough for the stock client, over TLS', async () => {
  const { core, simulator } = await start({ objects: three })
  const list = await core.listNamespacedPod({ namespace: 'shop' })
  expect(list.items.map((one) => one.metadata?.name)).toEqual(['cart', 'checkout', 'search'])
  expect(simulator.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
  expect(simulator.calls).toEqual([{ method: 'GET', path: '/api/v1/namespaces/shop/pods', status: 200 }])
})

test.each([
  [{ labelSelector: 'app=cart' }, ['cart']],
  [{ labelSelector: 'app!=cart' }, ['checkout', 'search']],
  [{ labelSelector: 'app in (cart, search),!old' }, ['cart', 'search']],
  [{ labelSelector: 'app notin (cart),app' }, ['checkout', 'search']],
  [{ fieldSelector: 'spec.nodeName=n2' }, ['search']],
  [{ fieldSelector: 'status.phase!=Running' }, []],
  [{ fieldSelector: 'metadata.name=cart', labelSelector: 'app' }, ['cart']],
])('selectors choose as the API does: %j', async (query, expected) => {
  const { core } = await start({ objects: three })
  const list = await core.listPodForAllNamespaces(query)
  expect(list.items.map((one) => one.metadata?.name)).toEqual(expected)
})

test('a field that the API cannot select by is refused', async () => {
  const { simulator } = await start({ objects: three })
  const answer = await raw(simulator, '/api/v1/pods?fieldSelector=spec.priority%3D1')
  expect([answer.status, answer.json().message]).toEqual([400, 'field label not supported: spec.priority'])
})

test('pages follow one another by their token, which expires', async () => {
  const { core, simulator } = await start({ objects: three })
  const first = await core.listPodForAllNamespaces({ limit: 2 })
  expect(first.metadata?.remainingItemCount).toBe(1)
  const token = first.metadata?._continue ?? ''
  const second = await core.listPodForAllNamespaces({ limit: 2, _continue: token })
  expect(second.items.map((one) => one.metadata?.name)).toEqual(['search'])
  expect(second.metadata?._continue).toBeUndefined()
  simulator.apply(pod('later', 'later', 'n1'))
  simulator.compact()
  await expect(core.listPodForAllNamespaces({ limit: 2, _continue: token })).rejects.toMatchObject({ code: 410 })
})

test('both Event APIs show the same events, each in its own words', async () => {
  const { core, config } = await start({ objects: three })
  const old = await core.listNamespacedEvent({
    namespace: 'shop',
    fieldSelector: 'involvedObject.name=cart,type=Warning',
  })
  expect(old.items.map((one) => one.message)).toEqual(['Back-off restarting failed container'])
  const { items } = await config.makeApiClient(EventsV1Api).listNamespacedEvent({ namespace: 'shop' })
  expect(items.map((one) => [one.note, one.regarding?.name, one.deprecatedCount])).toEqual([
    ['Back-off restarting failed container', 'cart', 3],
  ])
})

type Seen = { type: string; name?: string; code?: number }
function watch(config: KubeConfig, path: string, query: Record<string, string | boolean>) {
  const seen: Seen[] = []
  const stream = new Watch(config)
  let done: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    done = resolve
  })
  const started = stream.watch(
    path,
    query,
    (type, object) => seen.push({ type, name: object.metadata?.name, ...(object.code ? { code: object.code } : {}) }),
    () => done(),
  )
  const until = async (count: number) => {
    while (seen.length < count) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return { seen, ended, started, until }
}

test('a watch tells what changes after its version, and ends with a bookmark at its time', async () => {
  const { config, core, simulator } = await start({ objects: three })
  const version = (await core.listPodForAllNamespaces()).metadata?.resourceVersion ?? ''
  simulator.apply(pod('early', 'cart', 'n1'))
  const { seen, ended, until } = watch(config, '/api/v1/pods', {
    resourceVersion: version,
    labelSelector: 'app=cart',
    allowWatchBookmarks: true,
    timeoutSeconds: '1',
  })
  await until(1)
  simulator.apply(pod('early', 'cart', 'n2'))
  simulator.apply(pod('cart', 'renamed', 'n1'))
  simulator.apply(pod('unseen', 'search', 'n1'))
  simulator.remove({ kind: 'Pod', namespace: 'shop', name: 'early' })
  await ended
  expect(seen.map(({ type, name }) => [type, name])).toEqual([
    ['ADDED', 'early'],
    ['MODIFIED', 'early'],
    ['DELETED', 'cart'],
    ['DELETED', 'early'],
    ['BOOKMARK', undefined],
  ])
})

test('a watch without a version begins with all there is; bookmarks come while nothing happens', async () => {
  const { config } = await start({ objects: three, bookmarkMilliseconds: 20 })
  const { seen, until } = watch(config, '/api/v1/namespaces/shop/pods', { allowWatchBookmarks: true })
  await until(5)
  expect(seen.slice(0, 5).map((one) => one.type)).toEqual(['ADDED', 'ADDED', 'ADDED', 'BOOKMARK', 'BOOKMARK'])
})

test('a watch from a forgotten version gets an ERROR event with 410, and so does an open one when told', async () => {
  const { config, core, simulator } = await start({ objects: three })
  const version = (await core.listPodForAllNamespaces()).metadata?.resourceVersion ?? ''
  simulator.apply(pod('later', 'later', 'n1'))
  const open = watch(config, '/api/v1/pods', { resourceVersion: version })
  await open.until(1)
  simulator.compact()
  const late = watch(config, '/api/v1/pods', { resourceVersion: version })
  await late.ended
  expect(late.seen).toEqual([{ type: 'ERROR', name: undefined, code: 410 }])
  simulator.expireWatches()
  await open.ended
  expect(open.seen.map((one) => one.type)).toEqual(['ADDED', 'ERROR'])
})

const crashed = pod('cart', 'cart', 'n1', {
  status: {
    containerStatuses: [
      { name: 'main', state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
    ],
  },
})
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()

test('logs are cut by lines, by age and by bytes', async () => {
  const text = `${minutesAgo(10)} old\nits trace\n${minutesAgo(1)} new\n`
  const { core } = await start({ objects: [pod('cart', 'cart', 'n1')], logs: { 'shop/cart/main': text } })
  const read = (query: object) => core.readNamespacedPodLog({ name: 'cart', namespace: 'shop', ...query })
  expect(await read({})).toBe(text)
  expect(await read({ tailLines: 2 })).toMatch(/^its trace\n.* new\n$/)
  expect(await read({ sinceSeconds: 120 })).toMatch(/^\S+ new\n$/)
  expect(await read({ limitBytes: 4 })).toBe(text.slice(0, 4))
})

test('a container in back-off gives its last words as log and as previous log', async () => {
  const { core } = await start({ objects: [crashed], logs: { 'shop/cart/main.previous': 'boom\n' } })
  const at = { name: 'cart', namespace: 'shop' }
  expect(await core.readNamespacedPodLog(at)).toBe('boom\n')
  expect(await core.readNamespacedPodLog({ ...at, previous: true })).toBe('boom\n')
})

test('logs that do not exist are refused in the API’s words', async () => {
  const waiting = { name: 'main', state: { waiting: { reason: 'ImagePullBackOff' } } }
  const two = { spec: { nodeName: 'n1', containers: [{ name: 'a' }, { name: 'b' }], initContainers: [{ name: 'i' }] } }
  const { simulator } = await start({
    objects: [
      pod('cart', 'cart', 'n1', { status: { containerStatuses: [waiting] } }),
      pod('pair', 'pair', 'n1', two),
      pod('fresh', 'fresh', 'n1'),
    ],
  })
  const say = async (path: string) => (await raw(simulator, `/api/v1/namespaces/shop/pods/${path}`)).json().message
  expect(await say('cart/log')).toBe(
    'container "main" in pod "cart" is waiting to start: trying and failing to pull image',
  )
  expect(await say('pair/log')).toBe(
    'a container name must be specified for pod pair, choose one of: [a b] or one of the init containers: [i]',
  )
  expect(await say('pair/log?container=c')).toBe('container c is not valid for pod pair')
  expect(await say('fresh/log?previous=true')).toBe('previous terminated container "main" in pod "fresh" not found')
  expect(await say('nobody/log')).toBe('pods "nobody" not found')
})

const noLogs = { verb: 'get', resource: 'pods/log', namespace: 'shop' }

test('what access.yaml takes away is forbidden, and the reviews say so', async () => {
  const { core, config } = await start({ objects: three, access: [noLogs, { verb: '*', resource: 'secrets' }] })
  const refused = core.readNamespacedPodLog({ name: 'cart', namespace: 'shop' })
  await expect(refused).rejects.toMatchObject({ code: 403 })
  await expect(core.listSecretForAllNamespaces()).rejects.toMatchObject({ code: 403 })
  const reviews = config.makeApiClient(AuthorizationV1Api)
  const can = async (resourceAttributes: object) =>
    (await reviews.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } })).status?.allowed
  expect(await can({ verb: 'get', resource: 'pods', subresource: 'log', namespace: 'shop' })).toBe(false)
  expect(await can({ verb: 'get', resource: 'pods', subresource: 'log', namespace: 'other' })).toBe(true)
  expect(await can({ verb: 'get', resource: 'pods', subresource: 'log' })).toBe(false)
  expect(await can({ verb: 'list', resource: 'secrets' })).toBe(false)
  expect(await can({ verb: 'list', resource: 'pods', namespace: 'shop' })).toBe(true)
  expect(await can({ verb: 'delete', resource: 'pods', namespace: 'shop' })).toBe(false)
  const review = await reviews.createSelfSubjectRulesReview({ body: { spec: { namespace: 'shop' } } })
  const readable = review.status?.resourceRules.flatMap((rule) => rule.resources ?? [])
  expect(readable).toContain('pods')
  expect(readable).not.toContain('pods/log')
  expect(readable).not.toContain('secrets')
})

test('a 403 is worded as the API words it', async () => {
  const { simulator } = await start({ objects: three, access: [noLogs] })
  const answer = await raw(simulator, '/api/v1/namespaces/shop/pods/cart/log')
  expect(answer.json()).toMatchObject({
    kind: 'Status',
    code: 403,
    reason: 'Forbidden',
    message:
      'pods "cart" is forbidden: User "system:serviceaccount:nightcrier:triage" cannot get resource "pods/log" in API group "" in the namespace "shop"',
  })
})

test('nothing writes, whatever the credential might be allowed', async () => {
  const { core, simulator } = await start({
    objects: three,
    access: [{ verb: 'delete', resource: 'pods', allow: true }],
  })
  await expect(core.deleteNamespacedPod({ name: 'cart', namespace: 'shop' })).rejects.toMatchObject({ code: 405 })
  expect((await raw(simulator, '/api/v1/namespaces/shop/secrets/x', { method: 'DELETE' })).status).toBe(403)
  expect((await raw(simulator, '/api/v1/namespaces/shop/pods/cart/exec?command=sh')).status).toBe(403)
  expect((await core.listPodForAllNamespaces()).items).toHaveLength(3)
})

test('a wrong token is told nothing', async () => {
  const { simulator } = await start({ objects: three })
  const answer = await raw(simulator, '/api/v1/pods', { token: 'wrong' })
  expect([answer.status, answer.json().reason]).toEqual([401, 'Unauthorized'])
})

test('tables and metadata come when they are asked for', async () => {
  const { simulator } = await start({ objects: [crashed] })
  const as = (kind: string) => `application/json;as=${kind};v=v1;g=meta.k8s.io,application/json`
  const table = (await raw(simulator, '/api/v1/pods', { accept: as('Table') })).json()
  expect(table.columnDefinitions.map((column: { name: string }) => column.name).slice(0, 4)).toEqual([
    ...['Name', 'Ready', 'Status', 'Restarts'],
  ])
  expect(table.rows[0].cells.slice(0, 4)).toEqual(['cart', '0/1', 'CrashLoopBackOff', '0'])
  expect(table.rows[0].object.kind).toBe('PartialObjectMetadata')
  const list = (await raw(simulator, '/api/v1/pods', { accept: as('PartialObjectMetadataList') })).json()
  expect(Object.keys(list.items[0])).toEqual(['kind', 'apiVersion', 'metadata'])
})

test('kinds of their own appear in discovery, defined or only seen', async () => {
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'proxies.net.example' },
    spec: {
      group: 'net.example',
      scope: 'Cluster',
      names: { kind: 'Proxy', plural: 'proxies' },
      versions: [{ name: 'v1beta1', served: true }],
    },
  }
  const proxy = { apiVersion: 'net.example/v1beta1', kind: 'Proxy', metadata: { name: 'edge' } }
  const seen = { apiVersion: 'seen.example/v1', kind: 'Policy', metadata: { name: 'p', namespace: 'shop' } }
  const { config, simulator } = await start({ objects: [proxy, seen, definition] })
  const objects = KubernetesObjectApi.makeApiClient(config)
  expect((await objects.read(proxy)).metadata?.uid).toMatch(/^[0-9a-f-]{36}$/)
  expect((await objects.list('seen.example/v1', 'Policy', 'shop')).items).toHaveLength(1)
  const groups = (await raw(simulator, '/apis')).json().groups.map((one: { name: string }) => one.name)
  expect(groups).toEqual(expect.arrayContaining(['net.example', 'seen.example', 'apps']))
  expect(groups).not.toContain('metrics.k8s.io')
  expect((await raw(simulator, '/apis/metrics.k8s.io/v1beta1/pods')).status).toBe(404)
})

test('times, names of namespaces and versions that a picture leaves out are filled in the same way each time', async () => {
  const now = new Date('2026-05-01T00:00:00Z')
  const read = async () => {
    const { core } = await start({ objects: three, now })
    const one = await core.readNamespacedPod({ name: 'cart', namespace: 'shop' })
    expect((await core.readNamespace({ name: 'shop' })).status?.phase).toBe('Active')
    return one.metadata
  }
  expect(await read()).toEqual(await read())
  expect((await read())?.creationTimestamp).toEqual(new Date('2026-04-30T00:00:00Z'))
})

test('objects written down by hand know their owners and subjects by uid', async () => {
  const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'cart-1', namespace: 'shop' } }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'cart-1', controller: true }
  const owned = (name: string) => ({
    ...pod(name, 'cart', 'n1'),
    metadata: { name, namespace: 'shop', ownerReferences: [owner] },
  })
  const { core, config, simulator } = await start({ objects: [owned('cart'), event, set] })
  simulator.apply(owned('later'))
  const uid = (await KubernetesObjectApi.makeApiClient(config).read(set)).metadata?.uid
  const pods = (await core.listNamespacedPod({ namespace: 'shop' })).items
  expect(uid).toBeTruthy()
  expect(pods.map((one) => one.metadata?.ownerReferences?.[0]?.uid)).toEqual([uid, uid])
  const about = (await core.listNamespacedEvent({ namespace: 'shop' })).items[0]?.involvedObject.uid
  expect(about).toBe(pods[0]?.metadata?.uid)
})

test('the API can lie below a path, and can be plain http', async () => {
  const { core, simulator } = await start({ objects: three, prefix: '/k8s/clusters/c-abc', protocol: 'http' })
  expect((await core.listPodForAllNamespaces()).items).toHaveLength(3)
  expect(simulator.url).toMatch(/^http:.*\/k8s\/clusters\/c-abc$/)
})

test('a paused cluster accepts and does not answer until it resumes', async () => {
  const { core, simulator } = await start({ objects: three })
  simulator.pause()
  const list = core.listPodForAllNamespaces()
  const first = await Promise.race([list, new Promise((resolve) => setTimeout(() => resolve('nothing'), 60))])
  expect(first).toBe('nothing')
  simulator.resume()
  expect((await list).items).toHaveLength(3)
})

test('a cluster that was told to fail does so as often as told', async () => {
  const { core, simulator } = await start({ objects: three })
  simulator.failNext(1, 429, 2)
  const refused = await raw(simulator, '/api/v1/pods')
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, '2'])
  expect((await core.listPodForAllNamespaces()).items).toHaveLength(3)
})
