import { type ClusterApi, ClusterApiError, type Kind } from '../kubernetes/cluster-api.ts'
import { beforeWrites } from './before-writes.ts'
import type { Target } from './target.ts'
import type { Targets } from './targets.ts'

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
  const checkOf = (target: Target): Check => {
    const held = rails.filter((rail) => fits(rail, target))
    return (verb, kind, namespace) => {
      const why = held.map((rail) => refusal(rail, verb, kind, namespace)).find((one) => one !== undefined)
      if (why === undefined) return
      throw new ClusterApiError(
        `This server's guard rails for ${target.name} do not allow it: ${why}.`,
        403,
        'GuardRail',
      )
    }
  }
  return {
    ...targets,
    at: (name) => {
      const target = targets.find(name)
      return within(targets.at(name), checkOf(target))
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
      check('list', kind, query.namespace)
      return api.list(kind, query, signal)
    },
    get: async (kind, name, namespace, signal) => {
      // A namespace lies in itself.
      check('get', kind, kind.kind === 'Namespace' ? name : namespace)
      return api.get(kind, name, namespace, signal)
    },
    log: async (query, signal) => {
      check('log', { apiVersion: 'v1', kind: 'Pod' }, query.namespace)
      return api.log(query, signal)
    },
    watch: async (kind, query, onEvent, signal) => {
      check('watch', kind, query.namespace)
      return api.watch(kind, query, onEvent, signal)
    },
  }
}

function refusal(rail: GuardRail, verb: Verb, kind: Kind, namespace: string | undefined): string | undefined {
  const { namespaces, denyNamespaces = [], kinds, denyKinds = [], verbs } = rail
  if (verbs !== undefined && !verbs.includes(verb)) return `${verb} is not among ${verbs.join(', ')}`
  const named = (pattern: string) => like(pattern, kind.kind) || like(pattern, `${kind.apiVersion} ${kind.kind}`)
  if (kinds !== undefined && !kinds.some(named)) return `${kind.kind} is not among ${kinds.join(', ')}`
  if (denyKinds.some(named)) return `${kind.kind} is not shown`
  if (namespaces === undefined && denyNamespaces.length === 0) return undefined
  if (namespace === undefined) {
    // Cut silently, an answer would be taken for the whole.
    if (namespaces === undefined && clusterWide.has(kind.kind)) return undefined
    const among = namespaces === undefined ? `any but ${denyNamespaces.join(', ')}` : namespaces.join(', ')
    return `name one namespace (${among})`
  }
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
