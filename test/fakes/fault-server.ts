import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { Socket } from 'node:net'
import { answerTool, type FakeCluster, newCluster } from './fault-server-tools.ts'

export type { FakeCluster }
export type FaultServer = {
  /** The address of one cluster's server. */
  readonly endpoint: (cluster: string) => string
  /** Switches and state of one cluster; it begins well-behaved. */
  readonly at: (cluster: string) => FakeCluster
  /** Sends a fault to whoever watches, as the known server does: without a stream the subscription is gone. Answers how many got it. */
  readonly emit: (cluster: string, fault: Readonly<Record<string, unknown>>) => number
  /** Any `params` of a log notification. */
  readonly notify: (cluster: string, params: unknown) => number
  /** Any bytes on every open stream. */
  readonly raw: (cluster: string, text: string) => void
  /** Forgets the subscriptions; watchers go on sending under the old ids. */
  readonly cancelSilently: (cluster: string) => void
  /** Forgets all sessions, as a restart does, and cuts the streams. */
  readonly restart: (cluster: string) => void
  readonly dropStreams: (cluster: string) => void
  readonly stop: () => Promise<void>
}

export type FaultServerOptions = {
  /** Speaks HTTPS with these. */
  readonly certificate?: { readonly private: string; readonly cert: string }
  /** Each cluster has an address of its own, as in life: 127.1.0.0, 127.1.0.1, … */
  readonly ownAddresses?: boolean
}

/** Many clusters' MCP servers on one port, each below its own path, with the habits of the one public server of faults. */
export async function startFaultServer(options: FaultServerOptions = {}): Promise<FaultServer> {
  const { certificate, ownAddresses = false } = options
  const clusters = new Map<string, FakeCluster>()
  const at = (name: string): FakeCluster => {
    const known = clusters.get(name)
    if (known !== undefined) return known
    const made = newCluster(name)
    clusters.set(name, made)
    return made
  }
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const name = /^\/([^/]+)\/mcp$/.exec(request.url ?? '')?.[1]
    if (name === undefined) return void response.writeHead(404).end('404 page not found')
    handle(at(name), request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error))
    })
  }
  const server =
    certificate === undefined
      ? createServer(onRequest)
      : createSecureServer({ key: certificate.private, cert: certificate.cert }, onRequest)
  // No system listens on a part of the addresses; whoever comes from outside is hung up on.
  server.on('connection', (socket: Socket) => {
    if (socket.localAddress?.startsWith('127.') !== true) socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, ownAddresses ? '0.0.0.0' : '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0

  const notify = (name: string, params: unknown): number => {
    const cluster = at(name)
    let sent = 0
    for (const watcher of cluster.watchers) {
      const session = cluster.sessions.get(watcher.sessionId)
      if (session === undefined || !session.level) continue
      if (session.stream === undefined) {
        cluster.subscriptions.delete(watcher.id)
        continue
      }
      session.stream.write(
        frame({ jsonrpc: '2.0', method: 'notifications/message', params: addressed(params, watcher.id) }),
      )
      sent += 1
    }
    return sent
  }
  return {
    endpoint: (name) =>
      `${certificate === undefined ? 'http' : 'https'}://${ownAddresses ? addressOf(name) : '127.0.0.1'}:${port}/${name}/mcp`,
    at,
    emit: (name, fault) =>
      notify(name, { level: 'warning', logger: 'kubernetes/faults', data: { cluster: at(name).ownName, ...fault } }),
    notify,
    raw: (name, text) => {
      for (const session of at(name).sessions.values()) session.stream?.write(text)
    },
    cancelSilently: (name) => at(name).subscriptions.clear(),
    restart: (name) => {
      const cluster = at(name)
      const streams = [...cluster.sessions.values()].map(({ stream }) => stream)
      cluster.sessions.clear()
      cluster.subscriptions.clear()
      cluster.watchers.length = 0
      for (const stream of streams) stream?.destroy()
    },
    dropStreams: (name) => {
      for (const session of at(name).sessions.values()) {
        session.stream?.destroy()
        session.stream = undefined
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Of `c1234`, by its number. */
function addressOf(name: string): string {
  const number = Number(/\d+$/.exec(name)?.[0] ?? 0)
  return `127.1.${Math.floor(number / 250)}.${(number % 250) + 1}`
}

const frame = (message: unknown) => `event: message\ndata: ${JSON.stringify(message)}\n\n`

/** Each watcher sends under the id it was made with. */
function addressed(params: unknown, id: string): unknown {
  if (typeof params !== 'object' || params === null || !('data' in params)) return params
  const { data } = params
  return typeof data === 'object' && data !== null ? { ...params, data: { subscriptionId: id, ...data } } : params
}

async function handle(cluster: FakeCluster, request: IncomingMessage, response: ServerResponse): Promise<void> {
  cluster.requests += 1
  if (cluster.silent) return
  if (cluster.html)
    return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Welcome</body></html>')
  if (cluster.redirect !== '') return void response.writeHead(307, { location: cluster.redirect }).end()
  if (cluster.status !== 0) return void response.writeHead(cluster.status).end('no')
  if (cluster.token !== '' && request.headers.authorization !== `Bearer ${cluster.token}`)
    return void response
      .writeHead(401, { 'www-authenticate': 'Bearer realm="Kubernetes MCP Server"' })
      .end('Unauthorized')

  const id = request.headers['mcp-session-id']
  const session = typeof id === 'string' ? cluster.sessions.get(id) : undefined
  if (id !== undefined && session === undefined) return void response.writeHead(404).end('session not found')
  switch (request.method) {
    case 'GET': {
      if (session === undefined || cluster.noStream)
        return void response.writeHead(405).end('GET requires an active session')
      if (session.stream !== undefined)
        return void response.writeHead(409).end('stream ID conflicts with ongoing stream')
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.flushHeaders()
      session.stream = response
      cluster.streams += 1
      response.on('close', () => {
        if (session.stream === response) session.stream = undefined
      })
      return
    }
    case 'DELETE':
      if (typeof id === 'string') {
        session?.stream?.end()
        cluster.sessions.delete(id)
        for (const [sub, owner] of cluster.subscriptions) if (owner === id) cluster.subscriptions.delete(sub)
      }
      return void response.writeHead(204).end()
    case 'POST':
      return post(cluster, request, response, typeof id === 'string' ? id : undefined)
    default:
      return void response.writeHead(405).end()
  }
}

async function post(
  cluster: FakeCluster,
  request: IncomingMessage,
  response: ServerResponse,
  sessionId: string | undefined,
): Promise<void> {
  const accept = request.headers.accept ?? ''
  if (!accept.includes('application/json') || !accept.includes('text/event-stream'))
    return void response.writeHead(400).end('Accept must contain both application/json and text/event-stream')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const message = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  cluster.methods.push(message.method === 'tools/call' ? `tools/call ${message.params.name}` : message.method)
  if (message.id === undefined) return void response.writeHead(202).end()
  if (message.method === 'initialize') {
    const made = randomUUID()
    cluster.sessions.set(made, { level: false, stream: undefined })
    response.setHeader('mcp-session-id', made)
  }
  const session = cluster.sessions.get(sessionId ?? '')
  if (message.method === 'logging/setLevel' && session !== undefined) session.level = true
  if (message.params?.name === 'events_subscribe' && cluster.hangSubscribe) return
  const result = await answerTool(cluster, message, sessionId ?? '')
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.end(frame({ jsonrpc: '2.0', id: message.id, ...result }))
}
