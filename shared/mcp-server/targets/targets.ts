import { distance } from 'fastest-levenshtein'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import type { ClusterWriter } from '../../kubernetes/cluster-writer.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { WatchView } from '../faults/watch-view.ts'
import type { Source } from '../sources/source.ts'
import type { Target } from './target.ts'

/** Which clusters there are. None is ever "the current one": each call names its own. */
export type Targets = {
  readonly list: () => readonly Target[]
  /** By name or alias; GiveUp with the known names when there is none, or when its configuration is wrong. */
  readonly find: (name: string) => Target
  readonly at: (name: string) => ClusterApi
  /** What the shared watch of a cluster goes by; absent: by `at`. */
  readonly watchAt?: (name: string) => WatchView
  /** Absent wherever nobody said that clusters may be changed. */
  readonly writeAt?: (name: string) => ClusterWriter
  /** The cluster that a call means which names none. Only what the operator has set, never a guess. */
  readonly preferred?: string
  /** The kubeconfig's own current one: for reading calls that name none, as kubectl has it. Never for a change. */
  readonly currentContext?: () => string | undefined
  /** What is wrong beside single clusters: a source that does not answer, an alias that leads nowhere. */
  readonly problems?: () => readonly string[]
  /** Looks whether the list has changed, for a bounded time: each call does so first. Absent: it never changes. */
  readonly ready?: () => Promise<void>
  /** Where the list comes from; absent where it is fixed. */
  readonly sources?: readonly Source[]
}

export type TargetEntry = {
  readonly name: string
  readonly aliases?: readonly string[]
  readonly namespace?: string
  readonly api: ClusterApi
}

/** Clusters that are at hand already. */
export const targetsOf = (entries: readonly TargetEntry[]): Targets =>
  lazyTargets(
    entries.map(({ name, aliases = [], namespace = 'default', api }) => ({
      target: { name, aliases, namespace, server: api.server },
      open: () => api,
    })),
  )

/** Clusters that are connected when first asked for, so that a wrong one hurts nobody else. */
export function lazyTargets(entries: readonly { readonly target: Target; readonly open: () => ClusterApi }[]): Targets {
  const byName = new Map<string, { readonly target: Target; readonly open: () => ClusterApi }>()
  for (const entry of entries) {
    for (const name of [entry.target.name, ...entry.target.aliases]) {
      if (byName.has(name))
        throw new GiveUp(`Two clusters are called "${name}". Give one of them another name or alias.`)
      byName.set(name, entry)
    }
  }
  const opened = new Map<string, ClusterApi>()
  const entryOf = (name: string) => {
    const entry = byName.get(name)
    if (entry === undefined)
      throw new GiveUp(
        noCluster(
          name,
          entries.map(({ target }) => target),
        ),
      )
    return entry
  }
  return {
    list: () => entries.map(({ target }) => target),
    find: (name) => entryOf(name).target,
    at: (name) => {
      const { target, open } = entryOf(name)
      if (target.problem !== undefined) throw new GiveUp(`Cluster "${target.name}" cannot be used: ${target.problem}`)
      const api = opened.get(target.name) ?? open()
      opened.set(target.name, api)
      return api
    },
  }
}

/** A view of one cluster, for a caller that was let in to that one only. */
export const onlyTarget = (targets: Targets, name: string): Targets => {
  const target = targets.find(name)
  const one = lazyTargets([{ target, open: () => targets.at(target.name) }])
  const { writeAt } = targets
  return writeAt === undefined ? one : { ...one, writeAt: (given) => writeAt(one.find(given).name) }
}

/** A name that a caller gave, fit to be told back; what cannot be a name may be anything, and is not repeated. */
export const shown = (name: string) => (/^[\w.:@/ -]{1,253}$/.test(name) ? name : 'of that name')

/** At most so many names in one sentence: a caller with hundreds of clusters has clusters_list. */
const MAX_NAMES = 10

/** What was meant, if that can be said, and else the nearest of those that there are. */
export function noCluster(name: string, all: readonly Target[]): string {
  const requested = name.toLowerCase()
  const names = all.flatMap((target) => [target.name, ...target.aliases])
  const parts = names.filter((one) => endsWith(one, requested))
  // A third of the letters may be wrong: beyond that another name is meant.
  const near = names
    .map((one) => ({ one, far: name.length > 253 ? Number.POSITIVE_INFINITY : distance(requested, one.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far)
  const first = near[0]
  const close = first !== undefined && first.far <= Math.floor(name.length / 3) ? [first.one] : []
  const meant = parts.length > 0 ? parts.slice(0, MAX_NAMES) : close
  const nearest = [
    ...new Set(
      near.map(({ one }) => all.find((target) => [target.name, ...target.aliases].includes(one))?.name ?? one),
    ),
  ]
  const known = nearest.slice(0, MAX_NAMES)
  const more = nearest.length - known.length
  const knownNames = `${known.join(', ') || 'none'}${more > 0 ? `, and ${more} more (clusters_list shows all)` : ''}`
  return `There is no cluster "${shown(name)}". ${meant.length === 0 ? '' : `Did you mean ${meant.join(' or ')}? `}Known: ${knownNames}.`
}

/** `staging` of `arn:aws:eks:us-east-1:111122223333:cluster/staging`, or of `shop/api-ocp:6443/kube:admin` one part. */
const endsWith = (name: string, requested: string): boolean => {
  const all = name.toLowerCase()
  return (
    all === requested ||
    all.endsWith(`/${requested}`) ||
    all.endsWith(`:${requested}`) ||
    all.split('/').includes(requested)
  )
}
