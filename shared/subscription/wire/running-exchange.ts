import type { Dispatcher } from 'undici'
import { z } from 'zod'
import { errorText } from '../../runtime/errors.ts'
import { retryAfterMs } from '../../runtime/retry-after.ts'
import { answerProblem, type Refusal, targetOf, typeOf } from './answer-problem.ts'
import type { CookieJar } from './cookies.ts'
import type { Way } from './dispatchers.ts'
import type { Lane } from './lanes.ts'
import {
  decodingReader,
  EventReader,
  errorReader,
  guessingReader,
  type Reader,
  type StreamEvents,
  wholeReader,
} from './readers.ts'
import { unreachable, wasCut } from './unreachable.ts'
import { type Rpc, WireError } from './wire-error.ts'

/** A stream that stays open behind the answer is read on for so long, so that the connection can be used again. */
const ENDING_MS = 250
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

/** Where an exchange takes place, as far as it matters to it. */
export type Place = {
  readonly url: URL
  readonly way: Way
  readonly cookies: CookieJar
  readonly shown: () => string
  /** Its connection is no longer in use. */
  readonly over: (exchange: RunningExchange) => void
}
type Promised = { readonly resolve: (ended: Ended) => void; readonly reject: (error: Error) => void }

const Refused = z.looseObject({ error: z.object({ code: z.number(), message: z.string().default('') }) })
const NOTHING: Ended = { status: 0, type: '' }

/**
 * One request and what comes back. A class of this language: a stream stays open for as long as its cluster is watched, and
 * a thousand of them share these functions.
 */
export class RunningExchange implements Dispatcher.DispatchHandler {
  readonly isStream: boolean
  lane: Lane | undefined
  readonly #ask: Exchange
  readonly #place: Place
  /** Until it is settled; the connection may still be read then. */
  #promised: Promised | undefined
  #controller: Dispatcher.DispatchController | undefined
  #answer: Reader | undefined
  #closed = false
  #bytes = 0
  #ended = NOTHING
  #timer: NodeJS.Timeout | undefined

  constructor(ask: Exchange, place: Place, promised: Promised) {
    this.isStream = ask.keepOpen === true
    this.#ask = ask
    this.#place = place
    this.#promised = promised
    this.#timer = setTimeout(() => this.#tooLate(), ask.timeoutMs)
  }

  begin(dispatcher: Dispatcher): void {
    const { url, cookies } = this.#place
    const { method, headers, body = null } = this.#ask
    const sent = { ...headers, ...cookies.header() }
    dispatcher.dispatch({ origin: url.origin, path: `${url.pathname}${url.search}`, method, headers: sent, body }, this)
  }

  abort(): void {
    this.#finish(new WireError(`the connection to ${this.#place.shown()} was closed`, 0), true)
  }

  onRequestStart(started: Dispatcher.DispatchController): void {
    this.#controller = started
    if (this.#closed) started.abort(new WireError('no longer wanted', 0))
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200) return
    const { url, cookies } = this.#place
    this.#ended = { status, type: typeOf(headers) }
    cookies.take(headers['set-cookie'])
    this.#ask.onHeaders(headers)
    const to = status >= 300 && status < 400 ? followed(url, targetOf(headers, url.href)) : undefined
    try {
      if (to !== undefined) throw new Moved(to)
      this.#answer = this.#decoded(this.#readerFor(status, headers), headers)
    } catch (error) {
      if (error instanceof Moved) this.#finish(error)
      else this.#broken(error, status)
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#ask.onSign?.()
    this.#bytes += chunk.length
    try {
      this.#answer?.data(chunk)
    } catch (error) {
      this.#broken(error, 0)
    }
  }

  onResponseEnd(): void {
    const rest = this.#answer?.end()
    if (rest === undefined) this.#finish(undefined, false)
    else
      rest.then(
        () => this.#finish(undefined, false),
        (error: unknown) => this.#broken(error, 0),
      )
  }

  onResponseError(_: Dispatcher.DispatchController, cause: Error): void {
    const isOurs = cause instanceof WireError || cause instanceof Moved
    this.#finish(isOurs ? cause : this.#unreachable(cause), false)
  }

  #unreachable(cause: Error): WireError {
    const unheard = this.#ended.status === 0 && wasCut(cause)
    const where =
      this.#ended.status === 0 ? this.#hint(unheard) : `, after ${this.#bytes} bytes of its answer to ${this.#ask.what}`
    const text = `${unreachable(this.#place.shown(), cause)}${where}`
    return new WireError(text, 0, { unheard, cause })
  }

