import type { z } from 'zod'
import type { KubeObject } from '../faults/kube-object.ts'
import { systemClock } from '../runtime/clock.ts'
import { failedWatch, isNoSuchObject } from './api-failure.ts'
import type { Place } from './builtin-kinds.ts'
import { type ClusterApi, ClusterApiError, type Kind, type ListPage, type ListQuery } from './cluster-api.ts'
import { credentialInfo } from './credential-expiry.ts'
import { discovery } from './discovery.ts'
import { parseExact } from './exact-json.ts'
import { type KubeconfigOptions, readKubeconfig } from './kubeconfig.ts'
import { newestLog } from './newest-log.ts'
import { AccessReview, Bookmark, ListAnswer, RulesReview, toObject, Version, WatchLine } from './objects.ts'
import { listParameters, queryText, resourcePath } from './paths.ts'
import { serverTable, TABLE } from './server-table.ts'
import { MAX_ANSWER_BYTES, openTransport, type TransportOptions } from './transport.ts'
import { lines } from './watch-lines.ts'

export type ConnectOptions = KubeconfigOptions &
  TransportOptions & {
    /** Names the kubeconfig in messages: `keyvault:kubeconfig-east`, or a path. */
    readonly where?: string
    /** A watch that is silent for longer is dead. */
    readonly watchIdleMs?: number
  }
/** `close` ends what is under way and gives the sockets back. */
export type ConnectedCluster = ClusterApi & {
  readonly context: string
  /** Where objects of a kind lie; ClusterApiError when the cluster has no such kind. */
  readonly place: (kind: Kind, signal?: AbortSignal) => Promise<Place>
  readonly close: () => Promise<void>
}

/** The server ends each watch after this, so that its silence beyond it means a dead connection. client-go: 5 to 10 min. */
const WATCH_SECONDS = 300

