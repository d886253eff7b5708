import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer, type ServerOptions } from 'node:https'

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void
export type LoopbackApi = AsyncDisposable & { readonly url: string; readonly arrived: string[] }

/** A server on this machine that notes every request that arrives before it answers. */
export async function loopbackApi(handler: Handler, tls?: ServerOptions): Promise<LoopbackApi> {
  const arrived: string[] = []
  const listener = async (request: IncomingMessage, response: ServerResponse) => {
    arrived.push(`${request.method} ${request.url}`)
    let body = ''
    for await (const chunk of request) body += chunk
    handler(request, response, body)
  }
  const server = tls ? createSecureServer(tls, listener) : createServer(listener)
  const note = (request: IncomingMessage) => arrived.push(`${request.method} ${request.url}`)
  server.on('connect', (request, socket) => {
    note(request)
    socket.destroy()
  })
  server.on('upgrade', (request, socket) => {
    note(request)
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${address.port}`,
    arrived,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}

export const statusObject = (code: number, reason: string, message: string) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message,
})

export const kubeconfigFor = (server: string, user: object = { token: 'secret-token' }, cluster: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'east', cluster: { server, ...cluster } }],
    users: [{ name: 'reader', user }],
    contexts: [{ name: 'east', context: { cluster: 'east', user: 'reader' } }],
    'current-context': 'east',
  })
