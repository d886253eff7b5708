import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { ClusterApiError, type WatchEvent } from '../../../shared/kubernetes/cluster-api.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import type { ApiCall } from '../../../shared/kubernetes/transport.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from './loopback-api.ts'

const Pod = { apiVersion: 'v1', kind: 'Pod' }
const pod = (name: string) => ({ metadata: { name, namespace: 'shop', resourceVersion: '5' }, spec: {} })
const failureOf = (promise: Promise<unknown>): Promise<ClusterApiError> =>
  promise.then(
    () => expect.fail('it should have failed'),
    (error: unknown) => {
      if (error instanceof ClusterApiError) return error
      throw error
    },
  )

test('a list says the kind of each item, its version, and how to go on', async () => {
  await using api = await loopbackApi((_, response) =>
    json(response, { metadata: { resourceVersion: '77', continue: 'more' }, items: [pod('a'), pod('b')] }),
  )
  const cluster = connectCluster(kubeconfigFor(api.url))
  const page = await cluster.list(Pod, { namespace: 'shop', labelSelector: 'app=web', limit: 9_999 })
  expect(page.items.map((item) => `${item.kind} ${item.metadata.name}`)).toEqual(['Pod a', 'Pod b'])
  expect(page).toMatchObject({ resourceVersion: '77', continueToken: 'more' })
  expect(api.arrived).toEqual(['GET /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&limit=500'])
  await cluster.close()
})

test('the path prefix of a server behind Rancher stays in every call, and so does the token', async () => {
  const tokens: unknown[] = []
  await using api = await loopbackApi((request, response) => {
    tokens.push(request.headers.authorization)
    if (request.url?.endsWith('/version')) return json(response, { gitVersion: 'v1.33.4' })
    if (request.method === 'POST') return json(response, { status: { allowed: true } }, 201)
    json(response, { items: null })
  })
  const cluster = connectCluster(kubeconfigFor(`${api.url}/k8s/clusters/c-abc/`))
  expect(await cluster.version()).toBe('v1.33.4')
  expect(await cluster.canI('get', 'pods/log', { namespace: 'shop' })).toBe(true)
  expect((await cluster.list({ apiVersion: 'apps/v1', kind: 'Deployment' }, { limit: 10 })).items).toEqual([])
  expect(api.arrived).toEqual([
    'GET /k8s/clusters/c-abc/version',
    'POST /k8s/clusters/c-abc/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    'GET /k8s/clusters/c-abc/apis/apps/v1/deployments?limit=10',
  ])
  expect(new Set(tokens)).toEqual(new Set(['Bearer secret-token']))
})

test('an object that is not there is undefined; a missing path, a refusal and a wrong server are errors', async () => {
  await using api = await loopbackApi((request, response) => {
    if (request.url?.includes('gone'))
      return json(response, statusObject(404, 'NotFound', 'pods "gone" not found'), 404)
    if (request.url?.includes('denied'))
      return json(response, statusObject(403, 'Forbidden', 'User "reader" cannot get\r\npods'), 403)
    if (request.url?.includes('login')) return response.writeHead(302, { location: '/login' }).end()
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Welcome</html>')
  })
  const cluster = connectCluster(kubeconfigFor(api.url))
  expect(await cluster.get(Pod, 'gone', 'shop')).toBeUndefined()
  expect(await failureOf(cluster.get(Pod, 'denied', 'shop'))).toMatchObject({
    status: 403,
    reason: 'Forbidden',
    message: `${api.url} refused GET /api/v1/namespaces/shop/pods/denied: 403 User "reader" cannot get pods`,
  })
  expect((await failureOf(cluster.get(Pod, 'login', 'shop'))).message).toContain('as a login page does')
  expect((await failureOf(cluster.get(Pod, 'page', 'shop'))).message).toContain('not as a Kubernetes API')
  expect((await failureOf(cluster.get(Pod, 'no-namespace'))).message).toBe('A Pod lies in a namespace: say which.')
  expect((await failureOf(cluster.get(Pod, '../secrets', 'shop'))).reason).toBe('BadName')
})

