import type { KubeObject } from '../../faults/kube-object.ts'
import { builtinKinds } from '../../kubernetes/builtin-kinds.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'
import { type WatchView, watchView } from '../faults/watch-view.ts'
import type { Target } from '../targets/target.ts'
import type { Targets } from '../targets/targets.ts'
import { beforeWrites } from './before-writes.ts'

export const railVerbs = ['list', 'get', 'watch', 'log', 'apply', 'create', 'delete', 'scale', 'exec'] as const
type Verb = (typeof railVerbs)[number]
/** What may be seen of some clusters, and changed, below every tool. Several that fit one cluster hold together. */
export type GuardRail = {
  /** Names or aliases, `*` for any characters. Absent: all clusters. */
  readonly clusters?: readonly string[]
  /** Only clusters with all these labels. */
  readonly labels?: Readonly<Record<string, string>>
  /** Only in these namespaces (`*` for any characters); what has none, and lists of all, are refused. */
  readonly namespaces?: readonly string[]
  readonly denyNamespaces?: readonly string[]
  /** `Pod`, `apps/v1 Deployment`, `*` for any characters. Absent: all kinds. */
  readonly kinds?: readonly string[]
  readonly denyKinds?: readonly string[]
  readonly verbs?: readonly Verb[]
}

/** The same clusters, each within its rails. */
export function railed(targets: Targets, rails: readonly GuardRail[]): Targets {
  if (rails.length === 0) return targets
  const { writeAt } = targets
  const heldBy = (target: Target) => rails.filter((rail) => fits(rail, target))
  const checkOf = (target: Target): Check => {
    const held = heldBy(target)
    return (verb, kind, namespace) => {
      const why = held.map((rail) => refusal(rail, verb, kind, namespace)).find((one) => one !== undefined)
      if (why !== undefined) throw refused(target, why)
    }
  }
  return {
    ...targets,
    at: (name) => within(targets.at(name), checkOf(targets.find(name))),
    watchAt: (name) => {
      const target = targets.find(name)
      return viewed(targets.at(name), target, heldBy(target))
    },
    ...(writeAt === undefined
      ? {}
      : {
          writeAt: (name) => {
            const check = checkOf(targets.find(name))
            return beforeWrites(writeAt(name), (verb, kind, namespace) => check(verb, kind, namespace))
          },
        }),
  }
}

type Check = (verb: Verb, kind: Kind, namespace: string | undefined) => void
function within(api: ClusterApi, check: Check): ClusterApi {
  return {
    ...api,
    list: async (kind, query, signal) => {
      check('list', kind, await spaceOf(api, kind, query.namespace, signal))
      return api.list(kind, query, signal)
    },
    get: async (kind, name, namespace, signal) => {
      // A namespace lies in itself.
      check('get', kind, kind.kind === 'Namespace' ? name : await spaceOf(api, kind, namespace, signal))
      return api.get(kind, name, namespace, signal)
    },
    log: async (query, signal) => {
      check('log', { apiVersion: 'v1', kind: 'Pod' }, query.namespace)
      return api.log(query, signal)
    },
    watch: async (kind, query, onEvent, signal) => {
      check('watch', kind, await spaceOf(api, kind, query.namespace, signal))
      return api.watch(kind, query, onEvent, signal)
    },
  }
}

/** The API leaves out a namespace that is named for a kind without one: nobody gets past a rail by naming one. */
async function spaceOf(api: ClusterApi, kind: Kind, namespace: string | undefined, signal: AbortSignal | undefined) {
  if (namespace === undefined) return undefined
  const builtin = builtinKinds.get(`${kind.apiVersion} ${kind.kind}`)
  const kinds = builtin === undefined ? await api.kinds(signal) : []
  const place = builtin ?? kinds.find((one) => one.apiVersion === kind.apiVersion && one.kind === kind.kind)
  return place?.namespaced === true ? namespace : undefined
}

const refused = ({ name }: Target, why: string) =>
  new ClusterApiError(`This server's guard rails for ${name} do not allow it: ${why}.`, 403, 'GuardRail')

/**
 * The watch of a whole cluster is nobody's answer: what lies in namespaces that are not shown is dropped from it, and
 * whoever subscribes is told so. Everything else is refused as it is for a call.
 */
