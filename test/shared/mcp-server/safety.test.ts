import { request } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, onTestFinished, test } from 'vitest'
import type { GuardRail } from '../../../shared/mcp-server/safety/guard-rails.ts'
import type { AuditLine } from '../../../shared/mcp-server/server/audit.ts'
import { boundedBody } from '../../../shared/mcp-server/server/bounded-body.ts'
import { type HttpOptions, startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { lazyTargets } from '../../../shared/mcp-server/targets/targets.ts'
import { loopbackServer } from '../../fakes/loopback-server.ts'
import { crashLooping, deployment, node, replicaSet, webPod } from './pods.ts'
import { caller, fast, pause, redactHunter2, simulated } from './setup.ts'

const broken = [node, deployment, replicaSet, webPod('p-1', crashLooping)]
const initialize = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '0' } },
  }),
})
async function served(more: Partial<HttpOptions> = {}) {
  const { simulator, api } = await simulated({ objects: broken })
  const target = { name: 'east', aliases: ['prod'], server: '', namespace: 'shop', labels: { env: 'prod' } }
  const targets = lazyTargets([{ target, open: () => api }])
  const server = await startMcpHttpServer({ targets, redact: redactHunter2, port: 0, times: fast, ...more })
  onTestFinished(server.stop)
  return { simulator, server, targets }
}

/** An identity provider with one key that is published and one that is not. */
async function provider() {
  const [ours, foreign] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')])
  const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' }
  const fake = await loopbackServer(({ path }) => {
    if (path === '/.well-known/openid-configuration')
      return { status: 200, body: { issuer: fake.url, jwks_uri: `${fake.url}/keys` } }
    return path === '/keys' ? { status: 200, body: { keys: [jwk] } } : { status: 404 }
  })
  onTestFinished(fake.stop)
  const claims = {
    iss: fake.url,
    aud: 'api://nightcrier',
    sub: 'ann',
    scp: 'clusters.read other',
    exp: Date.now() / 1000 + 600,
  }
  const sign = (more: object = {}, key = ours.privateKey) =>
    new SignJWT({ ...claims, ...more }).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(key)
  return {
    fake,
    sign,
    foreign: foreign.privateKey,
    identity: { issuer: fake.url, audience: 'api://nightcrier', scope: 'clusters.read' },
  }
}

test('a token of the identity provider comes in when all of it is right, and with nothing else', async () => {
  const { sign, foreign, identity } = await provider()
  const lines: AuditLine[] = []
  const { server } = await served({ identity, audit: (line) => lines.push(line) })
  const status = async (token: string | undefined) =>
    (await fetch(server.url, initialize(token === undefined ? {} : { authorization: `Bearer ${token}` }))).status
  expect(await status(await sign())).toBe(200)
  const now = Date.now() / 1000
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const wrong = {
    none: undefined,
    'not a token': 'let-me-in',
    'of another audience': await sign({ aud: 'api://other' }),
    'of another issuer': await sign({ iss: 'https://evil.example' }),
    'run out': await sign({ exp: now - 120 }),
    'without an end': await sign({ exp: undefined }),
    'not yet valid': await sign({ nbf: now + 600 }),
    'without the scope': await sign({ scp: 'other' }),
    'signed by somebody else': await sign({}, foreign),
    'not signed': `${part({ alg: 'none' })}.${part({ iss: identity.issuer, aud: identity.audience, sub: 'ann', exp: now + 600, scp: 'clusters.read' })}.`,
  }
  for (const [what, token] of Object.entries(wrong)) expect(await status(token), what).toBe(401)
})

test('a session belongs to the subject of its token: another subject does not reach it', async () => {
  const { sign, identity } = await provider()
  const lines: AuditLine[] = []
  const { server } = await served({ identity, audit: (line) => lines.push(line) })
  const ann = { authorization: `Bearer ${await sign()}` }
  const bob = { authorization: `Bearer ${await sign({ sub: 'bob' })}` }
  const began = await fetch(server.url, initialize(ann))
  const session = { 'mcp-session-id': began.headers.get('mcp-session-id') ?? '', 'mcp-protocol-version': '2025-11-25' }
  const list = (who: Record<string, string>) =>
    fetch(server.url, {
      ...initialize({ ...session, ...who }),
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 2,
        method: 'tools/call',
        params: { name: 'pods_list', arguments: {} },
      }),
    })
  expect((await list(bob)).status).toBe(404)
  const answer = await list(ann)
  expect([answer.status, (await answer.text()).includes('web-6bf586c785-chf5m')]).toEqual([200, true])
  expect(lines).toMatchObject([{ caller: 'user:ann', session: session['mcp-session-id'], tool: 'pods_list' }])
})

