import { request as open } from 'node:http'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { expect, onTestFinished, test } from 'vitest'
import { type HttpOptions, startMcpHttpServer } from '../../../shared/mcp-server/server/http-server.ts'
import { createStatelessHandler } from '../../../shared/mcp-server/server/stateless.ts'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { fast, listenTo, pause, redactHunter2, simulated, until } from './setup.ts'

const healthy = [node, deployment, replicaSet, webPod('p-1', running)]
const broken = [node, deployment, replicaSet, webPod('p-1', crashLooping)]

async function served(objects: readonly unknown[], more: Partial<HttpOptions> = {}) {
  const { simulator, api } = await simulated({ objects })
  const targets = targetsOf([
    { name: 'east', api },
    { name: 'west', api },
  ])
  const server = await startMcpHttpServer({ targets, redact: redactHunter2, port: 0, times: fast, ...more })
  onTestFinished(server.stop)
  return { simulator, server, targets }
}
async function connected(url: string, headers: Record<string, string> = {}) {
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    reconnectionOptions: {
      initialReconnectionDelay: 20,
      maxReconnectionDelay: 20,
      reconnectionDelayGrowFactor: 1,
      maxRetries: 20,
    },
  })
  const client = new Client({ name: 'test', version: '0' })
  const notices = listenTo(client)
  await client.connect(transport)
  onTestFinished(() => client.close())
  return { client, transport, notices }
}
const initialize = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
  body: JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'nightcrier', version: '1.0.0' } },
  }),
})
const message = (body: object, session: string) => ({
  ...initialize({ 'mcp-session-id': session, 'mcp-protocol-version': '2025-06-18' }),
  body: JSON.stringify({ jsonrpc: '2.0', ...body }),
})

test('the sequence of the known client works: initialize, setLevel, subscribe with only a mode, notices on the GET stream', async () => {
  const { server, simulator } = await served(broken)
  const { client, notices } = await connected(`${server.url}/east`)
  await client.setLoggingLevel('info')
  const answer = await client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  expect(answer.isError).toBeFalsy()
  await until(() => notices.length === 1, 'the current fault')
  expect(notices[0]).toMatchObject({ level: 'warning', logger: 'kubernetes/faults', data: { faultType: 'CrashLoop' } })
  simulator.apply([webPod('p-2', crashLooping, { name: 'web-6bf586c785-zzzzz' })])
  await until(() => notices.length === 2, 'the new fault')
})

test('who sets no level is sent faults all the same, and who asks for errors only is not', async () => {
  const { server } = await served(broken)
  const quiet = await connected(`${server.url}/east`)
  await quiet.client.setLoggingLevel('error')
  const plain = await connected(`${server.url}/east`)
  for (const { client } of [quiet, plain]) {
    await client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  }
  await until(() => plain.notices.length === 1, 'the notice')
  await pause(50)
  expect(quiet.notices).toEqual([])
})

