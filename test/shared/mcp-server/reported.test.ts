import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { manifestObjects } from '../../../shared/mcp-server/objects/manifest-objects.ts'
import { startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { apiOfThisCluster, inClusterSource } from '../../../shared/mcp-server/sources/in-cluster-source.ts'
import { kubeconfigSource } from '../../../shared/mcp-server/sources/kubeconfig-source.ts'
import { sourcedTargets } from '../../../shared/mcp-server/sources/sourced-targets.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { json, kubeconfigFor, loopbackApi, statusObject } from '../kubernetes/loopback-api.ts'
import { running, webPod } from './pods.ts'
import { ago, caller, east, redactHunter2, simulated } from './setup.ts'

/** Cases that users of comparable servers have reported. */

test('in a pod: the own namespace is that of the mounted file, and an IPv6 address is one', async () => {
  expect(apiOfThisCluster({ KUBERNETES_SERVICE_HOST: 'fd00:10:96::1', KUBERNETES_SERVICE_PORT: '443' })).toBe(
    'https://[fd00:10:96::1]:443',
  )
  const folder = mkdtempSync(join(tmpdir(), 'account-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'namespace'), 'monitoring\n')
  const source = inClusterSource({ server: 'https://[fd00:10:96::1]:443', folder })
  await source.refresh()
  expect(source.current()[0]?.target).toMatchObject({
    name: 'in-cluster',
    namespace: 'monitoring',
    source: expect.stringContaining(folder),
  })
})

test('behind the usual fronts: a strange Host is named with the way out, probes pass, and a client that looks for a login finds none', async () => {
  const { api } = await simulated({ objects: [] })
  const server = await startMcpHttpServer({
    targets: targetsOf([{ name: 'east', api }]),
    redact: redactHunter2,
    port: 0,
  })
  onTestFinished(server.stop)
  const ask = (path: string, host: string, method = 'GET') =>
    new Promise<{ status: number; body: string; type: string }>((done, fail) => {
      const asked = httpRequest(
        { host: '127.0.0.1', port: server.port, path, method, headers: { host } },
        (response) => {
          let body = ''
          response.on('data', (chunk) => {
            body += String(chunk)
          })
          response.on('end', () =>
            done({ status: response.statusCode ?? 0, body, type: String(response.headers['content-type']) }),
          )
        },
      )
      asked.on('error', fail).end()
    })
  const refused = await ask('/mcp', 'my-mcp.monitoring.svc:8443', 'POST')
  expect(refused.status).toBe(403)
  expect(refused.body).toContain(
    'This Host is not served here: my-mcp.monitoring.svc:8443. If it is a name of this server, start it with --allowed-host.',
  )
  expect((await ask('/healthz', '10.244.0.5:8080')).status).toBe(200)
  for (const path of [
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/mcp',
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
  ]) {
    const { status, type } = await ask(path, `127.0.0.1:${server.port}`)
    expect([path, status, type]).toEqual([path, 404, expect.stringContaining('json')])
  }
  expect((await ask('/register', `127.0.0.1:${server.port}`, 'POST')).status).toBe(404)
})

test('an API server that is busy for two seconds is waited for, also on the second page, with one request a second', async () => {
  let [refusals, first] = [2, 0]
  const api = await loopbackApi((request, response) => {
    if (refusals > 0 && (first++ === 0 || request.url?.includes('continue='))) {
      refusals -= 1
      response.setHeader('retry-after', '1')
      return json(response, statusObject(429, 'TooManyRequests', 'storage is (re)initializing'), 429)
    }
    const second = request.url?.includes('continue=') === true
    json(response, {
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '1', ...(second ? {} : { continue: 'next' }) },
      items: [{ metadata: { name: second ? 'b' : 'a', namespace: 'x' }, spec: { containers: [] }, status: {} }],
    })
  })
  onTestFinished(() => api[Symbol.asyncDispose]())
  const cluster = connectCluster(kubeconfigFor(api.url))
  onTestFinished(cluster.close)
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api: cluster }]) })
  const { text } = await call('pods_list', { limit: 1_000 })
  expect(text).toMatch(/\ba\b[\s\S]*\bb\b/)
  expect(api.arrived).toHaveLength(4)
})