function viewed(api: ClusterApi, target: Target, rails: readonly GuardRail[]): WatchView {
  const hides = (namespace: string) => rails.some((rail) => refusedSpace(rail, namespace) !== undefined)
  const check = (verb: Verb, kind: Kind, namespace: string | undefined) => {
    const why = rails
      .map((rail) => {
        const whole = namespace === undefined && isNamespaced(kind)
        return refusedKind(rail, verb, kind) ?? (whole ? undefined : refusal(rail, verb, kind, namespace))
      })
      .find((one) => one !== undefined)
    if (why !== undefined) throw refused(target, why)
  }
  const shows = ({ metadata: { namespace } }: KubeObject) => namespace === undefined || !hides(namespace)
  const filtered: Pick<ClusterApi, 'list' | 'watch'> = {
    list: async (kind, query, signal) => {
      check('list', kind, await spaceOf(api, kind, query.namespace, signal))
      const page = await api.list(kind, query, signal)
      return { ...page, items: page.items.filter(shows) }
    },
    watch: async (kind, query, onEvent, signal) => {
      check('watch', kind, await spaceOf(api, kind, query.namespace, signal))
      await api.watch(kind, query, (event) => (shows(event.object) ? onEvent(event) : undefined), signal)
    },
  }
  const named = rails.flatMap(({ namespaces = [] }) => namespaces).filter((pattern) => !pattern.includes('*'))
  const limits = rails.flatMap(({ namespaces, denyNamespaces = [] }) => [
    ...(namespaces === undefined ? [] : [`only what lies in ${namespaces.join(', ')} is shown`]),
    ...(denyNamespaces.length === 0 ? [] : [`what lies in ${denyNamespaces.join(', ')} is not shown`]),
  ])
  return watchView(filtered, [...new Set([...named, target.namespace])], (kind) =>
    limits.length === 0 || kind === 'Node' ? undefined : `by this server's guard rails ${limits.join('; ')}`,
  )
}

/** Of the kinds that are watched, those that are not built in lie in namespaces. */
const isNamespaced = ({ apiVersion, kind }: Kind): boolean =>
  builtinKinds.get(`${apiVersion} ${kind}`)?.namespaced ?? true

function refusal(rail: GuardRail, verb: Verb, kind: Kind, namespace: string | undefined): string | undefined {
  const { namespaces, denyNamespaces = [] } = rail
  const why = refusedKind(rail, verb, kind)
  if (why !== undefined || (namespaces === undefined && denyNamespaces.length === 0)) return why
  if (namespace !== undefined) return refusedSpace(rail, namespace)
  // Cut silently, an answer would be taken for the whole.
  if (namespaces === undefined && clusterWide.has(kind.kind)) return undefined
  const among = namespaces === undefined ? `any but ${denyNamespaces.join(', ')}` : namespaces.join(', ')
  return `name one namespace (${among})`
}
function refusedKind({ kinds, denyKinds = [], verbs }: GuardRail, verb: Verb, kind: Kind): string | undefined {
  if (verbs !== undefined && !verbs.includes(verb)) return `${verb} is not among ${verbs.join(', ')}`
  const named = (pattern: string) => like(pattern, kind.kind) || like(pattern, `${kind.apiVersion} ${kind.kind}`)
  if (kinds !== undefined && !kinds.some(named)) return `${kind.kind} is not among ${kinds.join(', ')}`
  return denyKinds.some(named) ? `${kind.kind} is not shown` : undefined
}
function refusedSpace({ namespaces, denyNamespaces = [] }: GuardRail, namespace: string): string | undefined {
  if (namespaces !== undefined && !namespaces.some((pattern) => like(pattern, namespace)))
    return `namespace ${namespace} is not among ${namespaces.join(', ')}`
  return denyNamespaces.some((pattern) => like(pattern, namespace)) ? `namespace ${namespace} is not shown` : undefined
}
/** Namespaces that are not shown hide nothing of these. */
const clusterWide = new Set(['Node', 'PersistentVolume', 'StorageClass', 'NodeMetrics', 'PriorityClass'])

const fits = ({ clusters, labels }: GuardRail, target: Target): boolean =>
  (clusters === undefined ||
    clusters.some((pattern) => [target.name, ...target.aliases].some((name) => like(pattern, name)))) &&
  Object.entries(labels ?? {}).every(([key, value]) => target.labels?.[key] === value)

/** One star at a time, so that no pattern takes long. */
function like(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
