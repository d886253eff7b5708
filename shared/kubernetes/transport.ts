import type { Dispatcher } from 'undici'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { errorCode, notReached, refusedBy } from './api-failure.ts'
import type { ClusterApiError } from './cluster-api.ts'
import { openConnections } from './connections.ts'
import type { Kubeconfig } from './kubeconfig.ts'
import { readOnly } from './read-only.ts'

/** Seeds and servers agree on ten seconds: `kubectl` users wait no longer, and a hung API must not eat a triage. */
const CALL_TIMEOUT_MS = 10_000
/** 500 objects of 64 KiB each; one object in etcd is at most 1.5 MiB. */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024
/** Requests at once to one API server: its fairness queues punish more, and broker and server share one core. */
const CONNECTIONS = 10
const ATTEMPTS = 3

export type Ask = {
  /** Path after the server's prefix, with its query. */
  readonly path: string
  readonly post?: unknown
  readonly accept?: string
  readonly signal?: AbortSignal | undefined
}
/** One request that left, or was refused by the guard: what a journal writes down. */
export type ApiCall = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** 0: no answer. */
  readonly status: number
  readonly bytes: number
  readonly milliseconds: number
}
export type TransportOptions = {
  readonly timeoutMs?: number
  readonly allowSecrets?: boolean
  readonly onCall?: (call: ApiCall) => void
  readonly clock?: Clock
}
export type Answer = { readonly bytes: Buffer; readonly cut: boolean }
/** `over`: the answer went on, so these are not its last bytes. */
export type Tail = Answer & { readonly over: boolean; readonly lines: number }

