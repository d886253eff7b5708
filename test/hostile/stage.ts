import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import process from 'node:process'
import { onTestFinished } from 'vitest'
import { detectFaults } from '../../shared/faults/detect.ts'
import type { SupervisorDeps } from '../../shared/subscription/supervisor.ts'
import { crashingPod, fast, type House, house, namespaceObject } from '../shared/subscription/supervised.ts'

export type Message = {
  readonly id?: number
  readonly method?: string
  readonly params?: {
    readonly name?: string
    readonly arguments?: Record<string, string>
    readonly protocolVersion?: string
  }
}
export type Call = {
  readonly message: Message
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** The good answer, as JSON. */
  readonly good: () => unknown
  readonly json: (status: number, body: unknown, headers?: Record<string, string>) => void
  readonly result: (result: unknown) => void
  readonly error: (code: number, message: string) => void
}
export type Server = {
  readonly endpoint: string
  /** `initialize`, `tools/call resources_list Pod`, `GET`, `DELETE`, in order. */
  readonly asked: string[]
  readonly ids: Set<string>
  readonly streams: Set<ServerResponse>
  objects: readonly unknown[]
  /** On all open streams; answers to how many. */
  readonly emit: (fault: Readonly<Record<string, unknown>>, id?: string) => number
  readonly push: (message: unknown) => void
  readonly count: (what: string) => number
}
export type Twist = {
  /** Handles a POST itself, and says so by true. */
  readonly post?: (call: Call, server: Server) => boolean | undefined
  readonly get?: (request: IncomingMessage, response: ServerResponse, server: Server) => boolean | undefined
  readonly delete?: (response: ServerResponse) => boolean | undefined
  /** Before anything else. */
  readonly any?: (request: IncomingMessage, response: ServerResponse, server: Server) => boolean | undefined
  /** Where it listens. */
  readonly host?: '127.0.0.1' | '::1'
}

const tools = ['events_subscribe', 'events_unsubscribe', 'events_list_subscriptions', 'resources_list', 'resources_get']
export const toolList = (names: readonly string[] = tools) => ({
  tools: names.map((name) => ({ name, inputSchema: { type: 'object', properties: {} } })),
})
const initialized = (asked = '2025-06-18') => ({
  protocolVersion: asked === '2025-11-25' ? '2025-06-18' : asked,
  capabilities: { tools: { listChanged: true }, logging: {} },
  serverInfo: { name: 'small', version: '1' },
})