test('faults before the stream is open, or while it is cut, wait for it', async () => {
  const { server } = await served(broken)
  const url = `${server.url}/east`
  const began = await fetch(url, initialize())
  const session = began.headers.get('mcp-session-id') ?? ''
  await began.text()
  const subscribe = { id: 2, method: 'tools/call', params: { name: 'events_subscribe', arguments: { mode: 'faults' } } }
  const answer = await fetch(url, message(subscribe, session))
  expect(await answer.text()).toContain('Event Subscription Created')
  await pause(100)
  const aborter = new AbortController()
  const stream = await fetch(url, {
    headers: { accept: 'text/event-stream', 'mcp-session-id': session },
    signal: aborter.signal,
  })
  const reader = stream.body?.getReader()
  const chunk = await reader?.read()
  const text = new TextDecoder().decode(chunk?.value)
  expect(text).toMatch(/^event: message\nid: \d+\ndata: \{/)
  expect(text).toContain('"faultType":"CrashLoop"')
  aborter.abort()
})

test('faults while the stream is cut are sent when it is open again', async () => {
  const { server, simulator } = await served(healthy)
  const url = `${server.url}/east`
  const began = await fetch(url, initialize())
  const session = began.headers.get('mcp-session-id') ?? ''
  await began.text()
  const open = async () => {
    const aborter = new AbortController()
    const headers = { accept: 'text/event-stream', 'mcp-session-id': session }
    const response = await fetch(url, { headers, signal: aborter.signal })
    return { aborter, response }
  }
  const first = await open()
  expect(first.response.status).toBe(200)
  const subscribe = { id: 2, method: 'tools/call', params: { name: 'events_subscribe', arguments: { mode: 'faults' } } }
  await (await fetch(url, message(subscribe, session))).text()
  first.aborter.abort()
  await pause(50)
  simulator.apply([webPod('p-1', crashLooping)])
  await pause(100)
  const second = await open()
  expect(second.response.status).toBe(200)
  const chunk = await second.response.body?.getReader().read()
  expect(new TextDecoder().decode(chunk?.value)).toContain('"faultType":"CrashLoop"')
  second.aborter.abort()
})

test('fifty subscribers cost one watch per kind, and all are told', async () => {
  const { server, simulator } = await served(healthy)
  const clients = await Promise.all(Array.from({ length: 50 }, () => connected(`${server.url}/east`)))
  await Promise.all(
    clients.map(({ client }) => client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })),
  )
  expect(server.watches()).toBe(1)
  simulator.apply([webPod('p-1', crashLooping)])
  await until(() => clients.every(({ notices }) => notices.length === 1), 'all notices')
  const asked = simulator.calls
    .map(({ path }) => path)
    .filter((path) => path.includes('limit=') || path.includes('watch='))
  const kinds = Object.groupBy(asked, (path) => `${path.split('?')[0]} ${path.includes('watch=') ? 'watch' : 'list'}`)
  expect(Object.keys(kinds).filter((kind) => kind.endsWith(' watch')).length).toBeGreaterThan(10)
  for (const [kind, calls = []] of Object.entries(kinds)) expect(calls, kind).toHaveLength(1)
})

test('a session that ends leaves nothing: no subscription, no watch, no session', async () => {
  const { server } = await served(broken)
  for (let round = 0; round < 20; round += 1) {
    const { client, transport } = await connected(`${server.url}/east`)
    await client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
    expect(server.subscriptions()).toBe(1)
    await transport.terminateSession()
    await client.close()
    expect([server.sessions(), server.subscriptions(), server.watches()]).toEqual([0, 0, 0])
  }
})

test('a client that vanished without a word is let go after a while, one that listens is pinged and kept', async () => {
  const { server } = await served(broken, { sessionTimes: { pingMs: 20, idleMs: 150, silentMs: 400, restMs: 5_000 } })
  const vanished = await connected(`${server.url}/east`)
  await vanished.client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  const kept = await connected(`${server.url}/east`)
  await kept.client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  expect(server.subscriptions()).toBe(2)
  await vanished.transport.close()
  await until(() => server.sessions() === 1, 'letting go')
  await pause(600)
  expect([server.sessions(), server.subscriptions(), server.watches()]).toEqual([1, 1, 1])
  expect((await kept.client.callTool({ name: 'events_list_subscriptions' })).structuredContent).toMatchObject({
    total: 1,
  })
})