/** The one door to a cluster: all its dispatchers have the read-only guard in them. */
export function openTransport(kubeconfig: Kubeconfig, options: TransportOptions) {
  const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS
  const clock = options.clock ?? systemClock
  const { origin, pathname } = new URL(kubeconfig.server)
  const prefix = pathname === '/' ? '' : pathname
  const guard = readOnly({ server: kubeconfig.server, allowSecrets: options.allowSecrets ?? false })
  const connections = openConnections(kubeconfig, {
    timeoutMs,
    // Each watch holds a connection for minutes, so they have a pool of their own.
    pools: [CONNECTIONS, null],
    guard,
    clock,
  })

  async function start(ask: Ask, streams: boolean, signal: AbortSignal) {
    const { pools, headers, refused } = await connections.use(signal)
    const pool = pools[streams ? 1 : 0]
    if (pool === undefined) throw new Error('there are two pools')
    const response = await pool.request({
      origin,
      path: prefix + ask.path,
      method: ask.post === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        accept: ask.accept ?? 'application/json',
        'user-agent': 'nightcrier',
        ...(ask.post === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: ask.post === undefined ? null : JSON.stringify(ask.post),
      signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    return { response, refused }
  }

  /** Throws ClusterApiError for anything but a 2xx. A longer answer than `maxBytes` is cut there: the caller decides. */
  const ask = (ask: Ask, maxBytes: number): Promise<Answer> => asked(ask, (body) => readBody(body, maxBytes))
  /** The same, and of a long answer the end is kept. More than `readBytes` are not taken in. */
  const askTail = (ask: Ask, maxBytes: number, readBytes: number): Promise<Tail> =>
    asked(ask, (body) => readTail(body, maxBytes, readBytes))

  async function asked<T extends Answer>(ask: Ask, read: (body: Body) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(timeoutMs)
    const signal = ask.signal === undefined ? deadline : AbortSignal.any([ask.signal, deadline])
    const what = described(ask)
    let renewed = false
    for (let attempt = 1; ; attempt++) {
      const began = clock.now().getTime()
      let status = 0
      let bytes = 0
      try {
        const { response, refused } = await start(ask, false, signal)
        status = response.statusCode
        if (status >= 200 && status < 300) {
          const good = await read(response.body)
          bytes = good.bytes.length
          return good
        }
        const answer = await readBody(response.body, MAX_ERROR_BYTES)
        bytes = answer.bytes.length
        if (status === 401 && !renewed && refused()) {
          renewed = true
          continue
        }
        const wait = attempt < ATTEMPTS ? retryAfter(response) : undefined
        if (wait === undefined)
          throw refusedBy(
            kubeconfig.server,
            what,
            status,
            header(response, 'content-type'),
            answer.bytes.toString('utf8'),
            header(response, 'retry-after'),
          )
        await clock.sleep(wait, signal)
        signal.throwIfAborted()
      } catch (error) {
        // A kept connection that the server closed just as we used it: reading again is harmless.
        const again = status === 0 && attempt < ATTEMPTS && /^(UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(errorCode(error))
        if (!again) throw failure(what, error, ask.signal)
      } finally {
        options.onCall?.({
          method: ask.post === undefined ? 'GET' : 'POST',
          path: ask.path,
          status,
          bytes,
          milliseconds: clock.now().getTime() - began,
        })
      }
    }
  }

  /** Begins an answer without end; the deadline covers only its beginning. */
  async function stream(ask: Ask, signal: AbortSignal): Promise<AsyncIterable<Buffer>> {
    const begin = new AbortController()
    const timer = setTimeout(() => begin.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs)
    const what = described(ask)
    const began = clock.now().getTime()
    let status = 0
    try {
      const { response } = await start(ask, true, AbortSignal.any([signal, begin.signal]))
      status = response.statusCode
      if (status === 200) return response.body
      const { bytes } = await readBody(response.body, MAX_ERROR_BYTES)
      throw refusedBy(kubeconfig.server, what, status, header(response, 'content-type'), bytes.toString('utf8'))
    } catch (error) {
      throw failure(what, error, signal)
    } finally {
      clearTimeout(timer)
      options.onCall?.({ method: 'GET', path: ask.path, status, bytes: 0, milliseconds: clock.now().getTime() - began })
    }
  }

  const failure = (what: string, error: unknown, signal: AbortSignal | undefined): ClusterApiError =>
    notReached(kubeconfig.server, what, error, timeoutMs, signal?.aborted === true, connections.proxy)

  /** Ends all that is under way and gives the sockets back. */
  const { close, serving } = connections
  return { server: kubeconfig.server, ask, askTail, stream, failure, serving, close }
}

type Body = Dispatcher.ResponseData['body']

export async function readBody(body: Body, maxBytes: number): Promise<Answer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes)
    length += bytes.length
    // Leaving the loop destroys the stream, so the rest is never taken in.
    if (length > maxBytes) break
  }
  return { bytes: Buffer.concat(chunks).subarray(0, maxBytes), cut: length > maxBytes }
}

async function readTail(body: Body, maxBytes: number, readBytes: number): Promise<Tail> {
  const chunks: Buffer[] = []
  let kept = 0
  let length = 0
  let lines = 0
  for await (const chunk of body) {
    const bytes = Buffer.from(chunk)
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
    chunks.push(bytes)
    kept += bytes.length
    length += bytes.length
    while (kept - (chunks[0]?.length ?? kept) >= maxBytes) kept -= chunks.shift()?.length ?? 0
    if (length > readBytes) break
  }
  const all = Buffer.concat(chunks)
  const end = all.subarray(Math.max(0, all.length - maxBytes))
  return { bytes: end, cut: length > end.length, over: length > readBytes, lines }
}

/** Milliseconds that an overloaded API asks us to wait (client-go heeds it too); longer than 5 s is a refusal. */
function retryAfter(response: Dispatcher.ResponseData): number | undefined {
  if (response.statusCode !== 429) return undefined
  const seconds = Number(header(response, 'retry-after') || '1')
  return seconds >= 0 && seconds <= 5 ? seconds * 1000 : undefined
}

function header(response: Dispatcher.ResponseData, name: string): string {
  const value = response.headers[name]
  return typeof value === 'string' ? value : ''
}

const described = (ask: Ask): string =>
  `${ask.post === undefined ? 'GET' : 'POST'} ${ask.path.split('?')[0]}`.slice(0, 300)
