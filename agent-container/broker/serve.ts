import { createHash, timingSafeEqual } from 'node:crypto'
import { createAdaptorServer } from '@hono/node-server'
import { refusal } from '../gateway/refusal.ts'

export type Routes = {
  readonly mcp: (request: Request) => Promise<Response>
  readonly model: (room: string, path: string, text: string, caller: AbortSignal, headers: Headers) => Promise<Response>
  readonly incident: () => Response
  readonly verdict: (text: string) => Response
  readonly end: (text: string) => Response
}
export type Served = {
  readonly port: number
  readonly lastReceived: () => number | undefined
  readonly busy: () => number
  readonly stop: () => Promise<void>
}

/** A conversation of a hundred turns is below this. */
const MAX_BODY = 8 * 1024 * 1024
const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/**
 * The broker's door, on this machine only. Each request shows the incident's token, by whichever header the caller's
 * library has for keys; it is worth nothing once `dead` aborts.
 */
export async function serve(
  routes: Routes,
  {
    port,
    token,
    dead,
    now,
  }: { readonly port: number; readonly token: string; readonly dead: AbortSignal; readonly now: () => number },
): Promise<Served> {
  const expected = digest(token)
  let received: number | undefined
  let busy = 0

  async function answer(request: Request): Promise<Response> {
    // A page in somebody's browser may resolve a name of its own to this machine; the agent is no page.
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.get('host') ?? '') || request.headers.has('origin'))
      return refusal(403, 'Only the agent is answered here.')
    if (dead.aborted) return refusal(403, 'The time of this incident is over, and its token with it.')
    const given = tokenOf(request)
    if (given === undefined || !timingSafeEqual(digest(given), expected))
      return refusal(401, 'The token of this incident is required.')
    received = now()
    const path = new URL(request.url).pathname.slice(1)
    if (path === 'mcp') return routes.mcp(request)
    if (path === 'incident' && request.method === 'GET') return routes.incident()
    if (request.method !== 'POST') return refusal(405, 'This is answered to POST only.')
    const body = await textWithin(request)
    if (body === undefined) return refusal(413, 'The request is too large.')
    if (path === 'alive') return Response.json({})
    if (path === 'verdict') return routes.verdict(body)
    if (path === 'end') return routes.end(body)
    const [, room, rest] = /^model\/([a-z]+)\/(.+)$/.exec(path) ?? []
    if (room === undefined || rest === undefined) return refusal(404, 'There is nothing here.')
    return routes.model(room, rest, body, request.signal, request.headers)
  }

  const server = createAdaptorServer({
    overrideGlobalObjects: false,
    fetch: async (request) => {
      busy++
      try {
        return await answer(request)
      } finally {
        busy--
      }
    },
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    lastReceived: () => received,
    busy: () => busy,
    stop: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}

/** Anthropic's, Google's, Azure's and everybody else's way to show a key. */
function tokenOf({ headers }: Request): string | undefined {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
  return bearer ?? headers.get('x-api-key') ?? headers.get('x-goog-api-key') ?? headers.get('api-key') ?? undefined
}

async function textWithin(request: Request): Promise<string | undefined> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > MAX_BODY) return undefined
    parts.push(chunk)
  }
  return Buffer.concat(parts).toString('utf8')
}
