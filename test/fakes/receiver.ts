import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'

export type Received = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: string }
/** `silent`: takes it in and never answers. A function may answer as it likes. */
export type Behaviour =
  | number
  | 'silent'
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: unknown }

/** A loopback receiver of notices: behaves as told, one behaviour for each request in turn, and well after that. */
export async function startReceiver(well: (request: Received) => Behaviour | Promise<Behaviour> = () => 200) {
  const received: Received[] = []
  const plan: Behaviour[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += String(chunk)
    const got = { path: request.url ?? '', headers: request.headers, body }
    received.push(got)
    const behaviour = plan.shift() ?? (await well(got))
    if (behaviour === 'silent') return
    const { status, headers = {}, body: answer } = typeof behaviour === 'number' ? { status: behaviour } : behaviour
    response.writeHead(status, { ...(answer === undefined ? {} : { 'content-type': 'application/json' }), ...headers })
    if (answer instanceof Uint8Array) response.end(answer)
    else response.end(answer === undefined ? 'ok' : JSON.stringify(answer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    /** What the next requests meet. */
    next: (...behaviours: readonly Behaviour[]) => void plan.push(...behaviours),
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
export type Receiver = Awaited<ReturnType<typeof startReceiver>>
