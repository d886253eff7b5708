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
/** Far above anything the app takes; keeps a stray upload from filling memory. */
const MAX_BODY_BYTES = 10 * 1024 * 1024
const ALL_METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']

const Reply = z.looseObject({
  statusCode: z.string().optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.looseObject({ bytes: z.instanceof(Uint8Array).optional(), string: z.string().optional() }).nullish(),
})

export type HttpFunction = { readonly target: Registered; readonly binding: string; readonly trigger: HttpTrigger }
export type HttpDeps = {
  readonly port: number
  readonly routePrefix: string
  readonly functionKey: string
  readonly invoke: Invoke
  readonly log: (level: string, message: string) => void
}

/** All HTTP functions of the app behind one loopback port, with function keys, 401, 404 and 405. */
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
    const found = route(request.method ?? 'GET', url.pathname)
    if (found.found === 'none') return end(response, 404)
    if (found.found === 'method') return end(response, 405, { allow: found.allowed.join(', ') })
    const { target, binding, trigger } = found.target
    const key = url.searchParams.get('code') ?? request.headers['x-functions-key']
    if (trigger.authLevel !== 'anonymous' && key !== deps.functionKey) return end(response, 401)
    const body = await readBody(request)
    if (body === undefined) return end(response, 413)
    const http = {
      method: request.method,
      url: url.href,
      nullableHeaders: nullable(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      nullableQuery: nullable([...url.searchParams]),
      nullableParams: nullable(Object.entries(found.params)),
      ...(body.length === 0 ? {} : { body: { bytes: body } }),
    }
    const reply = Reply.parse(
      (await deps.invoke(target, { name: binding, data: { http } })).http ?? { statusCode: '204' },
    )
    const content = reply.body?.bytes ?? reply.body?.string ?? ''
    response.writeHead(Number(reply.statusCode ?? 200), reply.headers).end(content)
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
  server.listen(deps.port, '127.0.0.1')
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

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  if (response.headersSent || response.writableEnded) return
  response.writeHead(status, headers).end()
}

const nullable = (entries: readonly (readonly [string, string])[]) =>
  Object.fromEntries(entries.map(([name, value]) => [name, { value }]))

/** `undefined` when it is too big. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > MAX_BODY_BYTES) return undefined
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}
