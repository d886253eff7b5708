import { expect, test } from 'vitest'
import {
  hears,
  inTurns,
  isSubscribed,
  LIMIT_MS,
  oneSession,
  pause,
  type Row,
  row,
  subscribed,
  until,
} from './habits.ts'
import { LONGER, ofCall, serverWith, type Twist, watched } from './stage.ts'

/** Handled, by what was called for it. */
const done = (..._: unknown[]): true => true
const first =
  (act: NonNullable<Twist['post']>): NonNullable<Twist['post']> =>
  (one, server) =>
    one.message.method === 'initialize' ? act(one, server) : undefined
const always =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): NonNullable<Twist['any']> =>
  (_, response) =>
    !!response.writeHead(status, headers).end(body)

/** What keeps a cluster from being watched at all: the cause, as health and notice say it, and what they must not blame. */
const refusals: readonly (readonly [string, Twist, RegExp, RegExp?])[] = [
  [
    'P13: a greeting that takes longer than a call may',
    { post: first(({ good }) => done(setTimeout(good, ofCall(2_000)))) },
    /initialize was not answered by http:\/\/127.* within 1\.?5 s.*MCP_CALL_TIMEOUT_SECONDS/,
    /credential|RBAC/,
  ],
  [
    'P31: a byte now and then',
    {
      post: first(({ response }) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 200)
        return done(response.on('close', () => clearInterval(drip)))
      }),
    },
    /initialize was not answered by http:\/\/127.* within 1\.?5 s.*MCP_CALL_TIMEOUT_SECONDS/,
    /credential|RBAC/,
  ],
  [
    'P14: a version of tomorrow',
    {
      post: first(({ result }) =>
        done(result({ protocolVersion: '2031-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } })),
      ),
    },
    /speaks version 2031-01-01 of MCP; known here are 2025/,
  ],
  [
    'P15: only a version of tomorrow, in a refusal',
    { post: first(({ error }) => done(error(-32_602, 'Unsupported protocol version: use 2031-01-01'))) },
    /refuses initialize: Unsupported protocol version: use 2031-01-01/,
  ],
  [
    'P19: a key is asked for, and none is configured',
    { any: always(401, '') },
    /asks for a credential.*set mcp\.api_key/,
    /check mcp/,
  ],
  [
    'P20: a host name that it does not serve',
    { any: always(403, 'Invalid Host header: 127.0.0.1') },
    /does not serve this host name \(403: Invalid Host header/,
    /api_key/,
  ],
  [
    'P20b: a misdirected request',
    { any: always(421, 'Invalid Host') },
    /does not serve this host name \(421/,
    /api_key/,
  ],
  [
    'P30: an error as an event',
    {
      post: first(
        ({ response }) =>
          !!response
            .writeHead(200, { 'content-type': 'text/event-stream' })
            .end('event: error\ndata: {"jsonrpc":"2.0","error":{"code":-32603,"message":"out of memory"}}\n\n'),
      ),
    },
    /out of memory/,
    /credential/,
  ],
  [
    'P34: half of a body',
    {
      post: first(({ response }) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
        return done(response.write('{"jsonrpc":', () => response.destroy()))
      }),
    },
    /the connection was cut.*after 11 bytes of its answer to initialize/,
  ],
  [
    'P35: more headers than fit',
    { post: first(({ response }) => !!response.writeHead(200, { 'x-much': 'x'.repeat(40_000) }).end('{}')) },
    /more than 16 KB of headers/,
  ],
  [
    'M24: the answer comes on a stream that was never offered',
    { post: first(({ response }) => !!response.writeHead(202).end()) },
    /ended its answer to initialize without one \(202\): .*old HTTP\+SSE transport/,
    /credential/,
  ],
  [
    'M26: the old transport alone',
    {
      post: ({ response }) => !!response.writeHead(405, { allow: 'GET' }).end('Method Not Allowed'),
      get: (_, response) =>
        !!response.writeHead(200, { 'content-type': 'text/event-stream' }).write('event: endpoint\ndata: /m?id=1\n\n'),
    },
    /\(405\).*old HTTP\+SSE transport \(2024-11-05\)/,
    /credential/,
  ],
  [
    'N05: an id of null, and the reason',
    {
      post: first(({ json }) =>
        done(json(200, { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'licence expired' } })),
      ),
    },
    /refuses initialize: licence expired \(-32600\)/,
  ],
  [
    'P18: two replicas, and the session is on the other',
    {
      // The balancer takes them in turns: whatever belongs to a session comes to the one that has it not.
      any: (request, response) =>
        request.headers['mcp-session-id'] !== undefined &&
        request.method !== 'DELETE' &&
        !!response.writeHead(404).end('Session not found'),
    },
    /no longer knows the session \(404.*another replica answers.*session affinity/,
    /credential/,
  ],
]

async function isSaid([, twist, words, never]: (typeof refusals)[number]): Promise<void> {
  const home = await watched(await serverWith(twist))
  const said = () => (row(home).status === 'failed' ? row(home).error : '')
  await until('it failed', () => said() !== '', 60_000)
  await until('it is said', () => words.test(said()), 10_000).catch(() => expect(said()).toMatch(words))
  if (never !== undefined) expect(said()).not.toMatch(never)
}

const passing: readonly Row[] = [
  [
    'P10: pings are too many for a while',
    async () => {
      let limited = false
      const server = await serverWith({
        post: ({ message, json }) =>
          limited && message.method === 'ping' && done(json(429, { error: 'rate limit exceeded' })),
      })
      const home = await watched(server)
      await subscribed(home)
      limited = true
      await pause(3_500)
      limited = false
      await hears(home, server)
      expect(row(home).status).toBe('active')
      oneSession(server)
    },
  ],
  ...(
    [
      ['P11: a gateway without a server for a while', 504, '<html><h1>504 Gateway Time-out</h1>', ''],
      ['P22b: a lost session is answered 503', 503, 'session unavailable', 's1'],
      ['P36: a lost session is answered 404', 404, 'Session terminated', 's1'],
    ] as const
  ).map(
    ([name, status, body, session]): Row => [
      name,
      async () => {
        let failing = false
        const server = await serverWith({
          any: (request, response) =>
            failing &&
            (session === '' || request.headers['mcp-session-id'] === session) &&
            !!response.writeHead(status, { 'content-type': 'text/html' }).end(body),
        })
        const home = await watched(server)
        await subscribed(home)
        failing = true
        for (const stream of server.streams) stream.destroy()
        if (session === '') {
          await until('it is said', () => /fails \(504: 504 Gateway Time-out/.test(row(home).error), 60_000)
          failing = false
          const since = performance.now()
          await until('it is watched again', isSubscribed(home), 60_000)
          expect(performance.now() - since).toBeLessThan(6_000 * LONGER)
        } else
          await until('another session', () => server.count('initialize') >= 2 && row(home).status === 'active', 60_000)
      },
    ],
  ),
  [
    'W22 b: a firewall shows a puzzle for a while',
    async () => {
      let shut = false
      const server = await serverWith({
        any: (_, response) =>
          shut &&
          !!response
            .writeHead(403, { 'content-type': 'text/html', server: 'cloudflare', 'cf-mitigated': 'challenge' })
            .end('<title>Just a moment...</title>'),
      })
      const home = await watched(server, { api_key: 'file:key' })
      await subscribed(home)
      shut = true
      for (const stream of server.streams) stream.destroy()
      await until(
        'it is said',
        () => /a firewall in between answers.*Cloudflare challenge/.test(row(home).error),
        60_000,
      )
      expect(row(home).error).not.toMatch(/credential/)
      shut = false
      await until('it is watched again', isSubscribed(home), 60_000)
    },
  ],
]

test(
  'who refuses, and what to do, is said as it is; what passes is over',
  (context) => inTurns(context, [...refusals.map((one): Row => [one[0], () => isSaid(one)]), ...passing]),
  LIMIT_MS,
)
