import { TLSSocket } from 'node:tls'
import type { buildConnector, Dispatcher } from 'undici'
import { environment } from '../config/environment.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ServingCertificate } from './cluster-api.ts'
import { credentialOf, type RequestHeaders } from './credential.ts'
import type { Kubeconfig } from './kubeconfig.ts'
import { type ProxyChoice, proxyTo } from './proxy.ts'
import { servingCertificate } from './serving-certificate.ts'

type HttpClient = typeof import('./http-client.ts').httpClient

export type Connections = {
  readonly proxy: ProxyChoice | undefined
  /** As the last handshake without a proxy between showed it. */
  readonly serving: () => ServingCertificate | undefined
  /** Where requests go now, and as whom. */
  readonly use: (signal: AbortSignal) => Promise<{
    /** One for each of `pools`. */
    readonly pools: readonly Dispatcher[]
    readonly headers: RequestHeaders
    /** What to do on a 401: true when asking again may help. */
    readonly refused: () => boolean
  }>
  readonly close: () => Promise<void>
}

/** Connections to one API. A login that brings another certificate brings connections of its own. */
export function openConnections(
  kubeconfig: Kubeconfig,
  how: {
    readonly timeoutMs: number
    /** Of each pool the number of connections; null: as many as are asked for. */
    readonly pools: readonly (number | null)[]
    readonly guard: Dispatcher.DispatcherComposeInterceptor
    readonly clock: Clock
  },
): Connections {
  const set = environment()
  const proxy = proxyTo(kubeconfig.server, kubeconfig.proxy, set)
  const credential = credentialOf(kubeconfig, how.clock, set)
  const all = new Set<Dispatcher>()
  let serving: ServingCertificate | undefined
  const note = (socket: TLSSocket) => {
    const shown = socket.getPeerX509Certificate()
    if (shown !== undefined) serving = servingCertificate(shown) ?? serving
  }
  let open:
    | { readonly id: string; readonly bare: readonly Dispatcher[]; readonly pools: readonly Dispatcher[] }
    | undefined

  async function poolsFor(id: string, tls: buildConnector.BuildOptions): Promise<readonly Dispatcher[]> {
    // Half of what a start would load, and nobody waits for it before the first call.
    const { httpClient } = await import('./http-client.ts')
    if (open?.id === id) return open.pools
    // What runs on the old ones ends in peace.
    for (const old of open?.bare ?? [])
      void old
        .close()
        .catch(() => undefined)
        .finally(() => all.delete(old))
    const bare = how.pools.map((connections) =>
      dispatcherTo(httpClient, proxy, { ...tls, timeout: how.timeoutMs }, connections, note),
    )
    for (const one of bare) all.add(one)
    open = { id, bare, pools: bare.map((one) => one.compose(how.guard)) }
    return open.pools
  }
  return {
    proxy,
    serving: () => serving,
    use: async (signal) => {
      const login = await credential.login(signal)
      return {
        pools: await poolsFor(login.id, login.tls),
        headers: login.headers,
        refused: () => credential.refused(login),
      }
    },
    close: async () => {
      credential.close()
      await Promise.all([...all].map((one) => one.destroy()))
    },
  }
}

function dispatcherTo(
  { Agent, ProxyAgent, Socks5ProxyAgent, buildConnector: connector }: HttpClient,
  proxy: ProxyChoice | undefined,
  tls: buildConnector.BuildOptions,
  connections: number | null,
  note: (socket: TLSSocket) => void,
): Dispatcher {
  // HTTP/1.1 on purpose: one stuck stream must not hold up the others on its connection.
  const common = { connections, allowH2: false, keepAliveTimeout: 30_000 }
  if (proxy === undefined) return new Agent({ ...common, connect: noting(connector({ ...tls, allowH2: false }), note) })
  if (proxy.url.startsWith('socks5:')) return new Socks5ProxyAgent(proxy.url, { ...common, requestTls: tls })
  return new ProxyAgent({ ...common, uri: proxy.url, requestTls: tls })
}

/** The same connection; whoever answers is looked at once it stands. */
function noting(connect: buildConnector.connector, note: (socket: TLSSocket) => void): buildConnector.connector {
  return (options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result
      if (socket instanceof TLSSocket) note(socket)
      callback(...result)
    })
}