test('a session ends with its token, with the reason on its stream; one whose caller has shown a newer token goes on', async () => {
  const { sign, identity } = await provider()
  const { server } = await served({ identity })
  // A minute is allowed for clocks that differ.
  const soon = { authorization: `Bearer ${await sign({ exp: Date.now() / 1000 - 59.2 })}` }
  const later = { authorization: `Bearer ${await sign()}` }
  const open = async () => {
    const began = await fetch(server.url, initialize(soon))
    const session = {
      'mcp-session-id': began.headers.get('mcp-session-id') ?? '',
      'mcp-protocol-version': '2025-11-25',
    }
    const stream = await fetch(server.url, { headers: { accept: 'text/event-stream', ...session, ...soon } })
    return { session, stream }
  }
  const ping = (session: Record<string, string>) =>
    fetch(server.url, {
      ...initialize({ ...session, ...later }),
      body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }),
    })
  const [first, second] = [await open(), await open()]
  expect((await ping(second.session)).status).toBe(200)
  const told = await first.stream.text()
  expect(told).toMatch(/The token of this session has run out \(2.*begin a new one with a new token/)
  expect((await ping(first.session)).status).toBe(404)
  expect([(await ping(second.session)).status, server.sessions()]).toEqual([200, 1])
  const refused = await fetch(
    server.url,
    initialize({ authorization: `Bearer ${await sign({ exp: Date.now() / 1000 - 90 })}` }),
  )
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining('it has run out'),
  ])
  await second.stream.body?.cancel()
})

test('an identity provider that does not answer is no reason to let anybody in, nor to say that a token is wrong', async () => {
  const { fake, sign, identity } = await provider()
  const token = await sign()
  const { server } = await served({ identity })
  await fake.stop()
  const answer = await fetch(server.url, initialize({ authorization: `Bearer ${token}` }))
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
  await expect(served({ identity: { issuer: 'http://login.example', audience: 'x' } })).rejects.toThrow(
    'not an https://',
  )
})

