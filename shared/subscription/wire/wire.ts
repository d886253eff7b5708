import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { errorText } from '../../runtime/errors.ts'
import { retryAfterMs } from '../../runtime/retry-after.ts'
import { answerProblem, type Refusal, targetOf, typeOf } from './answer-problem.ts'
import { cookieJar } from './cookies.ts'
import { dispatchersTo, type Way } from './dispatchers.ts'
import { type Lane, lanes } from './lanes.ts'
import {
  decodingReader,
  errorReader,
  eventReader,
  guessingReader,
  type Reader,
  type StreamEvents,
  wholeReader,
} from './readers.ts'
import { unreachable, wasCut } from './unreachable.ts'
import { type Rpc, WireError } from './wire-error.ts'

/** A stream that stays open behind the answer is read on for so long, so that the connection can be used again. */
const ENDING_MS = 250
/** To the same host; more is a circle. */
const MAX_HOPS = 3
/** As long as a person would wait; a server that says a day is asked again before. */
const MAX_RETRY_AFTER_MS = 10 * 60_000

type Headers = Readonly<Record<string, string | string[] | undefined>>
export type Exchange = Omit<StreamEvents, 'onMessage'> & {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** Until what is wanted has come, or for a stream: until its headers are there. */
  readonly timeoutMs: number
  /** The setting that this time is from. */
  readonly setting?: string
  /** What is being asked, for messages: `tools/call events_subscribe`. */
  readonly what: string
  readonly onHeaders: (headers: Headers) => void
  /** Answers whether that was what the exchange is for: then it is over, whatever else comes. */
  readonly onMessage: (text: string) => boolean
  /** Once the headers of a stream are there. */
  readonly onOpen?: () => void
  /** Any sign of life on a stream. */
  readonly onSign?: () => void
  /** What comes behind the answer is wanted, too, for as long as it comes. */
  readonly lingers?: boolean
  /** The stream on which the server sends what nobody asked for: it has a connection of its own, and no end. */
  readonly keepOpen?: boolean
}
/** How an exchange ended that got what it wanted, or all there was. */
export type Ended = { readonly status: number; readonly type: string }

const Refused = z.looseObject({ error: z.object({ code: z.number(), message: z.string().default('') }) })

/** Addresses that servers have moved to: what was sent in clear once is not sent so again. */
const moved = new Map<string, URL>()
const MAX_MOVED = 5_000