  #tooLate(): void {
    const { what, timeoutMs, setting } = this.#ask
    const of = setting === undefined ? '' : ` (${setting})`
    const begun = this.#bytes === 0 ? '' : `: only ${this.#bytes} bytes of an answer came`
    const text = `${what} was not answered by ${this.#place.shown()} within ${timeoutMs / 1000} s${of}${begun}`
    this.#finish(new WireError(text, 0, { late: true }))
  }

  /** The promise is settled; the connection may still be read. */
  #settle(error?: Error): void {
    const promised = this.#promised
    if (promised === undefined) return
    this.#promised = undefined
    this.#stopTimer()
    if (error === undefined) promised.resolve(this.#ended)
    else promised.reject(error)
  }

  #finish(error?: Error, broken = error !== undefined): void {
    this.#settle(error)
    if (this.#closed) return
    this.#closed = true
    this.#stopTimer()
    this.#place.over(this)
    if (broken) this.#controller?.abort(error ?? new WireError('no longer wanted', 0))
  }

  /** Not kept: a stream that is open for weeks would hold it as long. */
  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #received(text: string): void {
    // Once answered, further messages on its stream do not put off its end.
    if (!this.#ask.onMessage(text) || this.isStream || this.#promised === undefined) return
    this.#settle()
    const { lingers } = this.#ask
    if (this.lane !== undefined) this.lane.ending = lingers !== true
    this.#stopTimer()
    if (lingers !== true) this.#timer = setTimeout(() => this.#finish(undefined, true), ENDING_MS)
  }

  #asEvents(): Reader {
    return new EventReader(this.#ask, (text) => this.#received(text))
  }
  #asWhole(): Reader {
    return wholeReader((text) => this.#received(text))
  }

  #readerFor(status: number, headers: Headers): Reader {
    const type = typeOf(headers)
    const problem = (text: string) =>
      answerProblem(this.#place.shown(), { ...refusalOf(this.#ask, this.isStream), status, headers, text })
    const refused = (text: string) => this.#finish(refuse(status, headers, problem(text), text))
    if (type === 'text/html' && status < 300 && !this.isStream)
      // Some put this label on everything.
      return wholeReader((text) => (/^\s*[{[]/.test(text) ? this.#received(text) : refused(text)))
    if (problem('') !== undefined) return errorReader(refused)
    if (type === 'text/event-stream') {
      if (this.isStream) this.#opened()
      return this.#asEvents()
    }
    if (this.isStream) return this.#noStream(status, type)
    return type === 'application/json'
      ? this.#asWhole()
      : guessingReader(
          () => this.#asEvents(),
          () => this.#asWhole(),
        )
  }

  #decoded(reader: Reader, headers: Headers): Reader {
    const coding = String(headers['content-encoding'] ?? 'identity')
    if (coding === '' || coding.toLowerCase() === 'identity') return reader
    const decoding = decodingReader(coding, reader, (error) => this.#broken(error, 0))
    if (decoding === undefined) throw new Error(`answers in content-encoding ${coding}, for which nobody asked`)
    return decoding
  }

  /** TLS 1.3 lets a client begin before the server has said that it misses a certificate, and some then only hang up. */
  #hint(unheard: boolean): string {
    const { url, way } = this.#place
    const isGreeting = this.#ask.what === 'initialize' && url.protocol === 'https:'
    return unheard && isGreeting && way.identity?.certificate === undefined
      ? ' before it answered: if it always is, the server may ask for a client certificate (mcp.client_certificate)'
      : ''
  }

  #broken(error: unknown, status: number): void {
    this.#finish(new WireError(`${this.#ask.what}: ${this.#place.shown()} ${errorText(error)}`, status))
  }

  #opened(): void {
    this.#stopTimer()
    this.#ask.onOpen?.()
  }

  /** A GET that is answered with something else: no stream, unless its first words say so. */
  #noStream(status: number, type: string): Reader {
    const media = type === '' ? 'no media type' : type
    const none = (text: string) => {
      const said = text === '' ? '' : `: ${text.slice(0, 100)}`
      this.#finish(new WireError(`${this.#place.shown()} answers the stream with ${media} (${status}${said})`, status))
    }
    if (type === 'application/json' || type === 'text/html' || status === 202 || status === 204)
      return errorReader((text) => none(text.replace(/\s+/g, ' ')))
    return guessingReader(
      () => {
        this.#opened()
        return this.#asEvents()
      },
      () => errorReader(none),
    )
  }
}

/** The server is to be asked at another address of the same host. */
export class Moved extends Error {
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
