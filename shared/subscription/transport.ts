import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { JSONRPCMessage, JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { PendingAnswers } from './pending-answers.ts'
import type { TlsIdentity } from './wire/connector.ts'
import { partsOf } from './wire/rpc-message.ts'
import { Wire } from './wire/wire.ts'
import { WireError } from './wire/wire-error.ts'

/** A server that holds its headers back until there is something to send is listened to all the same. */
const STREAM_OPEN_MS = 3_000
/** Saying good-bye is polite, not necessary. */
const CLOSE_MS = 1_000
/** Nothing depends on the answer to a notification. */
const NOTIFICATION_MS = 5_000
/** Between the end of a stream and the question for its rest, where the server names no time. */
const RESUME_MS = 500

export type TransportOptions = {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly identity?: TlsIdentity | undefined
  /** An address, `none`, or undefined for what the environment says. */
  readonly proxy?: string | undefined
  readonly callTimeoutMs: number
  /** `params` of a log notification, untouched: the product's own schema looks at it, and nothing before. */
  readonly onNotice: (params: unknown) => void
  /** A message that is not JSON, or no message of the protocol. */
  readonly onGarbage: (text: string, reason: string) => void
  /** The standalone stream has ended, and nobody here ended it. `retryMs`: the server wants so long a pause. */
  readonly onStreamEnd: (why: string, retryMs?: number) => void
  /** Anything at all came on the standalone stream. */
  readonly onSign?: () => void
  readonly onToolsChanged?: () => void
  /** The number of the first request: two clients of one server should not begin with the same. */
  readonly firstId?: number
  /** In place of the newest version of the protocol. */
  readonly version?: string
  /** Closes, whatever is under way. */
  readonly signal: AbortSignal
}
export type NoStream = { readonly why: string; readonly retryAfterMs: number }
/** `held`: nothing has come back yet, not even headers, so nobody knows. */
export type StreamOpened = 'open' | 'held' | NoStream
export type McpTransport = Transport & {
  /** The stream on which the server sends what nobody asked for. */
  readonly openStream: () => Promise<StreamOpened>
  readonly closeStream: () => void
}

/**
 * MCP over streamable HTTP, as far as a listener needs it. The SDK's own transport checks each notification eight times
 * and pipes it through three web streams; this one costs a third of its memory and a fifth of its time per fault.
 */
export function openTransport(options: TransportOptions): McpTransport {
  const { callTimeoutMs, firstId = 0 } = options
  const wire = new Wire(options.endpoint, {
    identity: options.identity,
    proxy: options.proxy,
    connectTimeoutMs: callTimeoutMs,
  })
  let leaving = false
  let protocolVersion: string | undefined
  /** Of the standalone stream: where it goes on after a break. */
  let lastEventId = ''
  let streamRetryMs = 0
  let streamNumber = 0
  const pending = new PendingAnswers()

  const headers = (more: Readonly<Record<string, string>>): Record<string, string> => ({
    ...options.headers,
    ...(transport.sessionId === undefined ? {} : { 'mcp-session-id': transport.sessionId }),
    ...(protocolVersion === undefined ? {} : { 'mcp-protocol-version': protocolVersion }),
    ...more,
  })
  const asking = () => headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' })
  const onHeaders = (answer: Readonly<Record<string, string | string[] | undefined>>) => {
    const session = answer['mcp-session-id']
    if (typeof session === 'string' && session !== '') transport.sessionId = session
  }

  /** Hands on what came in. `id`: what was asked on this connection; answers whether that is answered. */
  function receive(text: string, id: number | undefined, isAnswer = id !== undefined): boolean {
    for (const part of partsOf(text)) {
      if (part.kind === 'notice') options.onNotice(part.params)
      // What stands behind a mere notification is nobody's letter.
      else if (part.kind === 'message') deliver(part.message, id)
      else if (isAnswer) options.onGarbage(part.text, part.reason)
    }
    return id !== undefined && !pending.has(id)
  }

  function deliver(message: JSONRPCMessage, asked: number | undefined): void {
    if ('method' in message) {
      if (message.method === 'notifications/tools/list_changed') options.onToolsChanged?.()
      else transport.onmessage?.(message)
      return
    }
    const given = Number(message.id)
    if (pending.settle(given)) transport.onmessage?.({ ...message, id: given - firstId })
    // One that names nobody, or somebody else, is kept in case no better one comes on the connection that asked.
    else if (asked !== undefined) pending.suspect(asked, message)
  }

  async function send(message: JSONRPCMessage): Promise<void> {
    if (!('method' in message) || !('id' in message)) return dispatch(message)
    const id = Number(message.id) + firstId
    pending.open(id)
    try {
      await ask({ ...message, id }, id)
    } finally {
      pending.close(id)
    }
  }

  async function ask(message: JSONRPCRequest, id: number): Promise<void> {
    const shownAs = what(message)
    const isFirst = message.method === 'initialize'
    const version = options.version
    const sent =
      isFirst && version !== undefined
        ? { ...message, params: { ...message.params, protocolVersion: version } }
        : message
    let ownEventId = ''
    let retryMs = RESUME_MS
    let errorEvent = ''
    const startedAt = performance.now()
    const left = () => callTimeoutMs - (performance.now() - startedAt)
    const common = {
      what: shownAs,
      onHeaders,
      onMessage: (text: string) => receive(text, id),
      onId: (eventId: string) => {
        ownEventId = eventId
      },
      onRetry: (ms: number) => {
        retryMs = ms
      },
      onErrorEvent: (text: string) => {
        errorEvent = text
      },
    }
    const { status, type } = await wire
      .exchange({
        ...common,
        method: 'POST',
        headers: isFirst && version !== undefined ? { ...asking(), 'mcp-protocol-version': version } : asking(),
        body: JSON.stringify(sent),
        timeoutMs: callTimeoutMs,
        setting: 'MCP_CALL_TIMEOUT_SECONDS',
        lingers: shownAs.endsWith('events_subscribe'),
      })
      .catch((error: unknown) => {
        // A server that no longer knows the session needs no good-bye.
        const isLost = error instanceof WireError && error.status === 404 && message.method !== 'logging/setLevel'
        if (isLost) delete transport.sessionId
        throw error
      })
    // It goes on where it broke, as revision 2025-11-25 has it.
    for (let tries = 0; tries < 5 && pending.has(id) && ownEventId !== '' && left() > retryMs; tries++) {
      await pause(retryMs)
      const rest = headers({ accept: 'text/event-stream', 'last-event-id': ownEventId })
      await wire.exchange({ ...common, method: 'GET', headers: rest, timeoutMs: Math.max(1, left()) })
    }
    if (!pending.has(id)) return
    const suspect = pending.suspectOf(id)
    if (suspect !== undefined) {
      pending.settle(id)
      transport.onmessage?.({ ...suspect, id: id - firstId })
      return
    }
    if (errorEvent !== '')
      throw new WireError(`${wire.shown()} ended ${shownAs} with an error: ${errorEvent.slice(0, 300)}`, 0)
    // Its answer may come on the stream.
    if (status === 202 && streamNumber > 0 && (await pending.answered(id, Math.max(0, left())))) return
    throw new WireError(noAnswer(shownAs, status, type), 0)
  }

  function noAnswer(shownAs: string, status: number, type: string): string {
    const said = `${wire.shown()} ended its answer to ${shownAs} without one`
    return status === 202
      ? `${said} (202): it may speak only the old HTTP+SSE transport (2024-11-05), which cannot be watched`
      : `${said} (${status}${type === '' ? ', no media type' : `, ${type}`})`
  }

  /** A notification, or an answer to what the server asked: nothing depends on what is said to it. */
  async function dispatch(message: JSONRPCMessage): Promise<void> {
    try {
      await wire.exchange({
        method: 'POST',
        headers: asking(),
        body: JSON.stringify(withAnswerId(message)),
        timeoutMs: Math.min(NOTIFICATION_MS, callTimeoutMs),
        what: what(message),
        onHeaders,
        onMessage: (text) => {
          receive(text, undefined, false)
          return false
        },
      })
    } catch (error) {
      if (!(error instanceof WireError && (error.status > 0 || error.late))) throw error
    }
  }

  /** Servers refuse one without parameters; and a cancellation names the request as the server knows it. */
  function withAnswerId(message: JSONRPCMessage): JSONRPCMessage {
    if (!('method' in message)) return message
    const { requestId } = message.params ?? {}
    const params =
      typeof requestId === 'number' ? { ...message.params, requestId: requestId + firstId } : message.params
    return { ...message, params: params ?? {} }
  }

  function openStream(): Promise<StreamOpened> {
    streamNumber += 1
    const mine = streamNumber
    return new Promise((resolve) => {
      let decided = false
      const decide = (state: StreamOpened) => {
        decided = true
        clearTimeout(patience)
        resolve(state)
      }
      const patience = setTimeout(() => decide('held'), Math.min(STREAM_OPEN_MS, callTimeoutMs))
      const ended = (why: string, retryAfterMs: number) => {
        if (decided) {
          if (!leaving && mine === streamNumber) options.onStreamEnd(why, Math.max(streamRetryMs, retryAfterMs))
        } else decide({ why, retryAfterMs })
      }
      wire
        .exchange({
          method: 'GET',
          keepOpen: true,
          headers: headers({
            accept: 'text/event-stream',
            ...(lastEventId === '' ? {} : { 'last-event-id': lastEventId }),
          }),
          timeoutMs: 2 ** 31 - 1,
          what: 'the stream',
          onHeaders,
          onOpen: () => (decided ? options.onSign?.() : decide('open')),
          onSign: () => options.onSign?.(),
          onId: (id) => {
            lastEventId = id
          },
          onRetry: (ms) => {
            streamRetryMs = ms
          },
          onErrorEvent: (text) => options.onGarbage(text, 'an event of type error'),
          // Nothing of it is kept: what names a secret may lie in a part that is gone.
          onTooLarge: () => options.onGarbage('', 'a message of more than 8 MiB'),
          onMessage: (text) => receive(text, undefined, true),
        })
        .then(
          () => ended('the server ended the stream', 0),
          (error: unknown) => {
            const [refused, wait] = error instanceof WireError ? [error.status >= 400, error.retryAfterMs] : [false, 0]
            // What it does not know any more it may refuse.
            if (refused) lastEventId = ''
            ended(errorText(error), wait)
          },
        )
    })
  }

  let closed: Promise<void> | undefined
  function close(): Promise<void> {
    closed ??= leave()
    return closed
  }

  async function leave(): Promise<void> {
    leaving = true
    options.signal.removeEventListener('abort', cut)
    // The good-bye goes over the same connection, so nothing may be in its way.
    wire.cutRequests()
    // Also when the stream is lost: a session that nobody ends counts against the server's limit for hours.
    if (transport.sessionId !== undefined) {
      const goodbye = { method: 'DELETE', headers: headers({}), timeoutMs: CLOSE_MS, what: 'the end' } as const
      const ignore = { onHeaders: () => {}, onMessage: () => false }
      // The server may be gone already, or know no DELETE.
      await wire.exchange({ ...goodbye, ...ignore }).catch(() => {})
    }
    await wire.close().catch(() => {})
    transport.onclose?.()
  }

  const transport: McpTransport = {
    start: async () => {},
    send,
    close,
    openStream,
    closeStream: () => {
      streamNumber += 1
      wire.cutStreams()
    },
    setProtocolVersion: (version) => {
      protocolVersion = version
    },
  }
  const cut = () => void close()
  options.signal.addEventListener('abort', cut, { once: true })
  return transport
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** `tools/call events_subscribe` */
function what(message: JSONRPCMessage): string {
  if (!('method' in message)) return 'an answer'
  const named = z.looseObject({ name: z.string() }).safeParse(message.params)
  return named.success && message.method === 'tools/call' ? `${message.method} ${named.data.name}` : message.method
}
