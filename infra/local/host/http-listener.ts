import { createHash, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'
import type { HttpTrigger } from './bindings.ts'
import type { Registered } from './core-api.ts'
import type { Invoke } from './invoke.ts'
import type { Listener } from './listener.ts'
import { createRouter } from './routes.ts'

/** The load balancer before every function app gives up after this long. */
const ANSWER_LIMIT_MS = 230_000
/** What the real host takes in by default; both templates set far less. */
const MAX_BODY_BYTES = 100 * 1024 * 1024
const ALL_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

const Reply = z.looseObject({
  statusCode: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  cookies: z.array(z.looseObject({ name: z.string(), value: z.string() })).nullish(),
  body: z.looseObject({ bytes: z.instanceof(Uint8Array).optional(), string: z.string().optional() }).nullish(),
})

export type HttpFunction = { readonly target: Registered; readonly binding: string; readonly trigger: HttpTrigger }
export type HttpDeps = {
  readonly port: number
  readonly host: string
  readonly routePrefix: string
  readonly functionKey: string
  /** Bytes; absent: the real host's 100 MB. */
  readonly bodyLimit?: number
  readonly invoke: Invoke
  readonly log: (level: string, message: string) => void
}

/** All HTTP functions of the app behind one port, with function keys, 401, 404 and 405. */
export async function startHttp(
  functions: readonly HttpFunction[],
  deps: HttpDeps,
): Promise<Listener & { readonly port: number }> {
  const route = createRouter(
    functions.map((each) => ({
      methods: (each.trigger.methods ?? ALL_METHODS).map((method) => method.toUpperCase()),
      template: `${deps.routePrefix}/${each.trigger.route ?? each.target.metadata.name}`,
      target: each,
    })),
  )

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', `http://${request.headers.host ?? '127.0.0.1'}`)
    if (url.pathname === '/' && request.method === 'GET') return home(response, deps)
    const found = route(request.method ?? 'GET', url.pathname)
    // No word of the methods that there are: a wrong one is no route at all.
    if (found.found !== 'match') return end(response, 404)
    const { target, binding, trigger } = found.target
    const key = url.searchParams.get('code') ?? request.headers['x-functions-key']
    if (trigger.authLevel !== 'anonymous' && !isKey(key, deps.functionKey)) return end(response, 401)
    const body = await readBody(request, deps.bodyLimit ?? MAX_BODY_BYTES)
    if (body === undefined) return end(response, 500)
    const http = {
      method: request.method,
      url: url.href,
      nullableHeaders: nullable(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      nullableQuery: nullable(joined(url.searchParams)),
      nullableParams: nullable(Object.entries(found.params)),
      ...(body.length === 0 ? {} : { body: { bytes: body } }),
    }
    const reply = Reply.parse(
      (await deps.invoke(target, { name: binding, data: { http } })).http ?? { statusCode: '204' },
    )
    const content = reply.body?.bytes ?? reply.body?.string ?? ''
    const status = Number(reply.statusCode ?? 200)
    // The real server may not write it, and fails.
    if (status === 204 && content.length > 0) throw new Error('an answer 204 has a body')
    const cookies = (reply.cookies ?? []).map(({ name, value }) => `${name}=${value}`)
    response
      .writeHead(status, { ...reply.headers, ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }) })
      .end(content)
  }

  const server = createServer((request, response) => {
    const limit = setTimeout(() => end(response, 504), ANSWER_LIMIT_MS)
    answer(request, response)
      .catch((error: unknown) => {
        deps.log('error', `${request.method} ${request.url?.split('?')[0]} failed: ${String(error)}`)
        end(response, 500)
      })
      .finally(() => clearTimeout(limit))
  })
  server.listen(deps.port, deps.host)
  await once(server, 'listening')
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : deps.port,
    stop: () => {
      server.close()
      server.closeIdleConnections()
    },
  }
}

/** How long it takes tells nothing of the key. */
function isKey(given: unknown, key: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return typeof given === 'string' && timingSafeEqual(hash(given), hash(key))
}

function end(response: ServerResponse, status: number): void {
  if (response.headersSent || response.writableEnded) return
  response.writeHead(status).end()
}

const nullable = (entries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [name, { value }]))

/** A name that comes twice has both values in one. */
function joined(query: URLSearchParams): readonly (readonly [string, string])[] {
  return [...new Set(query.keys())].map((name) => [name, query.getAll(name).join(',')])
}

/** `undefined` when it is too big. A body whose length is not told is empty, as it is behind the real host. */
async function readBody(request: IncomingMessage, most: number): Promise<Buffer | undefined> {
  const stated = request.headers['content-length']
  if (Number(stated ?? 0) > most) return undefined
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > most) return undefined
    chunks.push(bytes)
  }
  return stated === undefined ? Buffer.alloc(0) : Buffer.concat(chunks)
}

/** As the real host has a page there. A key that somebody chose is not written on it. */
function home(response: ServerResponse, { routePrefix, functionKey }: HttpDeps): void {
  const code = functionKey === 'local' ? '?code=local' : ''
  const link = (path: string, title: string) => `<li><a href="/${routePrefix}/${path}${code}">${title}</a></li>`
  const about = code === '' ? '<p>They need the function key: add <code>?code=…</code>.</p>' : ''
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' })
  response.end(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>Nightcrier</title></head><body><main><h1>Nightcrier runs here</h1><ul>${link('list', 'Incidents')}${link('board', 'Clusters')}${link('health', 'Health')}</ul>${about}</main></body></html>`,
  )
}
