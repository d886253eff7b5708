import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Duplex } from 'node:stream'
import { stringify } from 'yaml'
import { AccessRule, isAllowed } from './access.ts'
import { loopbackCertificate } from './certificate.ts'
import { type Program, runExec } from './exec.ts'
import type { Logs } from './logs.ts'
import { parseObjects, unfold } from './objects.ts'
import { readProtobufReview } from './protobuf-review.ts'
import { answer, type Cluster } from './request.ts'
import { readScenario, type Scenario, shifted, shiftObjects } from './scenario.ts'
import { shiftBetween } from './shift-time.ts'
import { Refusal, refuse, statusBody } from './status.ts'
import { createStore, type Ref } from './store.ts'
import { startWatch, type Watch } from './watching.ts'

export type SimulatorOptions = {
  /** A scenario's folder, or … */
  readonly folder?: string
  /** … one that was read already, or … */
  readonly read?: Scenario
  /** … objects, as values or as YAML. */
  readonly objects?: readonly unknown[] | string
  readonly logs?: Readonly<Record<string, string>>
  readonly access?: readonly unknown[]
  readonly port?: number
  /** The present to which the picture's times are moved. */
  readonly now?: Date
  readonly kubernetes?: string
  readonly protocol?: 'https' | 'http'
  /** The path below which the API lies, as behind Rancher: `/k8s/clusters/c-abc`. */
  readonly prefix?: string
  /** An API server sends one about every minute. */
  readonly bookmarkMilliseconds?: number
  readonly name?: string
  /** Takes writes and runs commands; without it the cluster is a picture. */
  readonly writable?: boolean | { readonly exec: Program }
}
type Call = { readonly method: string; readonly path: string; readonly status: number }

export type Simulator = {
  readonly url: string
  readonly kubeconfig: string
  readonly token: string
  /** PEM of the certificate that signs itself. */
  readonly certificate: string
  readonly scenario: Scenario | undefined
  /** Every request, its query included, in the order in which they were answered. */
  readonly calls: readonly Call[]
  /** Puts objects there, new or in place of old ones; the times in them stay. */
  readonly apply: (objects: unknown) => void
  readonly remove: (ref: Ref) => boolean
  /** Time begins for changes.yaml; resolves when the last change is made, or the simulator stops. */
  readonly startChanges: () => Promise<void>
  /** Accepts connections and requests, and answers none, until `resume`. */
  readonly pause: () => void
  /** Requests that wait for `resume`. */
  readonly paused: () => number
  readonly resume: () => void
  /** The next `times` requests get this status (a `Status` object), with `Retry-After` when given. */
  readonly failNext: (times: number, status: number, retryAfterSeconds?: number) => void
  /** Cuts every connection, watches in the middle of a line included. */
  readonly drop: () => void
  /** Forgets the history: watches from older versions get 410, and so do lists that continue. */
  readonly compact: () => void
  /** Ends open watches with an ERROR event that says 410. */
  readonly expireWatches: () => void
  readonly stop: () => Promise<void>
}

const TOKEN = 'simulator-token-5f0c1d9e7a3b4c62'
/** A review has a few hundred bytes, a manifest some thousand. */
const MAX_BODY = 64 * 1024