export function openWire(endpoint: string, way: Way) {
  let url = moved.get(endpoint) ?? new URL(endpoint)
  const shown = () => `${url.origin}${url.pathname}`
  const cookies = cookieJar()
  let make = dispatchersTo(url, way)
  let requests = lanes(make.request)
  let streams: Dispatcher | undefined

  // Of what is under way; a signal for each wire would cost every cluster a kilobyte.
  const requested = new Set<() => void>()
  const streamed = new Set<() => void>()
  const cut = (running: Set<() => void>) => {
    for (const abort of running) abort()
  }

  async function move(to: URL): Promise<void> {
    const [oldest] = moved.keys()
    if (moved.size >= MAX_MOVED && oldest !== undefined) moved.delete(oldest)
    moved.set(endpoint, to)
    if (to.href === url.href) return
    const [before, stream] = [requests, streams]
    url = to
    make = dispatchersTo(url, way)
    requests = lanes(make.request)
    streams = undefined
    await Promise.all([before.destroy(), stream?.destroy()])
  }

  /** Resolves when what is wanted has come, or all has. Rejects with a WireError whose message is one sentence for people. */
  async function exchange(ask: Exchange): Promise<Ended> {
    let again = true
    for (let hops = 0; ; ) {
      try {
        return await once(ask)
      } catch (error) {
        if (error instanceof Moved && hops < MAX_HOPS) {
          hops += 1
          await move(error.to)
        } else if (error instanceof WireError && error.unheard && again && ask.method !== 'DELETE') again = false
        else {
          // A path may move again; what was sent in clear once is not sent so again.
          if (moved.get(endpoint)?.protocol === new URL(endpoint).protocol) moved.delete(endpoint)
          throw error
        }
      }
    }
  }

  function once(ask: Exchange): Promise<Ended> {
    const isStream = ask.keepOpen === true
    return new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined
      let answer: Reader | undefined
      let over = false
      let closed = false
      let bytes = 0
      let ended: Ended = { status: 0, type: '' }
      let lane: Lane | undefined
      const running = isStream ? streamed : requested
      const abort = () => finish(new WireError(`the connection to ${shown()} was closed`, 0), true)

      /** The promise is settled; the connection may still be read. */
      function settle(error?: Error): void {
        if (over) return
        over = true
        clearTimeout(timer)
        if (error === undefined) resolve(ended)
        else reject(error)
      }
      function finish(error?: Error, broken = error !== undefined): void {
        settle(error)
        if (closed) return
        closed = true
        clearTimeout(timer)
        running.delete(abort)
        if (lane !== undefined) requests.release(lane)
        if (broken) controller?.abort(error ?? new WireError('no longer wanted', 0))
      }
      let timer = setTimeout(() => {
        const seconds = ask.timeoutMs / 1000
        const of = ask.setting === undefined ? '' : ` (${ask.setting})`
        const begun = bytes === 0 ? '' : `: only ${bytes} bytes of an answer came`
        finish(
          new WireError(`${ask.what} was not answered by ${shown()} within ${seconds} s${of}${begun}`, 0, {
            late: true,
          }),
        )
      }, ask.timeoutMs)
      running.add(abort)

      const received = (text: string): void => {
        if (!ask.onMessage(text) || isStream) return
        settle()
        if (lane !== undefined) lane.ending = ask.lingers !== true
        if (ask.lingers !== true) timer = setTimeout(() => finish(undefined, true), ENDING_MS)
      }
      const asEvents = () => eventReader({ ...ask, onMessage: received })
      const asWhole = () => wholeReader(received)

      function readerFor(status: number, headers: Headers): Reader {
        const type = typeOf(headers)
        const refusal = (text: string) => ({ ...refusalOf(ask, isStream), status, headers, text })
        const problem = (text: string) => answerProblem(shown(), refusal(text))
        if (type === 'text/html' && status < 300 && !isStream) return labelledAsPage(status, headers, problem)
        if (problem('') !== undefined)
          return errorReader((text) => finish(refuse(status, headers, problem(text), text)))
        if (type === 'text/event-stream') {
          if (isStream) opened()
          return asEvents()
        }
        if (isStream) return noStream(status, type)
        return type === 'application/json' ? asWhole() : guessingReader(asEvents, asWhole)
      }
      /** Some put this label on everything. */
      function labelledAsPage(status: number, headers: Headers, problem: (text: string) => string | undefined): Reader {
        return wholeReader((text) =>
          /^\s*[{[]/.test(text) ? received(text) : finish(refuse(status, headers, problem(text), text)),
        )
      }
      function decoded(reader: Reader, headers: Headers): Reader {
        const coding = String(headers['content-encoding'] ?? 'identity')
        if (coding === '' || coding.toLowerCase() === 'identity') return reader
        const decoding = decodingReader(coding, reader, (error) => broken(error, 0))
        if (decoding === undefined) throw new Error(`answers in content-encoding ${coding}, for which nobody asked`)
        return decoding
      }
      /** TLS 1.3 lets a client begin before the server has said that it misses a certificate, and some then only hang up. */
      const hint = (unheard: boolean): string =>
        unheard && ask.what === 'initialize' && url.protocol === 'https:' && way.identity?.certificate === undefined
          ? ' before it answered: if it always is, the server may ask for a client certificate (mcp.client_certificate)'
          : ''
      const broken = (error: unknown, status: number) =>
        finish(new WireError(`${ask.what}: ${shown()} ${errorText(error)}`, status))
      function opened(): void {
        clearTimeout(timer)
        ask.onOpen?.()
      }
      /** A GET that is answered with something else: no stream, unless its first words say so. */
      function noStream(status: number, type: string): Reader {
        const none = (text: string) =>
          finish(
            new WireError(
              `${shown()} answers the stream with ${type === '' ? 'no media type' : type} (${status}${text === '' ? '' : `: ${text.slice(0, 100)}`})`,
              status,
            ),
          )
        if (type === 'application/json' || type === 'text/html' || status === 202 || status === 204)
          return errorReader((text) => none(text.replace(/\s+/g, ' ')))
        return guessingReader(
          () => {
            opened()
            return asEvents()
          },
          () => errorReader(none),
        )
      }

      if (isStream) streams ??= make.stream()
      else lane = requests.take()
      const dispatcher = lane?.dispatcher ?? streams ?? make.request()
      dispatcher.dispatch(
        {
          origin: url.origin,
          path: `${url.pathname}${url.search}`,
          method: ask.method,
          headers: { ...ask.headers, ...cookies.header() },
          body: ask.body ?? null,
        },
        {
          onRequestStart(started) {
            controller = started
            if (closed) started.abort(new WireError('no longer wanted', 0))
          },
          onResponseStart(_, status, headers) {
            if (status < 200) return
            ended = { status, type: typeOf(headers) }
            cookies.take(headers['set-cookie'])
            ask.onHeaders(headers)
            const to = status >= 300 && status < 400 ? followed(url, targetOf(headers, url.href)) : undefined
            if (to !== undefined) return finish(new Moved(to))
            try {
              answer = decoded(readerFor(status, headers), headers)
            } catch (error) {
              broken(error, status)
            }
          },
          onResponseData(_, chunk) {
            ask.onSign?.()
            bytes += chunk.length
            try {
              answer?.data(chunk)
            } catch (error) {
              broken(error, 0)
            }
          },
          onResponseEnd() {
            const rest = answer?.end()
            if (rest === undefined) finish(undefined, false)
            else
              rest.then(
                () => finish(undefined, false),
                (error: unknown) => broken(error, 0),
              )
          },
          onResponseError(_, cause) {
            if (cause instanceof WireError || cause instanceof Moved) return finish(cause, false)
            const unheard = ended.status === 0 && wasCut(cause)
            finish(
              new WireError(
                `${unreachable(shown(), cause)}${ended.status === 0 ? hint(unheard) : `, after ${bytes} bytes of its answer to ${ask.what}`}`,
                0,
                { unheard, cause },
              ),
              false,
            )
          },
        },
      )
    })
  }

  return {
    shown,
    exchange,
    cutRequests: (): void => cut(requested),
    cutStreams: (): void => cut(streamed),
    /** Cuts what is under way; what is asked afterwards fails. */
    close: async (): Promise<void> => {
      cut(requested)
      cut(streamed)
      await Promise.all([streams?.destroy(), requests.destroy()])
    },
  }
}