/** Reads one cluster. Nothing leaves before the first call; a wrong kubeconfig is told at once (GiveUp). */
export function connectCluster(kubeconfigText: string | undefined, options: ConnectOptions = {}): ConnectedCluster {
  const kubeconfig = readKubeconfig(kubeconfigText, options.where ?? 'kubeconfig', options)
  const transport = openTransport(kubeconfig, options)
  const { server } = transport
  const watchIdleMs = options.watchIdleMs ?? (WATCH_SECONDS + 30) * 1000

  async function askJson(path: string, signal?: AbortSignal, accept?: string, post?: unknown): Promise<unknown> {
    const ask = { path, signal, ...(accept ? { accept } : {}), ...(post === undefined ? {} : { post }) }
    const { bytes, cut } = await transport.ask(ask, MAX_ANSWER_BYTES)
    if (cut)
      throw new ClusterApiError(`${server} answered ${path} with over 32 MiB. Ask for fewer at once.`, 413, 'TooLarge')
    try {
      return parseExact(bytes.toString('utf8'))
    } catch {
      throw strange(path, 'text that is no JSON')
    }
  }
  const strange = (path: string, what: string) =>
    new ClusterApiError(
      `${server} answered ${path} with ${what}, not as a Kubernetes API. Check the server address in the kubeconfig.`,
      502,
      'NotKubernetes',
    )
  async function askFor<T>(schema: z.ZodType<T>, path: string, signal?: AbortSignal, post?: unknown): Promise<T> {
    const parsed = schema.safeParse(await askJson(path, signal, undefined, post))
    if (!parsed.success) throw strange(path, 'something unexpected')
    return parsed.data
  }
  function objectFrom(value: unknown, kind: Kind, path: string): KubeObject {
    const object = toObject(value, kind)
    if (object === undefined) throw strange(path, 'something that is no object')
    return object
  }
  async function listed(kind: Kind, query: ListQuery, signal?: AbortSignal): Promise<ListPage> {
    const path = resourcePath(kind.apiVersion, await served.place(kind, signal), query.namespace)
    const asked = path + queryText(listParameters(query))
    const json = await askJson(asked, signal, query.table === undefined ? undefined : TABLE).catch((error: unknown) => {
      if (error instanceof ClusterApiError && error.status === 406 && query.table !== undefined)
        return askJson(path + queryText(listParameters({ ...query, table: undefined })), signal)
      throw error
    })
    const table = query.table === undefined ? undefined : serverTable(json)
    const answer = ListAnswer.safeParse(json)
    if (!answer.success) throw strange(path, 'something unexpected')
    const { continue: token, remainingItemCount: remaining, resourceVersion } = answer.data.metadata
    return {
      items: (table?.objects ?? answer.data.items).map((item) => objectFrom(item, kind, path)),
      resourceVersion,
      ...(table === undefined ? {} : { table: table.table }),
      ...(token ? { continueToken: token } : {}),
      ...(remaining === undefined ? {} : { remaining }),
    }
  }
  /** A kind that was made anew in another scope, or served under another version: its path is looked up once more. */
  async function onChangedPath<T>(kind: Kind, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask()
    } catch (error) {
      const unknownPath = error instanceof ClusterApiError && error.status === 404 && error.reason === 'HTTP404'
      if (!unknownPath || !served.forget(kind)) throw error
      return ask()
    }
  }
  const served = discovery(server, askJson, options.clock ?? systemClock)
  const review = (kind: string, spec: unknown) => ({ apiVersion: 'authorization.k8s.io/v1', kind, spec })

  return {
    server,
    context: kubeconfig.context,
    credential: credentialInfo(kubeconfig),
    serving: async () => transport.serving(),
    close: transport.close,
    kinds: served.kinds,
    place: served.place,
    unreadGroups: async () => served.unread(),
    version: async (signal) => (await askFor(Version, '/version', signal)).gitVersion,

    list: (kind, query, signal) => onChangedPath(kind, () => listed(kind, query, signal)),

    async get(kind, name, namespace, signal) {
      return onChangedPath(kind, async () => {
        const place = await served.place(kind, signal)
        if (place.namespaced && namespace === undefined)
          throw new ClusterApiError(`A ${kind.kind} lies in a namespace: say which.`, 400, 'NamespaceMissing')
        const path = resourcePath(kind.apiVersion, place, namespace, name)
        try {
          return objectFrom(await askJson(path, signal), kind, path)
        } catch (error) {
          if (isNoSuchObject(error)) return undefined
          throw error
        }
      })
    },

    log: (query, signal) => newestLog(transport.askTail, query, signal),

    async watch(kind, query, onEvent, signal) {
      const path = resourcePath(kind.apiVersion, await served.place(kind, signal), query.namespace)
      const { resourceVersion } = query
      const requested = { watch: true, allowWatchBookmarks: true, resourceVersion, timeoutSeconds: WATCH_SECONDS }
      const what = `the watch of ${path}`
      try {
        for await (const line of lines(
          await transport.stream({ path: path + queryText(requested) }, signal),
          watchIdleMs,
        )) {
          if (signal.aborted) return
          const { type, object } = watchLine(line, path)
          if (type === 'ERROR') throw failedWatch(server, what, object)
          if (type === 'BOOKMARK') onEvent({ type, object: bookmark(object, kind, path) })
          else onEvent({ type, object: objectFrom(object, kind, path) })
        }
      } catch (error) {
        if (signal.aborted) return
        throw transport.failure(what, error, signal)
      }
    },

    async canI(verb, resource, where = {}, signal) {
      const [name = '', subresource] = resource.split('/')
      const resourceAttributes = {
        verb,
        resource: name,
        ...(subresource === undefined ? {} : { subresource }),
        ...(where.group ? { group: where.group } : {}),
        ...(where.namespace ? { namespace: where.namespace } : {}),
      }
      const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
      const post = review('SelfSubjectAccessReview', { resourceAttributes })
      return (await askFor(AccessReview, path, signal, post)).status.allowed
    },

    async rules(namespace, signal) {
      const path = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews'
      const { status } = await askFor(RulesReview, path, signal, review('SelfSubjectRulesReview', { namespace }))
      return {
        incomplete: status.incomplete,
        rules: status.resourceRules.map(({ verbs, apiGroups, resources, resourceNames }) => ({
          verbs,
          groups: apiGroups,
          resources,
          names: resourceNames,
        })),
      }
    },
  }

  function watchLine(line: string, path: string): z.infer<typeof WatchLine> {
    try {
      return WatchLine.parse(parseExact(line))
    } catch {
      throw strange(path, 'a watch event that cannot be read')
    }
  }
  /** A bookmark has a version and no name. */
  function bookmark(object: unknown, kind: Kind, path: string): KubeObject {
    const parsed = Bookmark.safeParse(object)
    if (!parsed.success) throw strange(path, 'a bookmark without a version')
    return { ...kind, metadata: { name: '', resourceVersion: parsed.data.metadata.resourceVersion } }
  }
}
