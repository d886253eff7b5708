import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'

/** A context costs 10 to 28 KB and a millisecond for each connection that makes its own. */
let shared: SecureContext | undefined
function secureContext(): SecureContext {
  shared ??= createSecureContext()
  return shared
}

/** As many clusters as one file may hold; a session has two or three KB. */
const MAX_SESSIONS = 5_000
/**
 * The last TLS session with each server: half the work of a subscription is its handshakes, and a resumed one has no
 * certificates to check. undici's own memory of them lets go at the next collection.
 */
const sessions = new Map<string, Buffer>()
function remember(origin: string, session: Buffer): void {
  sessions.delete(origin)
  const [oldest] = sessions.keys()
  if (sessions.size >= MAX_SESSIONS && oldest !== undefined) sessions.delete(oldest)
  sessions.set(origin, session)
}

/** Connects to one origin. */
export function connectorTo({ protocol, origin }: URL, timeout: number): buildConnector.connector {
  if (protocol !== 'https:') return buildConnector({ timeout, allowH2: false })
  return (options, callback) => {
    const session = sessions.get(origin)
    const connect = buildConnector({
      timeout,
      allowH2: false,
      maxCachedSessions: 0,
      secureContext: secureContext(),
      ...(session === undefined ? {} : { session }),
    })
    connect(options, (...outcome) => {
      const [error, socket] = outcome
      if (error === null && socket instanceof TLSSocket) socket.on('session', (made: Buffer) => remember(origin, made))
      // What it was refused with may be the session's fault.
      else sessions.delete(origin)
      callback(...outcome)
    })
  }
}
