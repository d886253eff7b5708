import { createServer, type IncomingMessage, type Server, type ServerResponse, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What becomes of one request: as it comes; refused before it had an effect; or its effect stands and its answer does not. */
export type Fate =
  | 'pass'
  | { readonly refuse: number; readonly code: string; readonly retryAfter?: string }
  | 'reset-before'
  /** Applied, then the connection ends without an answer. */
  | 'lost-reset'
  /** Applied, then 500 as the service gives it. */
  | 'lost-500'
  /** A body that ends early, under the whole one's length. */
  | 'truncated'
  /** A body that ends early and says nothing of its length. */
  | 'truncated-quietly'
  | { readonly delayMs: number }
export type Asked = {
  readonly service: 'blob' | 'queue' | 'table'
  readonly method: string
  readonly path: string
  /** Of the library's own name for this operation: 1 for its first try; 0 for whoever comes without one. */
  readonly tried: number
}
export type Weather = (asked: Asked) => Fate

export type WeatherProxy = {
  readonly connectionString: string
  weather: Weather
  /** How often each fate came. */
  readonly fates: Record<string, number>
  readonly stop: () => Promise<void>
}

const MOST_NAMES = 20_000
const NAMES = { blob: 'Blob', queue: 'Queue', table: 'Table' } as const

/** Stands before Azurite and behaves as the real service does on a bad day. */
export async function startWeatherProxy(connectionString: string): Promise<WeatherProxy> {
  const servers: Server[] = []
  const tries = new Map<string, number>()
  let changed = connectionString
  const proxy = { weather: (() => 'pass') as Weather, fates: {} as Record<string, number> }
  for (const service of ['blob', 'queue', 'table'] as const) {
    const pattern = new RegExp(`(${NAMES[service]}Endpoint=http://127\\.0\\.0\\.1:)(\\d+)`)
    const port = Number(pattern.exec(connectionString)?.[2])
    const server = createServer((request, response) => {
      const id = String(request.headers['x-ms-client-request-id'] ?? '')
      const tried = id === '' ? 0 : (tries.get(id) ?? 0) + 1
      if (id !== '' && tries.size < MOST_NAMES) tries.set(id, tried)
      const asked = { service, method: request.method ?? '', path: request.url ?? '', tried }
      const fate = proxy.weather(asked)
      const name = typeof fate === 'string' ? fate : 'refuse' in fate ? `refuse-${fate.refuse}` : 'delay'
      proxy.fates[name] = (proxy.fates[name] ?? 0) + 1
      void act(fate, request, response, port)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    servers.push(server)
    changed = changed.replace(pattern, `$1${(server.address() as AddressInfo).port}`)
  }
  return Object.assign(proxy, {
    connectionString: changed,
    stop: async () => {
      for (const server of servers) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  })
}

async function act(fate: Fate, request: IncomingMessage, response: ServerResponse, port: number): Promise<void> {
  if (fate === 'reset-before') return void request.socket.destroy()
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  if (typeof fate === 'object' && 'refuse' in fate) {
    response.writeHead(fate.refuse, {
      'x-ms-error-code': fate.code,
      'content-type': 'application/xml',
      ...(fate.retryAfter === undefined ? {} : { 'retry-after': fate.retryAfter }),
    })
    return void response.end(`<?xml version="1.0"?><Error><Code>${fate.code}</Code><Message>weather</Message></Error>`)
  }
  if (typeof fate === 'object') await new Promise((resolve) => setTimeout(resolve, fate.delayMs))
  const upstream = send(
    { host: '127.0.0.1', port, method: request.method, path: request.url, headers: request.headers },
    (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const body = Buffer.concat(parts)
        if (fate === 'lost-reset') return request.socket.destroy()
        if (fate === 'lost-500') {
          response.writeHead(500, { 'x-ms-error-code': 'OperationTimedOut', 'content-type': 'application/xml' })
          return response.end('<?xml version="1.0"?><Error><Code>OperationTimedOut</Code></Error>')
        }
        const { 'transfer-encoding': _, 'content-length': length, ...headers } = answer.headers
        const short = body.subarray(0, Math.floor(body.length / 2))
        if (fate === 'truncated') {
          response.writeHead(answer.statusCode ?? 502, { ...headers, 'content-length': String(body.length) })
          return response.write(short, () => request.socket.destroy())
        }
        if (fate === 'truncated-quietly') {
          response.shouldKeepAlive = false
          response.writeHead(answer.statusCode ?? 502, { ...headers, connection: 'close' })
          return response.end(short)
        }
        // HEAD tells the length of a body that does not follow.
        const whole = request.method === 'HEAD' ? length : String(body.length)
        response.writeHead(answer.statusCode ?? 502, {
          ...headers,
          ...(whole === undefined || answer.statusCode === 204 ? {} : { 'content-length': whole }),
        })
        response.end(body)
      })
    },
  )
  upstream.on('error', () => request.socket.destroy())
  upstream.end(Buffer.concat(chunks))
}
