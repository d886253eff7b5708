import { createServer, request as forward } from 'node:http'
import { createSecureServer as createHttp2Server } from 'node:http2'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'
import { connect } from 'node:net'
import { TLSSocket } from 'node:tls'
import { generate } from 'selfsigned'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openSession } from '../../shared/subscription/session.ts'
import { loopbackCertificate } from '../simulator/certificate.ts'
import { serverWith } from './stage.ts'

const options = (endpoint: string) => ({
  endpoint,
  headers: { authorization: 'Bearer only-for-this-test' },
  callTimeoutMs: 5_000,
  onNotice: () => {},
  onGarbage: () => {},
  onStreamEnd: () => {},
  signal: new AbortController().signal,
})
const portOf = (server: { address(): unknown }): number => {
  const address = server.address()
  return typeof address === 'object' && address !== null && 'port' in address ? Number(address.port) : 0
}
const listening = (server: ReturnType<typeof createServer>): Promise<number> =>
  new Promise((resolve) => {
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    server.listen(0, '127.0.0.1', () => resolve(portOf(server)))
  })

async function listeningProxy() {
  const through: string[] = []
  const proxy = createServer((request, response) => {
    through.push(`${request.method} ${request.url}`)
    const onward = forward(String(request.url), { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers).flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  proxy.on('connect', (request, socket) => {
    through.push(`CONNECT ${request.url}`)
    const [host, port] = String(request.url).split(':')
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      onward.pipe(socket).pipe(onward)
    })
    for (const one of [onward, socket]) one.on('error', () => {})
  })
  return { through, address: `http://127.0.0.1:${await listening(proxy)}` }
}

/** A server behind TLS, with another's certificate or with one of its own. */
async function secured(
  options: ServerOptions,
): Promise<{ endpoint: string; server: ReturnType<typeof createSecureServer> }> {
  const plain = await serverWith()
  const server = createSecureServer(options, (request, response) => {
    const onward = forward(plain.endpoint, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers).flushHeaders()
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  return { server, endpoint: `https://127.0.0.1:${await listening(server)}/mcp` }
}

test('a proxy of its own is the way to plain and to secure servers, and none is needed for others', async () => {
  const { through, address } = await listeningProxy()
  const server = await serverWith()
  const session = await openSession({ ...options(server.endpoint), proxy: address })
  expect(await session.openStream()).toBe('open')
  await session.ping()
  await session.close()
  expect(through.length).toBeGreaterThan(3)
  const before = through.length
  const direct = await openSession({ ...options(server.endpoint), proxy: 'none' })
  await direct.close()
  expect(through).toHaveLength(before)
})

test('HTTPS_PROXY: the environment names the way, and whom it is not for', async () => {
  const { through, address } = await listeningProxy()
  const { private: key, cert } = await loopbackCertificate()
  const { endpoint } = await secured({ key, cert })
  vi.stubEnv('HTTPS_PROXY', address)
  onTestFinished(() => void vi.unstubAllEnvs())
  const session = await openSession({ ...options(endpoint), identity: { ca: cert } })
  await session.ping()
  await session.close()
  expect(through).toContain(`CONNECT ${new URL(endpoint).host}`)
  const before = through.length
  vi.stubEnv('NO_PROXY', '127.0.0.1')
  await (await openSession({ ...options(endpoint), identity: { ca: cert } })).close()
  expect(through).toHaveLength(before)
  vi.stubEnv('NO_PROXY', '')
  vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:9')
  await expect(openSession({ ...options(endpoint), identity: { ca: cert } })).rejects.toThrow(/cannot be reached/)
})

const certificateOf = (names: readonly string[], from: Date, to: Date) =>
  generate([{ name: 'commonName', value: 'nightcrier-hostile' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: from,
    notAfterDate: to,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...(names.length === 0 ? [{ type: 7 as const, ip: '127.0.0.1' }] : []),
        ],
      },
    ],
  })
const DAY_MS = 86_400_000

test.each([
  ['T02: expired', [], -20, -10, /its certificate has expired/],
  ['T09: of tomorrow', [], 10, 20, /its certificate is not yet valid: check the clocks/],
  [
    'T03: for another name',
    ['other.example'],
    -1,
    10,
    /certificate is for another name .*check the host in mcp\.endpoint/,
  ],
] as const)('a certificate is %s', async (_, names, from, to, says) => {
  const now = Date.now()
  const { private: key, cert } = await certificateOf(names, new Date(now + from * DAY_MS), new Date(now + to * DAY_MS))
  const { endpoint } = await secured({ key, cert })
  await expect(openSession({ ...options(endpoint), identity: { ca: cert } })).rejects.toThrow(says)
})

test('T10: a certificate that ends while it is watched ends no session', async () => {
  const now = Date.now()
  const made = await certificateOf([], new Date(now - DAY_MS), new Date(now + 6_000))
  const { endpoint } = await secured({ key: made.private, cert: made.cert })
  const session = await openSession({ ...options(endpoint), identity: { ca: made.cert } })
  expect(await session.openStream()).toBe('open')
  await new Promise((resolve) => setTimeout(resolve, 8_000))
  // On a connection that was made before it; who connects anew is told why not.
  await session.ping().catch((error: unknown) => expect(String(error)).toMatch(/certificate has expired/))
  await session.close()
  await expect(openSession({ ...options(endpoint), identity: { ca: made.cert } })).rejects.toThrow(/has expired/)
})

test('T04, T06: TLS where there is none, none where there is TLS, and HTTP/2 alone', async () => {
  const { private: key, cert } = await loopbackCertificate()
  const plain = await serverWith()
  const { endpoint } = await secured({ key, cert })
  await expect(openSession(options(plain.endpoint.replace('http:', 'https:')))).rejects.toThrow(/does not speak TLS/)
  await expect(openSession(options(endpoint.replace('https:', 'http:')))).rejects.toThrow(
    /cut|does not speak HTTP\/1\.1 there|TLS on a plain port/,
  )
  const two = createHttp2Server({ key, cert, allowHTTP1: false })
  onTestFinished(() => void two.close())
  await new Promise<void>((resolve) => two.listen(0, '127.0.0.1', resolve))
  const http2 = openSession({ ...options(`https://127.0.0.1:${portOf(two)}/mcp`), identity: { ca: cert } })
  await expect(http2).rejects.toThrow(/HTTP\/2 only/)
})

test('T01, T02, T05: an issuer of its own is trusted, another is not, and a client shows its certificate', async () => {
  const { private: key, cert } = await loopbackCertificate()
  const plain = await serverWith()
  const shown: boolean[] = []
  const secure = createSecureServer(
    { key, cert, ca: cert, requestCert: true, rejectUnauthorized: false },
    (request, response) => {
      shown.push(request.socket instanceof TLSSocket && Object.keys(request.socket.getPeerCertificate()).length > 0)
      const onward = forward(plain.endpoint, { method: request.method, headers: request.headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      })
      request.pipe(onward)
    },
  )
  const endpoint = `https://127.0.0.1:${await listening(secure)}/mcp`
  await expect(openSession(options(endpoint))).rejects.toThrow(
    /certificate .*(signed by itself|unknown issuer): set mcp.ca/,
  )
  const session = await openSession({ ...options(endpoint), identity: { ca: cert, certificate: cert, key } })
  await session.close()
  expect(shown).toContain(true)
  await expect(openSession({ ...options(endpoint), identity: { ca: 'no PEM' } })).rejects.toThrow(/mcp.ca/)
  const strict = await secured({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: true })
  await expect(openSession({ ...options(strict.endpoint), identity: { ca: cert } })).rejects.toThrow(
    /client certificate.*mcp\.client_certificate/,
  )
})

test('W20, W21: a move to a secure address of the same host is followed, and the key goes to no other host', async () => {
  const { private: key, cert } = await loopbackCertificate()
  const plain = await serverWith()
  const secure = createSecureServer({ key, cert }, (request, response) => {
    const onward = forward(plain.endpoint, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  const to = `https://127.0.0.1:${await listening(secure)}/mcp`
  let clear = 0
  const old = createServer((_, response) => {
    clear += 1
    response.writeHead(301, { location: to, 'content-type': 'text/html' }).end('<html>Moved')
  })
  const endpoint = `http://127.0.0.1:${await listening(old)}/mcp`
  for (let at = 0; at < 2; at++) await (await openSession({ ...options(endpoint), identity: { ca: cert } })).close()
  expect(clear).toBe(1)

  let strangers = 0
  const stranger = createServer((_, response) => {
    strangers += 1
    response.end()
  })
  const login = `http://localhost:${await listening(stranger)}/oauth/authorize`
  const front = createServer((_, response) => void response.writeHead(302, { location: login }).end())
  const signIn = openSession(options(`http://127.0.0.1:${await listening(front)}/mcp`))
  await expect(signIn).rejects.toThrow(/redirects to http:\/\/localhost:\d+\/oauth\/authorize: a sign-in page/)
  expect(strangers).toBe(0)
})

test('P18b: a replica is found again by its cookie', async () => {
  const replicas = [new Set<string>(), new Set<string>()]
  let turn = 0
  const server = await serverWith({
    any: (request, response) => {
      const cookie = /replica=(\d)/.exec(request.headers.cookie ?? '')?.[1]
      const at = cookie === undefined ? turn++ % 2 : Number(cookie)
      const id = String(request.headers['mcp-session-id'] ?? '')
      if (id !== '' && replicas[at]?.has(id) !== true && cookie === undefined)
        return !!response.writeHead(404).end('no session')
      response.setHeader('set-cookie', `replica=${at}; Path=/; HttpOnly`)
    },
  })
  const session = await openSession(options(server.endpoint))
  for (let at = 0; at < 4; at++) await session.ping()
  await session.close()
})