/** Serves one cluster's picture as a Kubernetes API on loopback. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const present = options.now ?? new Date()
  const read = options.read ?? (options.folder === undefined ? undefined : readScenario(options.folder))
  const scenario = read === undefined ? undefined : shifted(read, present)
  const written =
    typeof options.objects === 'string' ? parseObjects(options.objects, 'objects') : unfold(options.objects, 'objects')
  const store = createStore([...(scenario?.objects ?? []), ...written], present)
  const logs: Logs = new Map([...(scenario?.logs ?? []), ...Object.entries(options.logs ?? {})])
  const cluster: Cluster = {
    store,
    logs,
    access: [
      ...(scenario?.access ?? []),
      ...(options.access ?? []),
      ...(options.writable ? [{ allow: true }] : []),
    ].map((rule) => AccessRule.parse(rule)),
    kubernetes: options.kubernetes ?? scenario?.kubernetes ?? 'v1.33.4',
    applied: options.writable ? new Map() : undefined,
  }
  const calls: Call[] = []
  const watches = new Set<Watch>()
  const timers = new Set<NodeJS.Timeout>()
  const prefix = (options.prefix ?? '').replace(/\/$/, '')
  let held: (() => void)[] | undefined
  let failures = { times: 0, status: 500, retryAfter: 0 }

  function serve(request: IncomingMessage, response: ServerResponse, body: unknown) {
    const target = new URL(request.url ?? '/', 'http://loopback')
    const method = request.method ?? 'GET'
    const note = (status: number) => calls.push({ method, path: `${target.pathname}${target.search}`, status })
    const send = (status: number, value: object, headers: Record<string, string> = {}) => {
      note(status)
      response.writeHead(status, { 'content-type': 'application/json', ...headers })
      response.end(JSON.stringify(value))
    }
    try {
      if (failures.times > 0) {
        failures = { ...failures, times: failures.times - 1 }
        const headers: Record<string, string> =
          failures.retryAfter > 0 ? { 'retry-after': String(failures.retryAfter) } : {}
        const reason = failures.status === 429 ? 'TooManyRequests' : 'InternalError'
        const refusal = refuse(failures.status, reason, 'the simulator was told to fail')
        send(refusal.code, statusBody(refusal), headers)
        return
      }
      if (request.headers.authorization !== `Bearer ${TOKEN}`) throw refuse(401, 'Unauthorized', 'Unauthorized')
      if (!target.pathname.startsWith(prefix)) throw refuse(404, 'NotFound', '404 page not found')
      const path = target.pathname.slice(prefix.length)
      const accept = request.headers.accept ?? ''
      const type = request.headers['content-type'] ?? ''
      const result = answer(cluster, { method, path, query: target.searchParams, accept, type, body })
      if (result.type === 'json') return send(result.status, result.body)
      if (result.type === 'text') {
        note(200)
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.end(result.text)
        return
      }
      const output = {
        write: (line: string) => {
          if (!response.headersSent) {
            response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
            note(200)
          }
          response.write(line)
        },
        end: () => response.end(),
      }
      const watch = startWatch(
        store,
        result.target,
        target.searchParams,
        output,
        options.bookmarkMilliseconds ?? 60_000,
      )
      if (!response.headersSent) {
        note(200)
        response.writeHead(200, { 'content-type': 'application/json' })
        response.flushHeaders()
      }
      watches.add(watch)
      response.on('close', () => {
        watch.end()
        watches.delete(watch)
      })
    } catch (error) {
      const refusal =
        error instanceof Refusal ? error : refuse(500, 'InternalError', error instanceof Error ? error.message : '')
      send(refusal.code, statusBody(refusal))
    }
  }

  function receive(request: IncomingMessage, response: ServerResponse) {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= MAX_BODY) chunks.push(chunk)
      else request.destroy()
    })
    request.on('end', () => {
      const proceed = () => serve(request, response, readBody(chunks))
      if (held === undefined) proceed()
      else held.push(proceed)
    })
    request.on('error', () => response.destroy())
  }

  function upgrade(request: IncomingMessage, socket: Duplex) {
    const target = new URL(request.url ?? '/', 'http://loopback')
    const note = (status: number) => calls.push({ method: 'EXEC', path: `${target.pathname}${target.search}`, status })
    const path = target.pathname.startsWith(prefix) ? target.pathname.slice(prefix.length) : ''
    const [, namespace = '', pod = ''] = /^\/api\/v1\/namespaces\/([^/]+)\/pods\/([^/]+)\/exec$/.exec(path) ?? []
    const at = { verb: 'create', group: '', resource: 'pods/exec', namespace, name: pod }
    const { writable } = options
    const allowed = request.headers.authorization === `Bearer ${TOKEN}` && isAllowed(cluster.access, at)
    const known = store.get('/Pod', namespace, pod) !== undefined
    if (typeof writable !== 'object' || !allowed || !known) {
      const status = !allowed ? 403 : 404
      note(status)
      socket.end(`HTTP/1.1 ${status} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
      return
    }
    note(101)
    const container = target.searchParams.get('container') ?? ''
    const command = target.searchParams.getAll('command')
    runExec(socket, request.headers['sec-websocket-key'] ?? '', writable.exec({ namespace, pod, container, command }))
  }

  const pems = await loopbackCertificate()
  const secure = (options.protocol ?? 'https') === 'https'
  const server = secure ? createHttps({ key: pems.private, cert: pems.cert }, receive) : createHttp(receive)
  server.on('upgrade', (request, socket) => {
    if (held === undefined) upgrade(request, socket)
    else held.push(() => upgrade(request, socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const url = `${secure ? 'https' : 'http'}://127.0.0.1:${port}${prefix}`
  let stopped: () => void = () => undefined
  const stopping = new Promise<void>((resolve) => {
    stopped = resolve
  })

  return {
    url,
    token: TOKEN,
    certificate: pems.cert,
    kubeconfig: kubeconfigOf(options.name ?? scenario?.name ?? 'simulator', url, secure ? pems.cert : undefined),
    scenario,
    calls,
    apply: (objects) =>
      store.apply(typeof objects === 'string' ? parseObjects(objects, 'apply') : unfold(objects, 'apply')),
    remove: store.remove,
    startChanges() {
      const changes = scenario?.changes ?? []
      const shift = shiftBetween(scenario?.pictureNow ?? present, new Date())
      const done = changes.map(
        (change) =>
          new Promise<void>((resolve) => {
            const timer = setTimeout(() => {
              timers.delete(timer)
              store.apply(shiftObjects(change.apply, shift))
              for (const ref of change.remove) store.remove(ref)
              resolve()
            }, change.at)
            timers.add(timer)
          }),
      )
      return Promise.race([stopping, Promise.all(done).then(() => undefined)])
    },
    pause() {
      held ??= []
    },
    paused: () => held?.length ?? 0,
    resume() {
      const waiting = held ?? []
      held = undefined
      for (const proceed of waiting) proceed()
    },
    failNext(times, status, retryAfterSeconds = 0) {
      failures = { times, status, retryAfter: retryAfterSeconds }
    },
    drop: () => server.closeAllConnections(),
    compact: store.compact,
    expireWatches() {
      for (const watch of watches) watch.expire()
    },
    async stop() {
      stopped()
      for (const timer of timers) clearTimeout(timer)
      for (const watch of watches) watch.end()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function readBody(chunks: readonly Buffer[]): unknown {
  if (chunks.length === 0) return undefined
  const body = Buffer.concat(chunks)
  const review = readProtobufReview(body)
  if (review !== undefined) return review
  try {
    return JSON.parse(body.toString())
  } catch {
    return undefined
  }
}

function kubeconfigOf(name: string, server: string, certificate: string | undefined): string {
  const trust =
    certificate === undefined
      ? { 'insecure-skip-tls-verify': true }
      : { 'certificate-authority-data': Buffer.from(certificate).toString('base64') }
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, ...trust } }],
    users: [{ name: 'triage', user: { token: TOKEN } }],
    contexts: [{ name, context: { cluster: name, user: 'triage' } }],
    'current-context': name,
  })
}