test('an API that takes the connection and never answers costs the deadline, not more', async () => {
  await using api = await loopbackApi(() => {})
  const cluster = connectCluster(kubeconfigFor(api.url), { timeoutMs: 150 })
  const failure = await failureOf(cluster.version())
  expect(failure).toMatchObject({ status: 0, reason: 'Timeout' })
  expect(failure.message).toBe(`${api.url} did not answer GET /version: no answer within 0.15 s.`)
})

test('an API that begins its answer and stops in the middle costs the deadline too', async () => {
  await using api = await loopbackApi((_, response) => response.writeHead(200).write('{"items": ['))
  const cluster = connectCluster(kubeconfigFor(api.url), { timeoutMs: 150 })
  expect(await failureOf(cluster.list(Pod, { limit: 1 }))).toMatchObject({ status: 0, reason: 'Timeout' })
})

test('a refused port, an unknown name and a signal each end in one sentence', async () => {
  const port = await loopbackApi(() => {}).then(async (api) => {
    await api[Symbol.asyncDispose]()
    return api.url
  })
  const refused = await failureOf(connectCluster(kubeconfigFor(port)).version())
  expect(refused.message).toBe(
    `${port} did not answer GET /version: nothing listens there. Check the server address in the kubeconfig.`,
  )
  await using api = await loopbackApi(() => {})
  const stopped = await failureOf(connectCluster(kubeconfigFor(api.url)).version(AbortSignal.abort()))
  expect(stopped.reason).toBe('Cancelled')
})

test('an answer over 32 MiB is not taken in', async () => {
  await using api = await loopbackApi((_, response) => {
    const chunk = Buffer.alloc(1024 * 1024, 32)
    let left = 100
    const more = () => {
      while (left-- > 0) if (!response.write(chunk)) return response.once('drain', more)
      response.end()
    }
    more()
  })
  const failure = await failureOf(connectCluster(kubeconfigFor(api.url)).list(Pod, { limit: 500 }))
  expect(failure).toMatchObject({ status: 413, reason: 'TooLarge' })
})

test('of a log its end is kept, between characters, and it says so', async () => {
  await using api = await loopbackApi((_, response) => response.end('und so weiter, größe'))
  const cluster = connectCluster(kubeconfigFor(api.url))
  const wanted = { namespace: 'shop', pod: 'web', container: 'app', tailLines: 50, limitBytes: 4 }
  expect(await cluster.log({ ...wanted, previous: true })).toEqual({ text: 'ße', truncated: true })
  expect(await cluster.log({ ...wanted, limitBytes: 1_000 })).toEqual({
    text: 'und so weiter, größe',
    truncated: false,
  })
  expect(api.arrived[0]).toBe('GET /api/v1/namespaces/shop/pods/web/log?container=app&previous=true&tailLines=50')
})

test('an overloaded API is asked again when it says, and a kept connection that it closed is no failure', async () => {
  let turn = 0
  await using api = await loopbackApi((request, response) => {
    turn++
    if (turn === 1) return response.writeHead(429, { 'retry-after': '0' }).end()
    if (turn === 2) return request.socket.destroy()
    json(response, { gitVersion: 'v1.33.4' })
  })
  expect(await connectCluster(kubeconfigFor(api.url)).version()).toBe('v1.33.4')
  expect(api.arrived).toHaveLength(3)
})

test('an overloaded API that wants us to wait for long is a refusal, and not waited for', async () => {
  await using api = await loopbackApi((_, response) => response.writeHead(429, { 'retry-after': '3600' }).end())
  const began = performance.now()
  await expect(connectCluster(kubeconfigFor(api.url)).version()).rejects.toMatchObject({ status: 429 })
  expect(api.arrived).toHaveLength(1)
  // Its own deadline would be ten seconds.
  expect(performance.now() - began).toBeLessThan(9_000)
})