test('an unknown session is 404, a missing one 400, a second stream 409, another path nothing', async () => {
  const { server } = await served(healthy)
  const accept = { accept: 'text/event-stream' }
  const status = async (url: string, init: object) => (await fetch(url, init)).status
  expect(await status(server.url, { headers: { ...accept, 'mcp-session-id': 'nope' } })).toBe(404)
  expect(await status(server.url, { headers: accept })).toBe(400)
  expect(await status(`${server.url}/north`, initialize())).toBe(404)
  expect(await status(server.url.replace('/mcp', '/other'), initialize())).toBe(404)
  expect(await status(server.url.replace('/mcp', '/healthz'), {})).toBe(200)
  const began = await fetch(server.url, initialize())
  const session = began.headers.get('mcp-session-id') ?? ''
  expect(await status(`${server.url}/east`, { headers: { ...accept, 'mcp-session-id': session } })).toBe(404)
  const aborter = new AbortController()
  const stream = { headers: { ...accept, 'mcp-session-id': session }, signal: aborter.signal }
  expect(await status(server.url, stream)).toBe(200)
  expect(await status(server.url, stream)).toBe(409)
  aborter.abort()
})

test('a first message that is no initialize leaves no session', async () => {
  const { server } = await served(healthy)
  const { body: _, ...rest } = initialize()
  const list = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' })
  expect((await fetch(server.url, { ...rest, body: list })).status).toBe(400)
  expect((await fetch(server.url, { ...rest, body: 'not json' })).status).toBe(400)
  expect((await fetch(server.url, { ...rest, body: `"${'x'.repeat(300_000)}"` })).status).toBe(413)
  expect(server.sessions()).toBe(0)
})

test('with a token, only who has it comes in; a foreign Host or Origin never does', async () => {
  const { server } = await served(healthy, { token: 'let-me-in' })
  expect((await fetch(server.url, initialize())).status).toBe(401)
  expect((await fetch(server.url, initialize({ authorization: 'Bearer wrong' }))).status).toBe(401)
  expect((await fetch(server.url, initialize({ authorization: 'Bearer let-me-in' }))).status).toBe(200)
  const evil = { authorization: 'Bearer let-me-in', origin: 'https://evil.example' }
  expect((await fetch(server.url, initialize(evil))).status).toBe(403)
})

test('without a token the server listens to this machine only', async () => {
  await expect(served(healthy, { host: '0.0.0.0' })).rejects.toThrow(/give a token/)
})

test('whoever begins sessions in a loop takes nobody’s place: the silent ones make room, who listens stays', {
  timeout: 60_000,
}, async () => {
  const { server, simulator } = await served(broken, {
    sessionTimes: { pingMs: 20_000, idleMs: 300_000, silentMs: 900_000, restMs: 1 },
  })
  const listens = await connected(`${server.url}/east`)
  await listens.client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  while (server.sessions() < 500) {
    const some = Math.min(25, 500 - server.sessions())
    await Promise.all(Array.from({ length: some }, () => fetch(`${server.url}/east`, initialize())))
  }
  await pause(5)
  const late = await connected(`${server.url}/east`)
  expect((await late.client.listTools()).tools.length).toBeGreaterThan(0)
  expect(server.sessions()).toBe(500)
  simulator.apply([webPod('p-2', crashLooping, { name: 'web-6bf586c785-zzzzz' })])
  await until(() => listens.notices.length === 2, 'the notice of who listens')
})

test('who waits for an answer makes no room', { timeout: 60_000 }, async () => {
  const { api } = await simulated({ objects: broken })
  const slow = {
    ...api,
    list: async (...args: Parameters<typeof api.list>) => pause(4_000).then(() => api.list(...args)),
  }
  const targets = targetsOf([
    { name: 'east', api },
    { name: 'west', api: slow },
  ])
  const sessionTimes = { pingMs: 20_000, idleMs: 300_000, silentMs: 900_000, restMs: 500 }
  const server = await startMcpHttpServer({ targets, redact: redactHunter2, port: 0, times: fast, sessionTimes })
  onTestFinished(server.stop)
  // Without a stream for notices, as many clients are; the oldest of all from here on.
  const session = (await fetch(`${server.url}/west`, initialize())).headers.get('mcp-session-id') ?? ''
  await fetch(`${server.url}/west`, message({ method: 'notifications/initialized' }, session))
  const call = { id: 2, method: 'tools/call', params: { name: 'pods_list', arguments: {} } }
  const answer = fetch(`${server.url}/west`, message(call, session)).then((response) => response.text())
  const begin = () => fetch(`${server.url}/east`, initialize())
  while (server.sessions() < 500)
    await Promise.all(Array.from({ length: Math.min(25, 500 - server.sessions()) }, begin))
  await pause(600)
  expect((await Promise.all(Array.from({ length: 20 }, begin))).map(({ status }) => status)).toContain(200)
  expect(await answer).toContain('web-')
})