test('a connection that was forgotten on the way is never used again', async () => {
  const { simulator } = await simulated({ objects: [webPod('p-1', running)] })
  const { port } = new URL(simulator.url)
  const open = new Set<Socket>()
  const relay = createServer((socket) => {
    const there = connect(Number(port), '127.0.0.1')
    open.add(socket)
    socket.pipe(there)
    there.pipe(socket)
    for (const one of [socket, there]) one.on('error', () => undefined)
  })
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    for (const one of open) one.destroy()
    relay.close()
  })
  const address = relay.address()
  const at = typeof address === 'object' && address !== null ? address.port : 0
  const api = connectCluster(simulator.kubeconfig.replace(simulator.url, `http://127.0.0.1:${at}`), {
    timeoutMs: 1_500,
  })
  onTestFinished(api.close)
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api }]) })
  expect((await call('pods_list', {})).isError).toBe(false)
  // No FIN and no RST: what is sent is heard by nobody.
  for (const one of open) {
    one.unpipe()
    one.pause()
  }
  const took: number[] = []
  for (let at = 0; at < 6; at++) {
    const began = Date.now()
    const { isError, text } = await call('pods_list', {})
    expect(isError ? text : '').toMatch(/^$|no answer within 1\.5 s/)
    took.push(isError ? -1 : Date.now() - began)
  }
  // Each forgotten connection costs one call at most, in one piece of time.
  expect(took.filter((one) => one < 0).length).toBeLessThanOrEqual(1)
  expect(took.at(-1)).toBeGreaterThanOrEqual(0)
})

test('half of the metrics: what was not measured is unknown, and an old measurement says how old it is', async () => {
  const node = (name: string) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    status: { allocatable: { cpu: '4', memory: '16Gi' } },
  })
  const measure = (name: string, cpu: string, memory: string, timestamp: string) => ({
    apiVersion: 'metrics.k8s.io/v1beta1',
    kind: 'NodeMetrics',
    metadata: { name },
    timestamp,
    window: '30s',
    usage: { cpu, memory },
  })
  const { call } = await east({
    objects: [
      ...['n1', 'n2', 'n3', 'n4', 'n5'].map(node),
      measure('n1', '608075001n', '11870920Ki', ago(20)),
      measure('n2', '1500m', '1Gi', ago(20)),
      measure('n3', '0', '512M', ago(660)),
    ],
  })
  const { text, structured } = await call('nodes_top', {})
  expect(text).toMatch(/n1 {2}609m .* {2}1159[23]Mi/)
  expect(text).toMatch(/n2 {2}1500m .* {2}1024Mi/)
  expect(text).toMatch(/n3 {2}0m .* {2}48[89]Mi .*measured 11m ago/)
  expect(text).toMatch(/metrics of 3 of 5 nodes/)
  expect(text).toMatch(/Not measured, so unknown: n4, n5/)
  expect(structured.complete).toBe(false)
})

test('a manifest means what it means to kubectl: octal modes, merged parts, comments between documents', () => {
  const [volume, second, ...more] = manifestObjects(
    '---\n# only words\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndefaultMode: 0644\nbase: &b {x: 1}\nmine: {<<: *b, y: 2}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: b}\n---\n',
  )
  expect(volume).toMatchObject({ defaultMode: 420, mine: { x: 1, y: 2 } })
  expect(second?.kind).toBe('Namespace')
  expect(more).toEqual([])
})