test('a watch gives events and bookmarks across chunk borders, and ends with the server', async () => {
  await using api = await loopbackApi((_, response) => {
    const text = [
      JSON.stringify({ type: 'ADDED', object: pod('größe') }),
      JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '90' } } }),
      JSON.stringify({ type: 'DELETED', object: pod('b') }),
    ].join('\n')
    const bytes = Buffer.from(`${text}\n`)
    for (let at = 0; at < bytes.length; at += 7) response.write(bytes.subarray(at, at + 7))
    response.end()
  })
  const events: WatchEvent[] = []
  const cluster = connectCluster(kubeconfigFor(api.url))
  const query = { namespace: 'shop', resourceVersion: '5' }
  await cluster.watch(Pod, query, (event) => events.push(event), new AbortController().signal)
  expect(events.map(({ type, object }) => [type, object.metadata.name, object.metadata.resourceVersion])).toEqual([
    ['ADDED', 'größe', '5'],
    ['BOOKMARK', '', '90'],
    ['DELETED', 'b', '5'],
  ])
  expect(api.arrived[0]).toBe(
    'GET /api/v1/namespaces/shop/pods?watch=true&allowWatchBookmarks=true&resourceVersion=5&timeoutSeconds=300',
  )
})

test('a watch whose version is too old throws 410, whether the API says so in the status or in the stream', async () => {
  const gone = statusObject(410, 'Expired', 'too old resource version')
  await using api = await loopbackApi((request, response) =>
    request.url?.includes('nodes')
      ? json(response, gone, 410)
      : response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`),
  )
  const cluster = connectCluster(kubeconfigFor(api.url))
  const { signal } = new AbortController()
  for (const kind of [Pod, { apiVersion: 'v1', kind: 'Node' }])
    expect(await failureOf(cluster.watch(kind, { resourceVersion: '1' }, () => {}, signal))).toMatchObject({
      status: 410,
    })
})

test('a watch that falls silent is given up; one that is stopped just ends', async () => {
  await using api = await loopbackApi((_, response) => response.writeHead(200).flushHeaders())
  const cluster = connectCluster(kubeconfigFor(api.url), { watchIdleMs: 100 })
  const never = new AbortController().signal
  expect(await failureOf(cluster.watch(Pod, { resourceVersion: '1' }, () => {}, never))).toMatchObject({
    reason: 'Timeout',
  })
  const stopped = AbortSignal.timeout(30)
  expect(await cluster.watch(Pod, { resourceVersion: '1' }, () => {}, stopped)).toBeUndefined()
})

test('custom kinds are found by discovery, asked once, and one that is not served is named', async () => {
  const resource = { name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['get', 'list'] }
  await using api = await loopbackApi((request, response) => {
    if (request.url === '/apis/shop.example/v1')
      return json(response, { resources: [resource, { ...resource, name: 'widgets/status' }] })
    json(response, { items: [] })
  })
  const cluster = connectCluster(kubeconfigFor(api.url))
  const kind = { apiVersion: 'shop.example/v1', kind: 'Widget' }
  await cluster.list(kind, { namespace: 'a', limit: 5 })
  await cluster.list(kind, { namespace: 'b', limit: 5 })
  expect(api.arrived.map((line) => line.split('?')[0])).toEqual([
    'GET /apis/shop.example/v1',
    'GET /apis/shop.example/v1/namespaces/a/widgets',
    'GET /apis/shop.example/v1/namespaces/b/widgets',
  ])
  const failure = await failureOf(cluster.list({ ...kind, kind: 'Gadget' }, { limit: 5 }))
  expect(failure.message).toBe(`${api.url} serves no kind Gadget in shop.example/v1. There it has: Widget.`)
})

test.each(['all at once', 'group by group'])(
  'kinds come from discovery that answers %s, and a dead group hides no other',
  async (way) => {
    const verbs = ['get']
    const aggregated = (name: string, version: string, resources: [string, string, string][]) => ({
      kind: 'APIGroupDiscoveryList',
      items: [
        {
          metadata: { name },
          versions: [
            {
              version,
              resources: resources.map(([resource, kind, scope]) => ({
                resource,
                scope,
                responseKind: { kind },
                verbs,
              })),
            },
          ],
        },
      ],
    })
    await using api = await loopbackApi((request, response) => {
      if (way === 'all at once')
        return json(
          response,
          request.url === '/api'
            ? aggregated('', 'v1', [['nodes', 'Node', 'Cluster']])
            : aggregated('apps', 'v1', [['deployments', 'Deployment', 'Namespaced']]),
        )
      const listed: Record<string, unknown> = {
        '/api': { kind: 'APIVersions', versions: ['v1'] },
        '/apis': {
          kind: 'APIGroupList',
          groups: ['dead.example/v1', 'apps/v1'].map((groupVersion) => ({ versions: [{ groupVersion }] })),
        },
        '/api/v1': { resources: [{ name: 'nodes', kind: 'Node', namespaced: false, verbs }] },
        '/apis/apps/v1': { resources: [{ name: 'deployments', kind: 'Deployment', namespaced: true, verbs }] },
      }
      const found = listed[request.url ?? '']
      json(response, found ?? statusObject(503, 'ServiceUnavailable', 'no endpoints'), found ? 200 : 503)
    })
    const cluster = connectCluster(kubeconfigFor(api.url))
    expect(await cluster.kinds()).toMatchObject([
      { apiVersion: 'v1', kind: 'Node', plural: 'nodes', namespaced: false, verbs },
      { apiVersion: 'apps/v1', kind: 'Deployment', plural: 'deployments', namespaced: true, verbs },
    ])
    const asked = api.arrived.length
    await cluster.kinds()
    expect(api.arrived).toHaveLength(asked)
  },
)

test('every call is told to the journal, refused ones too, and never with the credential', async () => {
  await using api = await loopbackApi((_, response) => json(response, { items: [] }))
  const calls: ApiCall[] = []
  const cluster = connectCluster(kubeconfigFor(api.url), { onCall: (call) => calls.push(call) })
  await cluster.list(Pod, { limit: 1 })
  await failureOf(cluster.list({ apiVersion: 'v1', kind: 'Secret' }, { limit: 1 }))
  expect(calls).toMatchObject([
    { method: 'GET', path: '/api/v1/pods?limit=1', status: 200, bytes: 12 },
    { method: 'GET', path: '/api/v1/secrets?limit=1', status: 0 },
  ])
  expect(JSON.stringify(calls)).not.toContain('secret-token')
})

test('TLS: a trusted server and a client certificate work; an untrusted one is told with its remedy', async () => {
  const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  })
  const encoded = (text: string) => Buffer.from(text).toString('base64')
  let presented = ''
  await using api = await loopbackApi(
    (request, response) => {
      if ('getPeerCertificate' in request.socket && typeof request.socket.getPeerCertificate === 'function')
        presented = request.socket.getPeerCertificate().subject?.CN ?? ''
      json(response, { gitVersion: 'v1.33.4' })
    },
    { key: made.private, cert: made.cert, requestCert: true, rejectUnauthorized: false },
  )
  const user = { 'client-certificate-data': encoded(made.cert), 'client-key-data': encoded(made.private) }
  const trusting = { 'certificate-authority-data': encoded(made.cert) }
  expect(await connectCluster(kubeconfigFor(api.url, user, trusting)).version()).toBe('v1.33.4')
  expect(presented).toBe('127.0.0.1')
  const failure = await failureOf(connectCluster(kubeconfigFor(api.url)).version())
  expect(failure).toMatchObject({ status: 0, reason: 'Tls' })
  expect(failure.message).toContain('Add its certificate-authority-data to the kubeconfig')
  const plain = await failureOf(connectCluster(kubeconfigFor(api.url.replace('https', 'http'))).version())
  expect(plain.status).toBe(0)
})