test('a foreign Host header is refused, as a page that renames itself to this machine would send one', async () => {
  const { server } = await served()
  const status = (host: string) =>
    new Promise<number>((resolve, reject) => {
      const { method, headers, body } = initialize({ host })
      const sent = request(server.url, { method, headers }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  expect(await status(`127.0.0.1:${server.port}`)).toBe(200)
  for (const host of [
    'evil.example',
    `evil.example:${server.port}`,
    '127.0.0.1.evil.example',
    'localhost.evil.example',
  ])
    expect(await status(host), host).toBe(403)
})

test('each call is one line: who, which tool, where, what came of it, and nothing of arguments or answers', async () => {
  const lines: AuditLine[] = []
  const secretive = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'c', namespace: 'shop' },
    data: { a: 'hunter2' },
  }
  const { api, simulator } = await simulated({ objects: [...broken, secretive] })
  const target = { name: 'east', aliases: [], server: '', namespace: 'shop' }
  const { call } = await caller({
    targets: lazyTargets([{ target, open: () => api }]),
    audit: (line) => lines.push(line),
  })
  await call('pods_list', {})
  await call('pods_list_in_namespace', { namespace: 'shop' })
  await call('resources_get', { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', namespace: 'shop' })
  await call('pods_get', { name: 'none' })
  simulator.failNext(3, 500)
  await call('clusters_status')
  const short = lines.map(({ caller: who, tool, clusters, namespaces, outcome }) => [
    who,
    tool,
    clusters[0],
    namespaces[0],
    outcome,
  ])
  expect(short).toEqual([
    ['local', 'pods_list', 'east', '*', 'ok'],
    ['local', 'pods_list_in_namespace', 'east', 'shop', 'ok'],
    ['local', 'resources_get', 'east', 'shop', 'ok'],
    ['local', 'pods_get', 'east', 'shop', 'error'],
    ['local', 'clusters_status', 'east', undefined, 'partial'],
  ])
  expect(lines[2]?.redactions).toBeGreaterThan(0)
  expect(lines[0]?.bytes).toBeGreaterThan(500)
  expect(JSON.stringify(lines)).not.toMatch(/hunter2|web-6bf|none/)
})

test.each<[string, GuardRail, Record<string, boolean>]>([
  ['only one namespace', { namespaces: ['shop'] }, { shop: true, other: false, all: false, node: false }],
  ['all but one namespace', { denyNamespaces: ['sh*'] }, { shop: false, other: true, all: false, node: true }],
  ['some kinds', { kinds: ['v1 Node'] }, { shop: false, other: false, all: false, node: true }],
  ['not a kind', { denyKinds: ['Pod'] }, { shop: false, all: false, log: false, node: true }],
  ['not a verb', { verbs: ['list'] }, { shop: true, all: true, log: false, node: false }],
  ['by name', { clusters: ['ea*'], verbs: ['get'] }, { shop: false, node: true }],
  ['by alias', { clusters: ['prod'], verbs: ['get'] }, { shop: false, node: true }],
  ['by label', { labels: { env: 'prod' }, verbs: ['get'] }, { shop: false, node: true }],
  ['of another cluster', { clusters: ['west'], verbs: [] }, { shop: true, all: true, node: true, log: true }],
  ['of another label', { labels: { env: 'test' }, verbs: [] }, { shop: true, all: true, node: true, log: true }],
])('guard rails hold below every tool: %s', async (_, rail, may) => {
  const other = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } }
  const { api, simulator } = await simulated({ objects: [...broken, other] })
  const target = { name: 'east', aliases: ['prod'], server: '', namespace: 'shop', labels: { env: 'prod' } }
  const { call } = await caller({ targets: lazyTargets([{ target, open: () => api }]), rails: [rail] })
  const asks: Record<string, () => Promise<{ isError: boolean; text: string }>> = {
    shop: () => call('pods_list_in_namespace', { namespace: 'shop' }),
    other: () => call('pods_list_in_namespace', { namespace: 'other' }),
    all: () => call('pods_list'),
    node: () => call('resources_get', { apiVersion: 'v1', kind: 'Node', name: 'n1' }),
    log: () => call('pods_log', { name: 'web-6bf586c785-chf5m', namespace: 'shop', container: 'web' }),
  }
  for (const [what, allowed] of Object.entries(may)) {
    const before = simulator.calls.filter(({ path }) => /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/./.test(path)).length
    const { isError, text } = await asks[what]!()
    expect(isError, `${what}: ${text}`).toBe(!allowed)
    if (allowed) continue
    expect(text).toContain("This server's guard rails for east do not allow it: ")
    expect(
      simulator.calls.filter(({ path }) => /^\/(api\/v1|apis\/[^/]+\/[^/]+)\/./.test(path)).length,
      'asked all the same',
    ).toBe(before)
  }
  if (may.shop === false) {
    const args = { operation: 'pods_list_in_namespace', parameters: { namespace: 'shop' } }
    expect((await call('clusters_exec_all', args)).structured).toMatchObject({ complete: false, counts: '1 forbidden' })
  }
})

test('a namespace that is named for a kind without one opens no way past the rails', async () => {
  const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'admin' } }
  const crd = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'secretrings.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Cluster',
      names: { kind: 'SecretRing', plural: 'secretrings' },
      versions: [{ name: 'v1', served: true }],
    },
  }
  const ring = { apiVersion: 'example.com/v1', kind: 'SecretRing', metadata: { name: 'admin' } }
  const { api } = await simulated({ objects: [...broken, role, crd, ring] })
  const target = { name: 'east', aliases: [], server: '', namespace: 'shop' }
  const { call } = await caller({
    targets: lazyTargets([{ target, open: () => api }]),
    rails: [{ namespaces: ['shop'] }],
  })
  for (const { apiVersion, kind } of [role, ring, node]) {
    const list = await call('resources_list', { apiVersion, kind, namespace: 'shop' })
    expect([list.isError, list.text], kind).toEqual([true, expect.stringContaining('name one namespace')])
    const get = await call('resources_get', {
      apiVersion,
      kind,
      name: kind === 'Node' ? 'n1' : 'admin',
      namespace: 'shop',
    })
    expect([get.isError, get.text], kind).toEqual([true, expect.stringContaining('name one namespace')])
  }
})

