import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { type Exchange, openWire, WireError } from './wire.ts'

/** A server that holds its headers back until there is something to send is listened to all the same. */
const STREAM_OPEN_MS = 3_000
/** Saying good-bye is polite, not necessary. */
const CLOSE_MS = 2_000

/** Told apart by hand: a schema would copy each fault once more, and what hears it has one of its own. */
const isNotice = (message: unknown): message is { readonly params?: unknown } =>
  typeof message === 'object' && message !== null && 'method' in message && message.method === 'notifications/message'

export type TransportOptions = {
  readonly endpoint: string
  readonly headers: Readonly<Record<string, string>>
  readonly callTimeoutMs: number
  /** `params` of a log notification, untouched: the product's own schema looks at it, and nothing before. */
  readonly onNotice: (params: unknown) => void
  /** A message that is not JSON, or no message of the protocol. */
  readonly onGarbage: (text: string, reason: string) => void
  /** The standalone stream has ended, and nobody here ended it. */
  readonly onStreamEnd: (why: string) => void
  /** Closes, whatever is under way. */
  readonly signal: AbortSignal
}
export type McpTransport = Transport & {
  /** The stream on which the server sends what nobody asked for. `none`: it has no such stream. */
  readonly openStream: () => Promise<'open' | 'none'>
}

/**
 * MCP over streamable HTTP, as far as a listener needs it. The SDK's own transport checks each notification eight times
 * and pipes it through three web streams; this one costs a third of its memory and a fifth of its time per fault.
 */
export function openTransport(options: TransportOptions): McpTransport {
  const wire = openWire(options.endpoint, options.callTimeoutMs)
  let leaving = false
  /** The server, or the way to it, has ended the stream, and it is not open again. */
  let streamLost = false
  let protocolVersion: string | undefined

  const headers = (more: Readonly<Record<string, string>>): Record<string, string> => ({
    ...options.headers,
    ...(transport.sessionId === undefined ? {} : { 'mcp-session-id': transport.sessionId }),
    ...(protocolVersion === undefined ? {} : { 'mcp-protocol-version': protocolVersion }),
    ...more,
  })
  /** A server that no longer knows the session needs no good-bye. */
  const exchange = (ask: Exchange): Promise<void> =>
    wire.exchange(ask).catch((error: unknown) => {
      if (error instanceof WireError && error.status === 404) delete transport.sessionId
      throw error
    })
  const onHeaders = (answer: Readonly<Record<string, string | string[] | undefined>>) => {
    const session = answer['mcp-session-id']
    if (typeof session === 'string') transport.sessionId = session
  }

  /** Hands on what came in; answers whether it was the answer to `id`. */
  function receive(text: string, id: string | number | undefined): boolean {
    let answered = false
    try {
      const parsed: unknown = JSON.parse(text)
      for (const message of Array.isArray(parsed) ? parsed : [parsed]) {
        if (isNotice(message)) {
          options.onNotice(message.params)
          continue
        }
        const known = JSONRPCMessageSchema.parse(message)
        if (id !== undefined && !('method' in known) && known.id === id) answered = true
        transport.onmessage?.(known)
      }
    } catch (error) {
      options.onGarbage(text, error instanceof SyntaxError ? 'not JSON' : `no MCP message: ${errorText(error)}`)
    }
    return answered
  }

  async function send(message: JSONRPCMessage): Promise<void> {
    const id = 'method' in message && 'id' in message ? message.id : undefined
    let answered = id === undefined
    await exchange({
      method: 'POST',
      headers: headers({ 'content-type': 'application/json', accept: 'application/json, text/event-stream' }),
      body: JSON.stringify(message),
      timeoutMs: options.callTimeoutMs,
      what: what(message),
      onHeaders,
      onMessage: (text) => {
        if (receive(text, id)) answered = true
      },
    })
    if (!answered) throw new WireError(`${wire.shown} ended its answer to ${what(message)} without one`, 0)
  }

  function openStream(): Promise<'open' | 'none'> {
    return new Promise((resolve, reject) => {
      let open = false
      const opened = () => {
        open = true
        streamLost = false
        clearTimeout(patience)
        resolve('open')
      }
      const patience = setTimeout(opened, Math.min(STREAM_OPEN_MS, options.callTimeoutMs))
      const ended = (why: string) => {
        streamLost = true
        if (!leaving) options.onStreamEnd(why)
      }
      exchange({
        method: 'GET',
        headers: headers({ accept: 'text/event-stream' }),
        timeoutMs: 2 ** 31 - 1,
        what: 'the stream',
        onHeaders,
        onOpen: opened,
        onMessage: (text) => void receive(text, undefined),
      }).then(
        () => (open ? ended('the server ended the stream') : reject(new WireError(`${wire.shown} has no stream`, 0))),
        (error: unknown) => {
          clearTimeout(patience)
          if (open) ended(errorText(error))
          else if (error instanceof WireError && error.status === 405) resolve('none')
          else reject(error)
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
    // Who has cut the stream is gone, or has let go already: not worth a connection of its own.
    if (transport.sessionId !== undefined && !streamLost) {
      const goodbye = { method: 'DELETE', headers: headers({}), timeoutMs: CLOSE_MS, what: 'the end' } as const
      const ignore = { onHeaders: () => {}, onMessage: () => {} }
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
    setProtocolVersion: (version) => {
      protocolVersion = version
    },
  }
  const cut = () => void close()
  options.signal.addEventListener('abort', cut, { once: true })
  return transport
}

/** `tools/call events_subscribe` */
function what(message: JSONRPCMessage): string {
  if (!('method' in message)) return 'an answer'
  const named = z.looseObject({ name: z.string() }).safeParse(message.params)
  return named.success && message.method === 'tools/call' ? `${message.method} ${named.data.name}` : message.method
}
