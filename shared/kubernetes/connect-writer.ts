import type { Dispatcher } from 'undici'
import type { KubeObject } from '../faults/kube-object.ts'
import { systemClock } from '../runtime/clock.ts'
import { notReached, refusedBy } from './api-failure.ts'
import { ClusterApiError } from './cluster-api.ts'
import type { ClusterWriter, WriteOptions } from './cluster-writer.ts'
import { type ConnectedCluster, type ConnectOptions, connectCluster } from './connect.ts'
import { openConnections } from './connections.ts'
import type { RequestHeaders } from './credential.ts'
import { exactText, parseExact } from './exact-json.ts'
import { execOver } from './exec-socket.ts'
import { readKubeconfig } from './kubeconfig.ts'
import { toObject } from './objects.ts'
import { queryText, resourcePath } from './paths.ts'
import { readBody } from './transport.ts'
import { writeOnly } from './write-guard.ts'

export type WritableCluster = ConnectedCluster & { readonly write: ClusterWriter }

const MANAGER = 'nightcrier-mcp'
const CALL_TIMEOUT_MS = 10_000
/** One object; etcd takes at most 1.5 MiB. */
const MAX_ANSWER_BYTES = 2 * 1024 * 1024

/**
 * Reads as `connectCluster` does, through the same guard, and changes through another. Only the program that was told to
 * write may import this file (test/architecture.test.ts).
 */
export function connectWriter(text: string | undefined, options: ConnectOptions = {}): WritableCluster {
  const cluster = connectCluster(text, options)
  const kubeconfig = readKubeconfig(text, options.where ?? 'kubeconfig', options)
  const { server } = cluster
  const { origin, pathname } = new URL(server)
  const prefix = pathname === '/' ? '' : pathname
  const timeoutMs = options.timeoutMs ?? CALL_TIMEOUT_MS
  const connections = openConnections(kubeconfig, {
    timeoutMs,
    pools: [null],
    guard: writeOnly(server),
    clock: options.clock ?? systemClock,
  })
  const open = async (signal: AbortSignal) => {
    const { pools, headers } = await connections.use(signal)
    const [calls] = pools
    if (calls === undefined) throw new Error('there is one pool')
    return { calls, headers }
  }

  async function send(
    method: 'PATCH' | 'POST' | 'DELETE',
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    signal: AbortSignal,
    body?: { readonly type: string; readonly value: unknown; readonly secret?: boolean },
  ): Promise<unknown> {
    const what = `${method} ${path}`
    const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const { calls, headers: whose } = await open(until)
    try {
      const response = await calls.request({
        origin,
        path: `${prefix}${path}${queryText(query)}`,
        method,
        headers: {
          ...whose,
          accept: 'application/json',
          'user-agent': MANAGER,
          ...(body === undefined ? {} : { 'content-type': body.type }),
        },
        body: body === undefined ? null : exactText(body.value),
        signal: until,
      })
      const answer = (await readBody(response.body, MAX_ANSWER_BYTES)).bytes.toString('utf8')
      const { statusCode, headers } = response
      if (statusCode >= 200 && statusCode < 300) return parsed(answer)
      // The API server repeats in its message what it does not like.
      const stated = body?.secret === true ? withoutMessage(answer) : answer
      throw refusedBy(server, what, statusCode, String(headers['content-type'] ?? ''), stated)
    } catch (error) {
      throw uncertain(notReached(server, what, error, timeoutMs, signal.aborted, connections.proxy))
    }
  }
  const dry = ({ dryRun }: WriteOptions) => (dryRun ? { dryRun: 'All' } : {})
  function objectFrom(value: unknown, sent: KubeObject): KubeObject {
    const object = toObject(value, sent)
    if (object !== undefined) return object
    throw new ClusterApiError(
      `${server} took ${sent.kind} ${sent.metadata.name}, and answered strangely.`,
      502,
      'Strange',
    )
  }

  const write: ClusterWriter = {
    place: cluster.place,
    // It has no rails of its own: they stand around it.
    mayApply: () => {},
    async apply(object, namespace, how) {
      const place = await cluster.place(object, how.signal)
      const path = resourcePath(object.apiVersion, place, namespace, object.metadata.name)
      const body = { type: 'application/apply-patch+yaml', value: object, secret: object.kind === 'Secret' }
      const query = { fieldManager: MANAGER, force: 'true', ...dry(how) }
      return objectFrom(await send('PATCH', path, query, how.signal, body), object)
    },
    async create(object, namespace, how) {
      const place = await cluster.place(object, how.signal)
      const path = resourcePath(object.apiVersion, place, namespace)
      const body = { type: 'application/json', value: object }
      return objectFrom(await send('POST', path, { fieldManager: MANAGER, ...dry(how) }, how.signal, body), object)
    },
    async remove(kind, name, namespace, how) {
      const path = resourcePath(kind.apiVersion, await cluster.place(kind, how.signal), namespace, name)
      // A Job's own default would leave its pods behind.
      const query = { propagationPolicy: 'Background', gracePeriodSeconds: how.gracePeriodSeconds, ...dry(how) }
      await send('DELETE', path, query, how.signal)
    },
    async scale(kind, name, namespace, how) {
      const path = resourcePath(kind.apiVersion, await cluster.place(kind, how.signal), namespace, name, 'scale')
      const body = { type: 'application/merge-patch+json', value: { spec: { replicas: how.replicas } } }
      await send('PATCH', path, { fieldManager: MANAGER, ...dry(how) }, how.signal, body)
    },
    async exec(query, signal) {
      const what = `the command in ${query.namespace}/${query.pod}`
      const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const { calls, headers } = await open(until)
      let status = 0
      const noted = calls.compose(
        noteStatus((code) => {
          status = code
        }),
      )
      try {
        return await execOver(noted, server, single(headers), query, until)
      } catch (error) {
        if (status >= 300) throw refusedBy(server, what, status, '', '')
        throw uncertain(notReached(server, what, error, timeoutMs, signal.aborted, connections.proxy))
      }
    },
  }
  return {
    ...cluster,
    write,
    close: async () => {
      await Promise.all([cluster.close(), connections.close()])
    },
  }
}