test('tools are chosen by set and by name, and a name that nothing has stops the start', async () => {
  const { api } = await simulated({ objects: [] })
  const targets = lazyTargets([{ target: { name: 'east', aliases: [], server: '', namespace: '' }, open: () => api }])
  const names = async (choice: object) => {
    const { client } = await caller({ targets, choice })
    return (await client.listTools()).tools.map(({ name }) => name)
  }
  expect(await names({ toolsets: ['metrics'] })).toEqual(['pods_top', 'nodes_top'])
  expect(await names({ allowTools: ['pods_log', 'pods_get'], denyTools: ['pods_get'] })).toEqual(['pods_log'])
  for (const [choice, what] of [
    [{ toolsets: ['metric'] }, 'There is no toolset "metric". Known: '],
    [{ denyTools: ['pods_lgo'] }, 'There is no tool "pods_lgo". Known: '],
    [{ allowTools: ['pods_lgo'] }, 'There is no tool "pods_lgo". Known: '],
    [{ toolsets: ['metrics'], allowTools: ['pods_log'] }, 'No tool is left'],
  ] as const)
    await expect(names(choice)).rejects.toThrow(what)
})

test('a reader that is too slow is cut off, before more than a bound waits for it', async () => {
  let cut = 0
  let pushed = 0
  let cancelled = false
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pushed += 1
      controller.enqueue(new Uint8Array(10_000))
    },
    cancel: () => {
      cancelled = true
    },
  })
  const slow = boundedBody(source, 100_000, () => {
    cut += 1
  })
  await pause(30)
  expect([cut, cancelled]).toEqual([1, true])
  expect(pushed).toBeLessThan(15)
  await expect(slow.getReader().read()).rejects.toThrow('too slow')
})

test('a stream that broke goes on after the last event its client has seen, and from one forgotten it begins anew', async () => {
  const { server, simulator } = await served()
  const began = await fetch(server.url, initialize())
  const session = { 'mcp-session-id': began.headers.get('mcp-session-id') ?? '' }
  await began.text()
  const post = (body: object) =>
    fetch(server.url, { ...initialize(session), body: JSON.stringify({ jsonrpc: '2.0', ...body }) })
  const open = async (lastEventId?: string) => {
    const aborter = new AbortController()
    onTestFinished(() => aborter.abort())
    const headers = {
      accept: 'text/event-stream',
      ...session,
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    }
    const response = await fetch(server.url, { headers, signal: aborter.signal })
    const reader = response.body!.getReader()
    let text = ''
    const read = async (enough: (text: string) => boolean) => {
      while (!enough(text)) {
        const { value, done } = await reader.read()
        if (done) break
        text += new TextDecoder().decode(value)
      }
      return text
    }
    return { status: response.status, read, cut: () => aborter.abort() }
  }
  const faultsIn = (text: string) =>
    [...text.matchAll(/id: (\d+)\ndata: .*"faultId":"(\w+)"/g)].map(([, id, fault]) => ({ id, fault }))
  const first = await open()
  await (
    await post({ id: 2, method: 'tools/call', params: { name: 'events_subscribe', arguments: { mode: 'faults' } } })
  ).text()
  const seen = faultsIn(await first.read((text) => faultsIn(text).length >= 1))
  simulator.apply([
    webPod('p-2', crashLooping, { name: 'web-6bf586c785-two' }),
    webPod('p-3', crashLooping, { name: 'web-6bf586c785-three' }),
  ])
  const all = faultsIn(await first.read((text) => faultsIn(text).length >= 3))
  first.cut()
  await pause(50)
  const second = await open(seen[0]!.id)
  const again = faultsIn(await second.read((text) => faultsIn(text).length >= 2))
  expect(again).toEqual(all.slice(1))
  second.cut()
  await pause(50)
  simulator.apply([webPod('p-4', crashLooping, { name: 'web-6bf586c785-four' })])
  const third = await open('999999')
  expect(third.status).toBe(200)
  expect(faultsIn(await third.read((text) => faultsIn(text).length >= 1))).toHaveLength(1)
  third.cut()
})