test('a table row without cells has the name of its object', async () => {
  const api = await loopbackApi((_, response) =>
    json(response, {
      kind: 'Table',
      apiVersion: 'meta.k8s.io/v1',
      metadata: {},
      columnDefinitions: [{ name: 'Name', priority: 0 }],
      rows: [{ cells: null, object: { kind: 'PartialObjectMetadata', metadata: { name: 'm1', namespace: 'shop' } } }],
    }),
  )
  const cluster = connectCluster(kubeconfigFor(api.url))
  onTestFinished(async () => {
    await cluster.close()
    await api[Symbol.asyncDispose]()
  })
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api: cluster }]) })
  expect((await call('resources_list', { kind: 'Ingress' })).text).toMatch(/shop +m1/)
})

test('a kind that has just come is found by its name, and one that never comes is looked for seldom', async () => {
  let there = false
  let clock = Date.parse('2026-01-01T00:00:00Z')
  const widgets = { name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['list', 'get'] }
  const api = await loopbackApi((request, response) => {
    const path = (request.url ?? '').split('?')[0]
    const version = { groupVersion: 'example.com/v1', version: 'v1' }
    if (path === '/api') json(response, { versions: ['v1'] })
    else if (path === '/apis') json(response, { groups: there ? [{ name: 'example.com', versions: [version] }] : [] })
    else if (path === '/api/v1') json(response, { resources: [] })
    else if (path === '/apis/example.com/v1') json(response, { resources: [widgets] })
    else json(response, { metadata: {}, items: [{ metadata: { name: 'w1', namespace: 'shop' } }] })
  })
  const cluster = connectCluster(kubeconfigFor(api.url), {
    clock: { now: () => new Date(clock), sleep: async () => {} },
  })
  onTestFinished(async () => {
    await cluster.close()
    await api[Symbol.asyncDispose]()
  })
  const { call } = await caller({ targets: targetsOf([{ name: 'east', api: cluster }]) })
  expect((await call('resources_list', { kind: 'Widget' })).text).toContain('serves no kind Widget')
  there = true
  clock += 1_000
  expect((await call('resources_list', { kind: 'Widget' })).text).toContain('w1')
  const before = api.arrived.filter((one) => one === 'GET /apis').length
  for (let more = 0; more < 20; more += 1) {
    clock += 400
    expect((await call('resources_list', { kind: 'Nonsense' })).text).toContain('serves no kind Nonsense')
  }
  expect(api.arrived.filter((one) => one === 'GET /apis').length - before).toBeLessThanOrEqual(2)
})

test('a token file that is replaced is read again when the API no longer takes the old token', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'token-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const [token, file] = [join(folder, 'tok'), join(folder, 'config')]
  let valid = 'A'
  const seen: unknown[] = []
  const api = await loopbackApi((request, response) => {
    seen.push(request.headers.authorization)
    if (request.headers.authorization === `Bearer ${valid}`) json(response, { metadata: {}, items: [] })
    else json(response, statusObject(401, 'Unauthorized', 'Unauthorized'), 401)
  })
  writeFileSync(token, 'A\n')
  writeFileSync(file, kubeconfigFor(api.url, { token: 'OLD', tokenFile: './tok' }))
  let clock = Date.parse('2026-01-01T00:00:00Z')
  const systems = { ...systemClock, now: () => new Date(clock) }
  const targets = sourcedTargets([kubeconfigSource({ files: [file], clock: systems })], { clock: systems })
  onTestFinished(async () => {
    await targets.close()
    await api[Symbol.asyncDispose]()
  })
  const { call } = await caller({ targets })
  expect((await call('pods_list', { cluster: 'east' })).isError).toBe(false)
  writeFileSync(token, 'B\n')
  valid = 'B'
  clock += 5_000
  expect((await call('pods_list', { cluster: 'east' })).isError).toBe(false)
  valid = 'C'
  clock += 5_000
  expect((await call('pods_list', { cluster: 'east' })).text).toContain('does not accept the credential (401)')
  // Once more, and not again and again.
  expect(seen).toEqual(['Bearer A', 'Bearer A', 'Bearer B', 'Bearer B', 'Bearer B'])
})
