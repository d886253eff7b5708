import { createHash, timingSafeEqual } from 'node:crypto'
import { jsonError } from './http-answers.ts'

const loopback = new Set(['localhost', '127.0.0.1', '[::1]'])
export const isLoopback = (host: string): boolean => loopback.has(host) || host === '::1'

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Who may come in: the Host header must name this server (a page in somebody's browser may resolve its own name to
 * 127.0.0.1), a page's Origin must be this machine's, and with a token the caller must have it.
 */
export function httpGuard(options: {
  readonly hosts: readonly string[]
  readonly token: string | undefined
}): (request: Request) => Response | undefined {
  const hosts = new Set([...loopback, ...options.hosts])
  const expected = options.token === undefined ? undefined : digest(options.token)
  return (request) => {
    const host = hostName(request.headers.get('host'))
    if (host === undefined || !hosts.has(host)) return jsonError(403, 'This Host is not served here.')
    const origin = request.headers.get('origin')
    if (origin !== null && !hosts.has(originHost(origin))) return jsonError(403, 'This Origin may not call here.')
    if (expected === undefined) return undefined
    const given = /^Bearer +(.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
    if (timingSafeEqual(digest(given), expected)) return undefined
    return jsonError(401, 'A bearer token is required.', -32000, { 'www-authenticate': 'Bearer' })
  }
}

const hostName = (header: string | null) => /^(\[[^\]]+\]|[^:]+)(:\d+)?$/.exec(header ?? '')?.[1]?.toLowerCase()
const originHost = (origin: string) => (URL.canParse(origin) ? new URL(origin).hostname : '')
