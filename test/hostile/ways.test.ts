import { createServer, request as forward } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { connect } from 'node:net'
import { TLSSocket } from 'node:tls'
import { expect, onTestFinished, test } from 'vitest'
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

test('a proxy of its own is the way to plain and to secure servers, and none is needed for others', async () => {
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
  const address = `http://127.0.0.1:${await listening(proxy)}`
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

test('an issuer of its own is trusted, another is not, and a client shows its certificate', async () => {
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
})

test('a move to a secure address of the same host is followed, and the key goes to no other host', async () => {
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

test('a replica is found again by its cookie', async () => {
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