/** A good server on a port of its own, with one habit. */
export async function serverWith({
  post,
  get,
  delete: onDelete,
  any,
  host = '127.0.0.1',
}: Twist = {}): Promise<Server> {
  const asked: string[] = []
  const ids = new Set<string>()
  const streams = new Set<ServerResponse>()
  let made = 0
  const handle: RequestListener = (request, response) => {
    if (any?.(request, response, server) === true) return
    const id = String(request.headers['mcp-session-id'] ?? '')
    if (request.method === 'GET') {
      asked.push('GET')
      if (get?.(request, response, server) === true) return
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
      streams.add(response)
      response.on('close', () => streams.delete(response))
      return
    }
    if (request.method === 'DELETE') {
      asked.push('DELETE')
      ids.delete(id)
      if (onDelete?.(response) !== true) response.writeHead(204).end()
      return
    }
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      const message: Message = JSON.parse(body)
      const { method = 'answer', params } = message
      asked.push([method, params?.name, params?.arguments?.kind].filter(Boolean).join(' '))
      const json = (status: number, value: unknown, headers = {}) =>
        void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value))
      const result = (value: unknown) => json(200, { jsonrpc: '2.0', id: message.id, result: value })
      const error = (code: number, text: string) =>
        json(200, { jsonrpc: '2.0', id: message.id, error: { code, message: text } })
      const call: Call = { message, request, response, json, result, error, good: () => good(call, id) }
      if (post?.(call, server) !== true) call.good()
    })
  }

  function good({ message, response, result, error }: Call, session: string): unknown {
    if (message.id === undefined || message.method === undefined) return response.writeHead(202).end()
    switch (message.method) {
      case 'initialize': {
        made += 1
        ids.add(`s${made}`)
        response.setHeader('mcp-session-id', `s${made}`)
        return result(initialized(message.params?.protocolVersion))
      }
      case 'tools/list':
        return result(toolList())
      case 'tools/call':
        return answerTool(message, session, result)
      case 'ping':
      case 'logging/setLevel':
        return result({})
      default:
        return error(-32_601, `no ${message.method}`)
    }
  }

  function answerTool({ params }: Message, session: string, result: (value: unknown) => void): unknown {
    const text = (value: unknown) =>
      result({ content: [{ type: 'text', text: JSON.stringify(value) }], structuredContent: value })
    if (params?.name === 'events_subscribe') return text({ subscriptionId: `sub-${session}`, cluster: 'ctx' })
    if (params?.name === 'events_list_subscriptions')
      return text({ subscriptions: [{ subscriptionId: `sub-${session}` }] })
    const { kind, apiVersion } = params?.arguments ?? {}
    const isOf = (one: unknown) => {
      const { kind: of, apiVersion: version } = one as { kind: string; apiVersion: string }
      return of === kind && version === apiVersion
    }
    return text({ items: server.objects.filter(isOf) })
  }

  const http = createServer(handle)
  await new Promise<void>((resolve) => http.listen(0, host, resolve))
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const push = (message: unknown) => {
    for (const stream of streams) stream.write(`data: ${JSON.stringify(message)}\n\n`)
  }
  const server: Server = {
    endpoint: `http://${host === '::1' ? '[::1]' : host}:${port}/mcp`,
    ...{ asked, ids, streams, push },
    objects: [crashingPod('web-1'), namespaceObject('shop')],
    emit: (data, id = `sub-${[...ids].at(-1)}`) => {
      const params = { level: 'warning', logger: 'kubernetes/faults', data: { subscriptionId: id, ...data } }
      push({ jsonrpc: '2.0', method: 'notifications/message', params })
      return streams.size
    },
    count: (what) => asked.filter((one) => one.startsWith(what)).length,
  }
  return server
}

/** `npm run hostile` runs everything in the product's own times. */
const isFull = process.env.HOSTILE_TIMES === 'full'
/** What takes a minute in the product takes three seconds here. */
export const LONGER = isFull ? 20 : 1
/** Of a call's time, which is shortened by less. */
export const ofCall = (ms: number) => ms * (isFull ? 10 : 1)
const short = { pingMs: 1_200, checkMs: 3_000, closeMs: 3_000, proveMs: 3_000, climbMs: 3_000 }
export const times = isFull ? {} : short
const settings = isFull
  ? {
      SUPERVISOR_WINDOW_SECONDS: 3_600,
      LEASE_SECONDS: 60,
      RECONCILE_SECONDS: 300,
      MCP_CALL_TIMEOUT_SECONDS: 15,
      RECONNECT_INITIAL_SECONDS: 1,
      RECONNECT_MAX_SECONDS: 60,
    }
  : {
      LEASE_SECONDS: 5,
      RECONCILE_SECONDS: 15,
      MCP_CALL_TIMEOUT_SECONDS: 1.5,
      RECONNECT_INITIAL_SECONDS: 0.05,
      RECONNECT_MAX_SECONDS: 3,
    }

export const watching = { detect: detectFaults, times, settings: { ...fast, ...settings } }

/** A supervisor that watches this one cluster, called `east`. */
export const watched = (server: Pick<Server, 'endpoint'>, mcp: object = {}): Promise<House> =>
  watchedAll([{ name: 'east', mcp: { endpoint: server.endpoint, ...mcp } }])

export async function watchedAll(clusters: readonly unknown[], more: Partial<SupervisorDeps> = {}): Promise<House> {
  const home = await house()
  home.configure(clusters)
  home.supervise('supervisor-1', { ...watching, ...more })
  return home
}
