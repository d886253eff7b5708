import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls'
import { buildConnector } from 'undici'
import { lookup } from './lookup.ts'

/** What a cluster's server is checked with, and what we show it: PEM texts. */
export type TlsIdentity = {
  readonly ca?: string | undefined
  readonly certificate?: string | undefined
  readonly key?: string | undefined
}

/** As many clusters as one file may hold; a session has two or three KB. */
const MAX_SESSIONS = 5_000
/** Most have none of their own; each has 10 to 28 KB. */
const MAX_CONTEXTS = 200
/**
 * One attempt on one of several addresses. Node's own 250 ms are too short for a far region, and then every attempt
 * fails; an address that cannot be reached costs this much once.
 */
const ATTEMPT_MS = 2_000

/** A context costs 10 to 28 KB and a millisecond for each connection that makes its own. */
const contexts = new Map<string, SecureContext>()
function secureContext({ ca, certificate, key }: TlsIdentity): SecureContext {
  const name = [ca, certificate, key].join('\0')
  const known = contexts.get(name)
  if (known !== undefined) return known
  const made = createSecureContext({
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate }),
    ...(key === undefined ? {} : { key }),
  })
  const [oldest] = contexts.keys()
  if (contexts.size >= MAX_CONTEXTS && oldest !== undefined) contexts.delete(oldest)
  contexts.set(name, made)
  return made
}

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

const attempts = { autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS, lookup }
const anonymous: TlsIdentity = {}

/** Connects to one origin. */
export function connectorTo(
  { protocol, origin }: URL,
  timeout: number,
  identity: TlsIdentity = anonymous,
): buildConnector.connector {
  if (protocol !== 'https:') return buildConnector({ ...attempts, timeout, allowH2: false })
  const own = identity.ca !== undefined || identity.certificate !== undefined
  return (options, callback) => {
    // A session made under another identity must not vouch for this one.
    const session = own ? undefined : sessions.get(origin)
    let connect: buildConnector.connector
    try {
      connect = buildConnector({
        ...attempts,
        timeout,
        allowH2: false,
        maxCachedSessions: 0,
        secureContext: secureContext(identity),
        ...(session === undefined ? {} : { session }),
      })
    } catch (cause) {
      callback(
        new Error('mcp.ca, mcp.client_certificate or mcp.client_key is no PEM text of its kind', { cause }),
        null,
      )
      return
    }
    connect(options, (...outcome) => {
      const [error, socket] = outcome
      if (error === null && socket instanceof TLSSocket && !own)
        socket.on('session', (made: Buffer) => remember(origin, made))
      // What it was refused with may be the session's fault.
      else sessions.delete(origin)
      callback(...outcome)
    })
  }
}
