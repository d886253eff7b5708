import { createParser } from 'eventsource-parser'
import { Client, type Dispatcher } from 'undici'
import { errorText } from '../runtime/errors.ts'
import { answerProblem } from './answer-problem.ts'
import { connectorTo } from './connector.ts'

/** A list of a large cluster has tens of megabytes; an instance may have 512 in all. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/** One message on the stream. A fault of a megabyte must come through. */
const MAX_FRAME_CHARACTERS = 8 * 1024 * 1024
const MAX_ERROR_BYTES = 2_000
/**
 * An idle connection for requests is closed so soon: over TLS it has 24 KB, the next request comes with the next ping, and
 * a thousand clusters that connect one after another would all have two.
 */
const IDLE_MS = 500

/** An HTTP answer that says no: `status` 0 when none came at all. */
export class WireError extends Error {
  override readonly name = 'WireError'
  readonly status: number
  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options)
    this.status = status
  }
}

export type Exchange = {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** For the whole exchange, or for a stream: until its headers are there. */
  readonly timeoutMs: number
  /** What is being asked, for messages: `tools/call events_subscribe`. */
  readonly what: string
  readonly onHeaders: (headers: Readonly<Record<string, string | string[] | undefined>>) => void
  /** One message: the data of a server-sent event, or the whole body. */
  readonly onMessage: (text: string) => void
  /** A stream: `open` is called once its headers are there, and the exchange lasts until the stream ends. */
  readonly onOpen?: () => void
}

/** One connection each for requests and for the stream: a stream holds its connection for as long as it lasts. */
export function openWire(endpoint: string, connectTimeoutMs: number) {
  const url = new URL(endpoint)
  const path = `${url.pathname}${url.search}`
  const shown = `${url.origin}${url.pathname}`
  const connect = connectorTo(url, connectTimeoutMs)
  // A silent stream is no dead stream: its life is proved by pings on the other connection.
  const streams = new Client(url.origin, { connect, bodyTimeout: 0, headersTimeout: 0, allowH2: false })
  const requests = new Client(url.origin, {
    connect,
    bodyTimeout: 0,
    headersTimeout: 0,
    allowH2: false,
    keepAliveTimeout: IDLE_MS,
    // Servers propose longer ones.
    keepAliveMaxTimeout: IDLE_MS,
  })

  // Of what is under way; a signal for each wire would cost every cluster a kilobyte.
  const requested = new Set<() => void>()
  const streamed = new Set<() => void>()
  const cut = (running: Set<() => void>) => {
    for (const abort of running) abort()
  }

  /** Resolves when the answer has ended. Rejects with a WireError whose message is one sentence for people. */
  const exchange = (ask: Exchange): Promise<void> =>
    new Promise((resolve, reject) => {
      let controller: Dispatcher.DispatchController | undefined
      let timer: NodeJS.Timeout | undefined
      let answer: Reader | undefined
      let ended = false
      const [client, running] = ask.method === 'GET' ? [streams, streamed] : [requests, requested]
      const abort = () => finish(new WireError(`the connection to ${shown} was closed`, 0))
      function finish(error?: WireError) {
        if (ended) return
        ended = true
        clearTimeout(timer)
        running.delete(abort)
        if (error !== undefined) controller?.abort(error)
        if (error === undefined) resolve()
        else reject(error)
      }
      timer = setTimeout(() => {
        const seconds = ask.timeoutMs / 1000
        finish(new WireError(`${ask.what} was not answered by ${shown} within ${seconds} s`, 0))
      }, ask.timeoutMs)
      running.add(abort)
      client.dispatch(
        { path, method: ask.method, headers: ask.headers, body: ask.body ?? null },
        {
          onRequestStart(started) {
            controller = started
            if (ended) started.abort(new WireError('no longer wanted', 0))
          },
          onResponseStart(_, status, headers) {
            const type = String(headers['content-type'] ?? '')
            ask.onHeaders(headers)
            if (answerProblem(shown, refusal(status, headers, ask, '')) !== undefined) {
              answer = errorReader((text) =>
                finish(new WireError(answerProblem(shown, refusal(status, headers, ask, text)) ?? text, status)),
              )
            } else if (type.startsWith('text/event-stream')) {
              answer = eventReader(ask.onMessage)
              if (ask.onOpen !== undefined) clearTimeout(timer)
              ask.onOpen?.()
            } else answer = wholeReader(ask.onMessage)
          },
          onResponseData(_, chunk) {
            try {
              answer?.data(chunk)
            } catch (error) {
              finish(new WireError(`${ask.what}: ${shown} ${errorText(error)}`, 0))
            }
          },
          onResponseEnd() {
            answer?.end()
            finish()
          },
          onResponseError(_, cause) {
            if (cause instanceof WireError) return finish(cause)
            finish(new WireError(unreachable(shown, cause), 0, { cause }))
          },
        },
      )
    })

  return {
    shown,
    exchange,
    cutRequests: (): void => cut(requested),
    /** Cuts what is under way; what is asked afterwards fails. */
    close: async (): Promise<void> => {
      cut(requested)
      cut(streamed)
      await Promise.all([streams.destroy(), requests.destroy()])
    },
  }
}