/** The server is to be asked at another address of the same host. */
class Moved extends Error {
  readonly to: URL
  constructor(to: URL) {
    super(`moved to ${to.origin}${to.pathname}`)
    this.to = to
  }
}

/** Never to another host, which would get the credential, and never from TLS to none. */
function followed(from: URL, to: URL | undefined): URL | undefined {
  if (to === undefined || to.hostname !== from.hostname || to.username !== '') return undefined
  if (to.protocol === from.protocol) return to.port === from.port && to.href !== from.href ? to : undefined
  return from.protocol === 'http:' && to.protocol === 'https:' ? to : undefined
}

const refusalOf = (ask: Exchange, isStream: boolean): Pick<Refusal, 'hasSession' | 'hasKey' | 'isStream' | 'what'> => ({
  hasSession: ask.headers['mcp-session-id'] !== undefined,
  hasKey: ask.headers.authorization !== undefined,
  isStream,
  what: ask.what,
})

function refuse(status: number, headers: Headers, problem: string | undefined, text: string): WireError {
  return new WireError(problem ?? text, status, { retryAfterMs: retryAfter(headers), rpc: rpcIn(text) })
}

/** Seconds, or a time, which is judged by the server's own clock. */
function retryAfter(headers: Headers): number {
  const ms = retryAfterMs(String(headers['retry-after'] ?? ''), new Date(String(headers.date ?? '')))
  return Math.min(MAX_RETRY_AFTER_MS, ms ?? 0)
}

function rpcIn(text: string): Rpc | undefined {
  try {
    return Refused.safeParse(JSON.parse(text)).data?.error
  } catch {
    return undefined
  }
}
