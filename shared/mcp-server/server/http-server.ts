import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import type { Targets } from '../targets/targets.ts'
import { jsonError } from './http-answers.ts'
import { httpGuard, isLoopback, pagesOf } from './http-guard.ts'
import { type IdentityProvider, identityTokens } from './identity-tokens.ts'
import { createKubernetesMcp, type McpOptions } from './server.ts'
import { createSessions, type SessionTimes, usualSessionTimes } from './sessions.ts'

export type HttpOptions = McpOptions & {
  /** 0: any free one. */
  readonly port?: number
  /** Loopback when absent. */
  readonly host?: string
  /** Callers must send it as a bearer token. Required when others than this machine can reach the server. */
  readonly token?: string
  /** Callers may send its tokens instead; each is then known by its subject, and reaches only its own sessions. */
  readonly identity?: IdentityProvider
  /** Further names by which callers may address this server. */
  readonly allowedHosts?: readonly string[]
  readonly sessionTimes?: Partial<SessionTimes>
}
export type RunningMcp = {
  /** Serves all clusters; `<url>/<name>` serves one as if it were alone. */
  readonly url: string
  readonly port: number
  readonly sessions: () => number
  readonly subscriptions: () => number
  /** Clusters that are being watched. */
  readonly watches: () => number
  readonly stop: () => Promise<void>
}

/** Serves MCP over HTTP with sessions, at /mcp and /mcp/<cluster>, and /healthz. */
export async function startMcpHttpServer(options: HttpOptions): Promise<RunningMcp> {
  const host = options.host ?? '127.0.0.1'
  if (!isLoopback(host) && !options.token && options.identity === undefined) {
    throw new GiveUp(
      `Listening on ${host} lets others read the clusters: give a token (--token-file) or an identity provider, or use 127.0.0.1.`,
    )
  }
  if (options.choice?.readWrite === true && !options.token && options.identity === undefined) {
    throw new GiveUp(
      'Any program on this machine could change the clusters: give a token (--token-file) or an identity provider, or serve on standard input and output.',
    )
  }
  const mcp = createKubernetesMcp(options)
  const times = { ...usualSessionTimes, ...options.sessionTimes }
  const sessions = createSessions(mcp, times)
  const guard = httpGuard({
    hosts: [host, ...(options.allowedHosts ?? [])],
    token: options.token,
    identity: options.identity === undefined ? undefined : identityTokens(options.identity, mcp.clock),
  })

  const pages = pagesOf([host, ...(options.allowedHosts ?? [])])

  async function answer(request: Request): Promise<Response> {
    return pages.asked(request) ?? pages.answered(request, await served(request))
  }
  async function served(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (pathname === '/healthz') return new Response(null, { status: 200 })
    const visitor = await guard(request)
    if (visitor instanceof Response) return visitor
    const [, room, name, ...rest] = pathname.split('/')
    if (room !== 'mcp' || rest.length > 0) return jsonError(404, 'There is nothing here. MCP is at /mcp.')
    const only = seenFrom(options.targets, name ?? '')
    if (only === 'nothing') return jsonError(404, 'There is no such cluster. MCP for all clusters is at /mcp.')
    try {
      return await sessions.handle(request, pathname, { ...visitor, only: only?.name })
    } catch (error) {
      options.log?.error({ error: errorText(error) }, 'A request failed unexpectedly')
      return jsonError(500, 'This request failed through a fault of the server.', -32603)
    }
  }

  // The wrapper would otherwise put its own Response in place of the global one.
  const server = createAdaptorServer({
    fetch: answer,
    overrideGlobalObjects: false,
    // Node's own five minutes let bodies that come byte by byte hold their connections; streams that we send are not meant.
    serverOptions: {
      requestTimeout: times.receiveMs,
      headersTimeout: times.receiveMs,
      connectionsCheckingInterval: times.receiveMs / 4,
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(new GiveUp(`Cannot listen on ${host}:${options.port}: ${errorText(error)}`)))
    server.listen(options.port ?? 0, host, () => resolve())
  })
  const stopped = new AbortController()
  void (async () => {
    while (!stopped.signal.aborted) {
      await mcp.clock.sleep(times.pingMs, stopped.signal)
      sessions.tend()
    }
  })()
  const port = portOf(server.address())
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/mcp`,
    port,
    sessions: sessions.size,
    subscriptions: sessions.subscriptions,
    watches: mcp.hub.watches,
    stop: async () => {
      stopped.abort()
      await sessions.end()
      mcp.stop()
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

function seenFrom(targets: Targets, encoded: string): { readonly name: string } | 'nothing' | undefined {
  if (encoded === '') return undefined
  try {
    return targets.find(decodeURIComponent(encoded))
  } catch {
    return 'nothing'
  }
}

const portOf = (address: AddressInfo | string | null) =>
  typeof address === 'object' && address !== null ? address.port : 0