const refusal = (
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  ask: Exchange,
  text: string,
) => ({
  status,
  contentType: String(headers['content-type'] ?? ''),
  location: headers.location === undefined ? undefined : String(headers.location),
  text,
  hasSession: ask.headers['mcp-session-id'] !== undefined,
})

/** Takes in an answer piece by piece; `data` throws when there is too much of it. */
type Reader = { readonly data: (chunk: Buffer) => void; readonly end: () => void }

function eventReader(onMessage: (text: string) => void): Reader {
  const decoder = new TextDecoder()
  let tooBig: Error | undefined
  const parser = createParser({
    maxBufferSize: MAX_FRAME_CHARACTERS,
    onEvent: ({ event, data }) => {
      if (data !== '' && (event === undefined || event === 'message')) onMessage(data)
    },
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') tooBig = new Error('sends a message of more than 8 MiB')
    },
  })
  return {
    data: (chunk) => {
      parser.feed(decoder.decode(chunk, { stream: true }))
      if (tooBig !== undefined) throw tooBig
    },
    end: () => {},
  }
}

function wholeReader(onMessage: (text: string) => void): Reader {
  const chunks: Buffer[] = []
  let bytes = 0
  return {
    data: (chunk) => {
      bytes += chunk.length
      if (bytes > MAX_ANSWER_BYTES) throw new Error('answers with more than 32 MiB')
      chunks.push(chunk)
    },
    end: () => {
      if (bytes > 0) onMessage(Buffer.concat(chunks).toString('utf8'))
    },
  }
}

function errorReader(onEnd: (text: string) => void): Reader {
  let text = ''
  return {
    data: (chunk) => {
      if (text.length < MAX_ERROR_BYTES) text += chunk.subarray(0, MAX_ERROR_BYTES).toString('utf8')
      else onEnd(text)
    },
    end: () => onEnd(text),
  }
}

function unreachable(shown: string, cause: Error): string {
  const code = 'code' in cause ? String(cause.code) : ''
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'nothing listens there',
    ENOTFOUND: 'there is no such host',
    EAI_AGAIN: 'its name cannot be resolved now',
    ECONNRESET: 'the connection was cut',
    EPIPE: 'the connection was cut',
    UND_ERR_SOCKET: 'the connection was cut',
    UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
    DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself: set NODE_EXTRA_CA_CERTS',
    SELF_SIGNED_CERT_IN_CHAIN: 'its certificate has an unknown issuer: set NODE_EXTRA_CA_CERTS',
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate has an unknown issuer: set NODE_EXTRA_CA_CERTS',
    CERT_HAS_EXPIRED: 'its certificate has expired',
  }
  return `${shown} cannot be reached: ${known[code] ?? errorText(cause)}`
}
