import { createHash, timingSafeEqual } from 'node:crypto'
import { jsonError } from './http-answers.ts'
import type { Caller, TokenCheck } from './identity-tokens.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
export const isLoopback = (host: string): boolean => loopback.has(host) || host === '::1'

const digest = (text: string) => createHash('sha256').update(text).digest()

const allowed = {
  'access-control-allow-methods': 'GET, POST, DELETE, OPTIONS',
  'access-control-allow-headers':
    'Content-Type, Accept, Authorization, Mcp-Session-Id, Mcp-Protocol-Version, Last-Event-ID',
  'access-control-max-age': '600',
}
/** What a page may read of an answer beside its body. */
const exposed = 'Mcp-Session-Id, WWW-Authenticate, Retry-After'

/**
 * Clients that run in a browser: a page of this machine, or of a name that this server was told to answer to, is told by
 * the browser's own rules (CORS) that it may ask. What it may see is decided after that, as for everybody.
 */
export function pagesOf(names: readonly string[]) {
  const hosts = new Set([...loopback, ...names])
  const ofPage = (request: Request): string | undefined => {
    const origin = request.headers.get('origin')
    const host = hostName(request.headers.get('host'))
    if (origin === null || host === undefined || !hosts.has(host)) return undefined
    return hosts.has(originHost(origin)) ? origin : undefined
  }
  return {
    /** The question that a browser asks before; it carries no token. */
    asked: (request: Request): Response | undefined => {
      if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined
      const origin = ofPage(request)
      if (origin === undefined) return undefined
      return new Response(null, { status: 204, headers: { ...allowed, ...answerTo(origin) } })
    },
    answered: (request: Request, response: Response): Response => {
      const origin = ofPage(request)
      if (origin === undefined) return response
      const headers = new Headers(response.headers)
      for (const [name, value] of Object.entries(answerTo(origin))) headers.set(name, value)
      const { status, statusText } = response
      return new Response(response.body, { status, statusText, headers })
    },
  }
}
const answerTo = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': exposed,
  vary: 'Origin',
})

/**
 * Who may come in: the Host header must name this server (a page in somebody's browser may resolve its own name to
 * 127.0.0.1), a page's Origin must be this machine's, and with a token or an identity provider the caller must show
 * one. Answers who it is, or the refusal.
 */
export function httpGuard(options: {
  readonly hosts: readonly string[]
  readonly token: string | undefined
  readonly identity?: TokenCheck | undefined
}): (request: Request) => Promise<Response | Caller> {
  const hosts = new Set([...loopback, ...options.hosts])
  const expected = options.token === undefined ? undefined : digest(options.token)
  const { identity } = options
  return async (request) => {
    const host = hostName(request.headers.get('host'))
    if (host === undefined || !hosts.has(host)) return jsonError(403, notServed(request.headers.get('host')))
    const origin = request.headers.get('origin')
    if (origin !== null && !hosts.has(originHost(origin))) return jsonError(403, 'This Origin may not call here.')
    if (expected === undefined && identity === undefined) return { caller: 'local' }
    const given = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
    if (given === undefined) return refused('A bearer token is required.', 'Bearer')
    if (expected !== undefined && timingSafeEqual(digest(given), expected)) return { caller: 'token' }
    const found = (await identity?.(given)) ?? 'invalid'
    if (found === 'unavailable')
      return jsonError(503, 'The identity provider cannot be asked just now. Try again.', -32000, {
        'retry-after': '5',
      })
    if (found === 'invalid') return refused('This token is not accepted here.', 'Bearer error="invalid_token"')
    if (found === 'expired')
      return refused('This token has run out.', 'Bearer error="invalid_token", error_description="it has run out"')
    return found
  }
}

/** Whoever stands in front of the server reads it, and can do something about it. */
function notServed(host: string | null): string {
  const shown = /^[\w.:[\]-]{1,253}$/.exec(host ?? '')?.[0]
  return `This Host is not served here${shown === undefined ? '' : `: ${shown}`}. If it is a name of this server, start it with --allowed-host.`
}
const refused = (message: string, challenge: string) =>
  jsonError(401, message, -32000, { 'www-authenticate': challenge })
const hostName = (header: string | null) => /^(\[[^\]]+\]|[^:]+)(:\d+)?$/.exec(header ?? '')?.[1]?.toLowerCase()
const originHost = (origin: string) => (URL.canParse(origin) ? new URL(origin).hostname : '')
