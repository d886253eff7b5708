import { once } from 'node:events'
import { createServer, type TLSSocket } from 'node:tls'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { openSession } from '../../../shared/subscription/session.ts'
import { connectorTo } from '../../../shared/subscription/wire/connector.ts'
import { startFaultServer } from '../../fakes/fault-server.ts'
import { loopbackCertificate } from '../../simulator/certificate.ts'

afterEach(() => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
})

async function secureServer() {
  const { private: key, cert } = await loopbackCertificate()
  const reused: boolean[] = []
  const sockets: TLSSocket[] = []
  const server = createServer({ key, cert }, (socket) => {
    reused.push(socket.isSessionReused())
    sockets.push(socket)
    socket.on('error', () => {}).write('hello')
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const url = new URL(`https://127.0.0.1:${port}`)
  const connect = () =>
    new Promise<string>((resolve) => {
      connectorTo(url, 2_000)({ hostname: '127.0.0.1', protocol: 'https:', port: String(port) }, (error, socket) => {
        if (error !== null) resolve(error.message)
        // The session comes behind what the server says.
        else socket.once('data', () => setTimeout(() => resolve(socket.destroy() && 'connected'), 50))
      })
    })
  return { connect, reused }
}

test('a second connection to a server goes on with the TLS session of the first', async () => {
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'
  const { connect, reused } = await secureServer()
  expect(await connect()).toBe('connected')
  expect(await connect()).toBe('connected')
  expect(reused).toEqual([false, true])
})

test('a server whose certificate is refused has no session to go on with', async () => {
  const { connect } = await secureServer()
  expect(await connect()).toContain('self-signed')
  expect(await connect()).toContain('self-signed')
})

test('a server that has forgotten the session is not told good-bye', async () => {
  const server = await startFaultServer()
  onTestFinished(server.stop)
  const session = await openSession({
    endpoint: server.endpoint('east'),
    headers: {},
    callTimeoutMs: 1_000,
    onNotice: () => {},
    onGarbage: () => {},
    onStreamEnd: () => {},
    signal: new AbortController().signal,
  })
  server.restart('east')
  await expect(session.ping()).rejects.toThrow('session')
  const asked = server.at('east').requests
  await session.close()
  expect(server.at('east').requests).toBe(asked)
})
