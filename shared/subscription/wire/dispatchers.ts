import { Client, type Dispatcher, EnvHttpProxyAgent, ProxyAgent } from 'undici'
import { environment } from '../../config/environment.ts'
import { connectorTo, type TlsIdentity } from './connector.ts'

/**
 * An idle connection for requests is closed so soon: over TLS it has 24 KB, the next request comes with the next ping, and
 * a thousand clusters that connect one after another would all have two.
 */
const IDLE_MS = 500

/** Where connections of one cluster go: `proxy` is an address, `none`, or undefined for what the environment says. */
export type Way = {
  readonly identity?: TlsIdentity | undefined
  readonly proxy?: string | undefined
  readonly connectTimeoutMs: number
}

// A silent stream is no dead stream: its life is proved by pings on the other connection.
const patient = { bodyTimeout: 0, headersTimeout: 0, allowH2: false } as const
// Servers propose longer ones.
const idle = { keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS } as const

const hasProxy = (environment: Readonly<Record<string, string | undefined>>): boolean =>
  ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY'].some((name) => (environment[name] ?? '') !== '')

/** One connection each, so that a stream, which holds its own for as long as it lasts, is in nobody's way. */
export function dispatchersTo(url: URL, { identity, proxy, connectTimeoutMs }: Way) {
  const tls = {
    ...(identity?.ca === undefined ? {} : { ca: identity.ca }),
    ...(identity?.certificate === undefined ? {} : { cert: identity.certificate }),
    ...(identity?.key === undefined ? {} : { key: identity.key }),
  }
  if (proxy !== undefined && proxy !== 'none') {
    const make = (more: object) =>
      new ProxyAgent({ ...patient, ...more, uri: proxy, requestTls: tls, connectTimeout: connectTimeoutMs })
    return { stream: () => make({}), request: () => make(idle) }
  }
  if (proxy === undefined && hasProxy(environment())) {
    const make = (more: object) => new EnvHttpProxyAgent({ ...patient, ...more, requestTls: tls, connect: tls })
    return { stream: () => make({}), request: () => make(idle) }
  }
  const connect = connectorTo(url, connectTimeoutMs, identity)
  return {
    stream: (): Dispatcher => new Client(url.origin, { ...patient, connect }),
    request: (): Dispatcher => new Client(url.origin, { ...patient, ...idle, connect }),
  }
}