test('bodies that come byte by byte are cut off, whoever listens stays, and others are served meanwhile', {
  timeout: 60_000,
}, async () => {
  const receiveMs = 1_000
  const { server, simulator } = await served(broken, { sessionTimes: { receiveMs } })
  const listens = await connected(`${server.url}/east`)
  await listens.client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  const slow = Array.from({ length: 60 }, () => {
    const accept = 'application/json, text/event-stream'
    const headers = { 'content-type': 'application/json', 'content-length': '200000', accept }
    const asking = open(server.url, { method: 'POST', headers })
    const ended = new Promise<void>((resolve) => {
      asking.on('error', () => resolve()).on('close', () => resolve())
      asking.on('response', (response) => response.resume())
    })
    asking.write('{')
    const drip = setInterval(() => asking.write(' '), 100)
    onTestFinished(() => {
      clearInterval(drip)
      asking.destroy()
    })
    return ended
  })
  const late = await connected(`${server.url}/east`)
  expect((await late.client.listTools()).tools.length).toBeGreaterThan(0)
  let all = false
  void Promise.all(slow).then(() => {
    all = true
  })
  await until(() => all, 'the end of all slow bodies', 20_000)
  simulator.apply([webPod('p-2', crashLooping, { name: 'web-6bf586c785-zzzzz' })])
  await until(() => listens.notices.length === 2, 'the notice of who listens')
})

test('without sessions tools work, and a subscription is refused in the known words', async () => {
  const { targets } = await served(healthy)
  const handle = createStatelessHandler({ targets, redact: redactHunter2 })
  const post = async (body: object) => {
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const request = new Request('http://localhost/api/mcp', { method: 'POST', headers, body: JSON.stringify(body) })
    const response = await handle(request)
    return { status: response.status, text: await response.text() }
  }
  const callOf = (name: string, args: object) => ({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: { name, arguments: args },
  })
  const pods = await post(callOf('pods_list', { cluster: 'east' }))
  expect(pods.status).toBe(200)
  expect(JSON.parse(pods.text)).toMatchObject({ id: 7, result: { structuredContent: { complete: true } } })
  const refused = await post(callOf('events_subscribe', { cluster: 'east', mode: 'faults' }))
  expect(refused.text).toContain(
    'event subscriptions require an HTTP/SSE transport. Start the server with --port and connect via HTTP',
  )
  expect((await handle(new Request('http://localhost/api/mcp'))).status).toBe(405)
})

test('without sessions there is no default to switch, and any instance with the same key goes on with a list', async () => {
  const { targets } = await served(
    Array.from({ length: 9 }, (_, at) => webPod(`p-${at}`, running, { name: `web-${at}` })),
  )
  const post = async (name: string, args: object, cursorKey: string) => {
    const handle = createStatelessHandler({ targets, redact: redactHunter2, cursorKey })
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } })
    const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }
    const response = await handle(new Request('http://localhost/api/mcp', { method: 'POST', headers, body }))
    return JSON.parse(await response.text()).result
  }
  const refused = await post('clusters_switch', { cluster: 'east' }, 'one key')
  expect([refused.isError, refused.content[0].text]).toEqual([true, expect.stringContaining('no session')])
  const page = { cluster: 'east', limit: 5 }
  const first = await post('pods_list', page, 'one key')
  const more = { ...page, continue: first.structuredContent.continue }
  expect((await post('pods_list', more, 'one key')).structuredContent).toMatchObject({ complete: true })
  expect((await post('pods_list', more, 'another key')).isError).toBe(true)
})
