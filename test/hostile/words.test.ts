import { createServer as createTcpServer, type Socket } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { openSession } from '../../shared/subscription/session.ts'
import { answerProblem, type Refusal } from '../../shared/subscription/wire/answer-problem.ts'
import { unreachable } from '../../shared/subscription/wire/unreachable.ts'
import { serverWith, type Twist } from './stage.ts'

/**
 * Who failed, in what, and what to do, for every way in which a server, or what stands before it, says no. A sentence
 * that blames somebody else sends a person to the wrong place, so it is also said what must not be named.
 */
type Case = {
  readonly why: string
  readonly answer: Partial<Refusal>
  readonly says: RegExp
  readonly doesNotSay?: RegExp
}
const ours = 'https://mcp.example/mcp'
const call = { status: 500, headers: {}, text: '', hasSession: true, hasKey: true, isStream: false } as const

const cases: readonly Case[] = [
  {
    why: 'the path is wrong',
    answer: { status: 404, hasSession: false },
    says: /has no MCP server \(404\): check the path of mcp\.endpoint/,
    doesNotSay: /restarted|session/,
  },
  {
    why: 'a replica without the session',
    answer: { status: 404 },
    says: /no longer knows the session \(404\).*restarted.*run out.*replica.*session affinity/,
    doesNotSay: /credential|api_key/,
  },
  {
    why: 'a stream that finds no session',
    answer: { status: 404, isStream: true },
    says: /has no stream for this session \(404\).*session affinity/,
    doesNotSay: /restarted/,
  },
  { why: 'no stream', answer: { status: 405, isStream: true }, says: /offers no stream \(405\)/ },
  {
    why: 'the old transport',
    answer: { status: 405 },
    says: /\(405\): check the path of mcp\.endpoint; .*old HTTP\+SSE transport/,
  },
  {
    why: 'no key configured',
    answer: { status: 401, hasKey: false, hasSession: false },
    says: /asks for a credential \(401\), and none is configured: set mcp\.api_key/,
    doesNotSay: /refuses the credential/,
  },
  {
    why: 'a key that is not taken',
    answer: { status: 401, hasSession: false },
    says: /refuses the credential \(401\): check mcp\.api_key/,
  },
  {
    why: 'a key that ran out, or a session',
    answer: { status: 401 },
    says: /no longer accepts the session or its credential \(401\), asked for tools\/call events_subscribe/,
    doesNotSay: /check mcp\.api_key/,
  },
  {
    why: 'a right that is missing',
    answer: { status: 403, text: 'denied by policy' },
    says: /forbids tools\/call events_subscribe \(403: denied by policy\)/,
  },
  {
    why: 'a scope that is missing',
    answer: {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope", scope="events:subscribe"' },
    },
    says: /does not allow tools\/call events_subscribe to this credential \(403\): it needs the scope events:subscribe/,
  },
  {
    why: 'a host name that it does not serve',
    answer: { status: 403, text: 'Invalid Host header: mcp.example' },
    says: /does not serve this host name \(403: Invalid Host header: mcp\.example\).*mcp\.endpoint/,
    doesNotSay: /api_key|credential/,
  },
  {
    why: 'a misdirected request',
    answer: { status: 421 },
    says: /does not serve this host name \(421\)/,
    doesNotSay: /api_key/,
  },
  {
    why: 'a limit',
    answer: { status: 429, text: 'too many streams', isStream: true, what: 'the stream' },
    says: /asks to slow down \(429 to the stream: too many streams\)/,
  },
  {
    why: 'a gateway without a server',
    answer: { status: 502, text: '<html><h1>Bad Gateway</h1>' },
    says: /fails \(502: Bad Gateway\), asked for tools\/call events_subscribe/,
    doesNotSay: /<|credential/,
  },
  {
    why: 'a web page',
    answer: { status: 200, headers: { 'content-type': 'text/html' }, text: '<html><script>x()</script>Welcome' },
    says: /answers tools\/call events_subscribe with a web page \(200: Welcome\).*check mcp\.endpoint/,
    doesNotSay: /x\(\)/,
  },
  {
    why: 'a firewall that shows a puzzle',
    answer: { status: 403, headers: { 'cf-mitigated': 'challenge' }, text: '<title>Just a moment...</title>' },
    says: /a firewall in between answers .*\(403, Cloudflare challenge.*let this app through/,
    doesNotSay: /credential|api_key/,
  },
  {
    why: 'a sign-in page',
    answer: { status: 302, headers: { location: 'https://login.other.example/authorize?client=1' } },
    says: /redirects to https:\/\/login\.other\.example\/authorize: a sign-in page answers instead of the server/,
    doesNotSay: /client=1/,
  },
  {
    why: 'another address',
    answer: { status: 308, headers: { location: 'https://other.example/mcp' } },
    says: /redirects to https:\/\/other\.example\/mcp: put the final address into mcp\.endpoint/,
    doesNotSay: /sign-in/,
  },
]

test.each(cases)('an answer because of $why is said as that', ({ answer, says, doesNotSay }) => {
  const said = answerProblem(ours, { ...call, what: 'tools/call events_subscribe', ...answer }) ?? ''
  expect(said).toContain('mcp.example')
  expect(said).toMatch(says)
  if (doesNotSay !== undefined) expect(said).not.toMatch(doesNotSay)
})

const failure = (code: string, message = code) => Object.assign(new Error(message), { code })
const ways: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing listens', failure('ECONNREFUSED'), /nothing listens there$/],
  ['no such name', failure('ENOTFOUND'), /no such host: check the name in mcp\.endpoint/],
  ['DNS is silent', failure('EAI_AGAIN'), /name does not resolve now: check DNS/],
  ['a cut', failure('ECONNRESET'), /the connection was cut/],
  ['too slow', failure('UND_ERR_CONNECT_TIMEOUT'), /no connection came about in time/],
  ['no route', failure('EHOSTUNREACH'), /no way to its network/],
  [
    'several addresses',
    new AggregateError(
      [
        Object.assign(failure('ENETUNREACH'), { address: '2001:db8::1' }),
        Object.assign(failure('ETIMEDOUT'), { address: '192.0.2.7' }),
      ],
      'all failed',
    ),
    /2001:db8::1: there is no way to its network; 192\.0\.2\.7: no connection came about in time/,
  ],
  ['own certificate', failure('DEPTH_ZERO_SELF_SIGNED_CERT'), /signed by itself: set mcp\.ca/],
  ['an old certificate', failure('CERT_HAS_EXPIRED', 'certificate has expired'), /its certificate has expired$/],
  ['a certificate of tomorrow', failure('CERT_NOT_YET_VALID'), /not yet valid: check the clocks$/],
  [
    'another name',
    failure('ERR_TLS_CERT_ALTNAME_INVALID', "Hostname/IP does not match certificate's altnames: Host: a. is not b"),
    /certificate is for another name .*check the host in mcp\.endpoint/,
  ],
  ['TLS to a plain port', failure('ERR_SSL_WRONG_VERSION_NUMBER'), /does not speak TLS there: http:\/\/ perhaps/],
  ['HTTP/2 only', failure('HPE_INVALID_CONSTANT'), /HTTP\/2 only perhaps/],
  [
    'a client certificate is wanted',
    failure('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
    /asks for a client certificate: set mcp\.client_certificate and mcp\.client_key/,
  ],
  ['headers without end', failure('UND_ERR_HEADERS_OVERFLOW'), /more than 16 KB of headers/],
  ['a length that is wrong', failure('UND_ERR_RES_CONTENT_LENGTH_MISMATCH'), /shorter or longer than it says/],
]

test.each(ways)('a way that fails because of %s is said as that', (_, cause, says) => {
  const said = unreachable(ours, cause)
  expect(said).toMatch(/^https:\/\/mcp\.example\/mcp cannot be reached: /)
  expect(said).toMatch(says)
  expect(said).not.toMatch(/undefined|AggregateError|SSL routines|(.{12,}): \1/)
})

const first =
  (act: NonNullable<Twist['post']>): NonNullable<Twist['post']> =>
  (one, server) =>
    one.message.method === 'initialize' ? act(one, server) : undefined
const greetings: readonly (readonly [string, Twist, RegExp])[] = [
  ['twenty seconds', { post: first(() => true) }, /initialize was not answered by http:\/\/127.* within 1 s/],
  [
    'a byte now and then',
    {
      post: first(({ response }) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        const drip = setInterval(() => response.write(' '), 200)
        response.on('close', () => clearInterval(drip))
        return true
      }),
    },
    /initialize was not answered by http:\/\/127.* within 1 s/,
  ],
  [
    'a version of tomorrow',
    {
      post: first(({ result }) => {
        result({ protocolVersion: '2031-01-01', capabilities: {}, serverInfo: { name: 'x', version: '1' } })
        return true
      }),
    },
    /speaks version 2031-01-01 of MCP; known here are 2025/,
  ],
  [
    'an error as an event',
    {
      post: first(({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).end('event: error\ndata: out of memory\n\n')
        return true
      }),
    },
    /ended initialize with an error: out of memory/,
  ],
  [
    '202, and nothing more',
    { post: first(({ response }) => !!response.writeHead(202).end()) },
    /ended its answer to initialize without one \(202\): .*old HTTP\+SSE transport/,
  ],
  [
    'something that is no greeting',
    {
      post: first(({ result }) => {
        result({ hello: 'world' })
        return true
      }),
    },
    /answers initialize with something that is not of MCP/,
  ],
  [
    'an error in the name of nobody',
    {
      post: first(({ json }) => {
        json(200, { jsonrpc: '2.0', id: null, error: { code: -32_600, message: 'licence expired' } })
        return true
      }),
    },
    /refuses initialize: licence expired \(-32600\)/,
  ],
  [
    'half of a body',
    {
      post: first(({ response }) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
        response.write('{"jsonrpc":', () => response.destroy())
        return true
      }),
    },
    /the connection was cut.*after 11 bytes of its answer to initialize/,
  ],
  [
    'a coding that nobody knows',
    {
      post: first(
        ({ response }) =>
          !!response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'sdch' }).end('{}'),
      ),
    },
    /answers in content-encoding sdch, for which nobody asked/,
  ],
  [
    'more headers than fit',
    { post: first(({ response }) => !!response.writeHead(200, { 'x-much': 'x'.repeat(40_000) }).end('{}')) },
    /more than 16 KB of headers/,
  ],
]

const connect = (endpoint: string) =>
  openSession({
    endpoint,
    headers: {},
    callTimeoutMs: 1_000,
    onNotice: () => {},
    onGarbage: () => {},
    onStreamEnd: () => {},
    signal: new AbortController().signal,
  })

test.each(greetings)('a greeting answered by %s is said as that', async (_, twist, says) => {
  const { endpoint } = await serverWith(twist)
  await expect(connect(endpoint)).rejects.toThrow(says)
})

test('a port that speaks something else is said to, and one that closes at once', async () => {
  const listening = async (act: (socket: Socket) => void) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      act(socket)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }
  const mail = await listening((socket) => void socket.end('220 mail.example ESMTP\r\n'))
  await expect(connect(`http://127.0.0.1:${mail}/mcp`)).rejects.toThrow(/does not speak HTTP\/1\.1 there/)
  await expect(connect(`https://127.0.0.1:${mail}/mcp`)).rejects.toThrow(/TLS/)
  const shut = await listening((socket) => socket.once('data', () => socket.end()))
  await expect(connect(`http://127.0.0.1:${shut}/mcp`)).rejects.toThrow(/127\.0\.0\.1.*the connection was cut/)
})