/** A WebSocket's handshake joins several headers of one name into one, which would be another identity. */
function single(headers: RequestHeaders): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const values = Array.isArray(value) ? value : [value]
      if (values.length !== 1)
        throw new ClusterApiError(
          `Commands cannot be run as several ${name} at once. Use another context.`,
          400,
          'Identity',
        )
      return [name, values[0] ?? '']
    }),
  )
}

const parsed = (text: string): unknown => {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}
function withoutMessage(text: string): string {
  const stated = parsed(text)
  const reason = typeof stated === 'object' && stated !== null && 'reason' in stated ? stated.reason : ''
  return JSON.stringify({ kind: 'Status', reason: typeof reason === 'string' ? reason : '' })
}

/** Without an answer nobody knows; whoever asks again must not take that for "not done". */
const neverThere = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|Tls)$/
const uncertain = (error: ClusterApiError): ClusterApiError =>
  error.status !== 0 || neverThere.test(error.reason)
    ? error
    : new ClusterApiError(
        `${error.message} It may have been done all the same: look before you ask again.`,
        0,
        error.reason,
        {
          cause: error,
        },
      )

/** A WebSocket does not tell with what status it was refused. */
const noteStatus =
  (note: (status: number) => void): Dispatcher.DispatcherComposeInterceptor =>
  (dispatch) =>
  (request, handler) =>
    dispatch(request, {
      onRequestStart: (...given) => handler.onRequestStart?.(...given),
      onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
      onResponseStart: (controller, status, ...rest) => {
        note(status)
        return handler.onResponseStart?.(controller, status, ...rest)
      },
      onResponseData: (...given) => handler.onResponseData?.(...given),
      onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
      onResponseError: (...given) => handler.onResponseError?.(...given),
    })
