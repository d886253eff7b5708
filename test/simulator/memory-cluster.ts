import type { KubeObject } from '../../shared/faults/kube-object.ts'
import { builtinKinds } from '../../shared/kubernetes/builtin-kinds.ts'
import { type ClusterApi, ClusterApiError, type Kind, type KindInfo } from '../../shared/kubernetes/cluster-api.ts'
import { ListAnswer, RulesReview, toObject } from '../../shared/kubernetes/objects.ts'
import { listParameters, logBytes, logParameters, queryText, resourcePath } from '../../shared/kubernetes/paths.ts'
import { AccessRule } from './access.ts'
import type { Logs } from './logs.ts'
import { unfold } from './objects.ts'
import { answer, type Cluster } from './request.ts'
import { type Scenario, shifted } from './scenario.ts'
import { Refusal } from './status.ts'
import { createStore, type Store } from './store.ts'

export type MemoryClusterOptions = {
  readonly read?: Scenario | undefined
  readonly objects?: readonly unknown[]
  readonly logs?: Readonly<Record<string, string>>
  readonly access?: readonly unknown[]
  /** The present to which the snapshot's times are moved. */
  readonly now?: Date
}
export type MemoryCluster = {
  readonly api: ClusterApi
  readonly store: Store
  readonly calls: () => number
}

const SERVER = 'https://memory'

/**
 * The simulator without its sockets, behind our own port: the same answers, refusals and selectors to the same
 * requests, so that hundreds of clusters are read in seconds. As the transport does, it gives no Secret.
 */
export function memoryCluster(options: MemoryClusterOptions): MemoryCluster {
  const present = options.now ?? new Date()
  const scenario = options.read === undefined ? undefined : shifted(options.read, present)
  const store = createStore([...(scenario?.objects ?? []), ...unfold(options.objects, 'objects')], present)
  const logs: Logs = new Map([...(scenario?.logs ?? []), ...Object.entries(options.logs ?? {})])
  const access = [...(scenario?.access ?? []), ...(options.access ?? [])].map((rule) => AccessRule.parse(rule))
  const cluster: Cluster = { store, logs, access, kubernetes: scenario?.kubernetes ?? 'v1.33.4' }
  let calls = 0

  function ask(target: string, body?: object) {
    calls += 1
    const { pathname, searchParams } = new URL(target, SERVER)
    const method = body === undefined ? 'GET' : 'POST'
    if (/\/secrets(\/|$)/.test(pathname))
      throw new ClusterApiError('Refused before it left: Secrets. This connection only reads.', 403, 'ReadOnly')
    try {
      return answer(cluster, { method, path: pathname, query: searchParams, accept: '', type: '', body })
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const what = `${method} ${pathname}`
      throw new ClusterApiError(`${SERVER} refused ${what}: ${error.code} ${error.message}`, error.code, error.reason)
    }
  }
  function json(target: string, body?: object): unknown {
    const given = ask(target, body)
    return given.type === 'json' ? given.body : undefined
  }
  function placeOf({ apiVersion, kind }: Kind) {
    const known = builtinKinds.get(`${apiVersion} ${kind}`) ?? store.registry.ofKind(apiVersion, kind)
    if (known !== undefined) return known
    throw new ClusterApiError(`${SERVER} serves no kind ${kind} in ${apiVersion}.`, 404, 'NoSuchKind')
  }

  const api: ClusterApi = {
    server: SERVER,
    async list(kind, query) {
      const path = resourcePath(kind.apiVersion, placeOf(kind), query.namespace)
      const { items, metadata } = ListAnswer.parse(json(path + queryText(listParameters(query))))
      return {
        items: items.flatMap((item) => toObject(item, kind) ?? []),
        resourceVersion: metadata.resourceVersion,
        ...(metadata.continue ? { continueToken: metadata.continue } : {}),
      }
    },
    async get(kind, name, namespace) {
      const place = placeOf(kind)
      if (place.namespaced && namespace === undefined)
        throw new ClusterApiError(`A ${kind.kind} lies in a namespace: say which.`, 400, 'NamespaceMissing')
      try {
        return toObject(json(resourcePath(kind.apiVersion, place, namespace, name)), kind)
      } catch (error) {
        if (error instanceof ClusterApiError && error.status === 404 && error.reason === 'NotFound') return undefined
        throw error
      }
    },
    async log(query) {
      const pods = { plural: 'pods', namespaced: true }
      const path = resourcePath('v1', pods, query.namespace, query.pod, 'log') + queryText(logParameters(query))
      const given = ask(path)
      const text = given.type === 'text' ? given.text : ''
      const bytes = Buffer.from(text)
      const limit = logBytes(query)
      return { text: bytes.subarray(0, limit).toString(), truncated: bytes.length > limit }
    },
    watch(kind, query, onEvent, signal) {
      const { stored } = store.registry.ofKind(kind.apiVersion, kind.kind) ?? { stored: '' }
      const stop = store.listen((change) => {
        const object = toObject(change.after ?? change.before, kind)
        const inside = query.namespace === undefined || object?.metadata.namespace === query.namespace
        if (change.stored !== stored || object === undefined || !inside) return
        const type = change.after === undefined ? 'DELETED' : change.before === undefined ? 'ADDED' : 'MODIFIED'
        onEvent({ type, object })
      })
      return new Promise((resolve) => {
        const end = () => {
          stop()
          resolve()
        }
        if (signal.aborted) end()
        else signal.addEventListener('abort', end, { once: true })
      })
    },
    async kinds() {
      calls += 2
      return store.registry.all().map(
        ({ group, versions: [version = ''], kind, plural, namespaced }): KindInfo => ({
          apiVersion: group === '' ? version : `${group}/${version}`,
          kind,
          plural,
          namespaced,
          verbs: ['get', 'list', 'watch'],
        }),
      )
    },
    version: async () => cluster.kubernetes,
    async canI(verb, resource, where = {}) {
      const [name = '', subresource = ''] = resource.split('/')
      const resourceAttributes = { verb, resource: name, subresource, ...where }
      const given = json(REVIEWS.access, { spec: { resourceAttributes } })
      return JSON.stringify(given).includes('"allowed":true')
    },
    async rules(namespace) {
      const { status } = RulesReview.parse(json(REVIEWS.rules, { spec: { namespace } }))
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
  return { api, store, calls: () => calls }
}
const REVIEWS = {
  access: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
  rules: '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews',
}

/** Objects without a scenario around them, as a test writes them down. */
export const memoryApi = (objects: readonly KubeObject[], logs: Readonly<Record<string, string>>): ClusterApi =>
  memoryCluster({ objects, logs }).api
