import type { ClusterApi } from '../kubernetes/cluster-api.ts'
import { GiveUp } from '../runtime/errors.ts'

export type Target = {
  /** As it stands in answers and in fault ids. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly server: string
  /** Where an object lies that is named without a namespace. */
  readonly namespace: string
  /** Such as `env: prod`: guard rails and fan-out go by them. */
  readonly labels?: Readonly<Record<string, string>>
  /** Why it cannot be used, when that is known already. */
  readonly problem?: string
}
/** Which clusters there are. None is ever "the current one": each call names its own. */
export type Targets = {
  readonly list: () => readonly Target[]
  /** By name or alias; GiveUp with the known names when there is none, or when its configuration is wrong. */
  readonly find: (name: string) => Target
  readonly at: (name: string) => ClusterApi
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
    if (entry === undefined) throw new GiveUp(`There is no cluster "${shown(name)}". Known: ${known(entries)}.`)
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
  return lazyTargets([{ target, open: () => targets.at(target.name) }])
}

const shown = (name: string) => name.replace(/\p{C}/gu, '').slice(0, 80)

/** At most twenty names: a caller with hundreds of clusters has clusters_list. */
function known(entries: readonly { readonly target: Target }[]): string {
  const names = entries.slice(0, 20).map(({ target }) => target.name)
  const more = entries.length - names.length
  return `${names.join(', ') || 'none'}${more > 0 ? `, and ${more} more (clusters_list shows all)` : ''}`
}
