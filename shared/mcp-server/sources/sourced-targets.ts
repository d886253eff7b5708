import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { type Clock, systemClock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Target } from '../targets/target.ts'
import { noCluster, type Targets } from '../targets/targets.ts'
import { type MergedClusters, mergeSources } from './merge-sources.ts'
import { eachCall, eachWrite, FILE_YOUNG_MS, later, renewingCluster } from './renewing-cluster.ts'
import type { Found, Opened, Source } from './source.ts'

/** So long a call waits for sources that are being asked; it then goes on with what is known, and says what is not. */
const READY_MS = 5_000

export type SourcedTargets = Targets & {
  readonly ready: () => Promise<void>
  readonly problems: () => readonly string[]
  readonly sources: readonly Source[]
  readonly close: () => Promise<void>
}

/**
 * The clusters of several sources side by side. The list is looked at anew with each call, and what `at` gives finds its
 * cluster again for each call, so that one who holds it for long outlives changed credentials.
 */
export function sourcedTargets(
  sources: readonly Source[],
  options: {
    readonly aliases?: Readonly<Record<string, string>>
    readonly preferred?: string | undefined
    readonly clock?: Clock
    readonly readyMs?: number
    readonly youngMs?: number
    /** Clusters may be changed, where their sources can. */
    readonly writable?: boolean
  } = {},
): SourcedTargets {
  const { aliases = {}, preferred, clock = systemClock, readyMs = READY_MS, youngMs, writable = false } = options
  const closing = new AbortController()
  const connections = new Map<string, { readonly found: Found; readonly api: Opened }>()
  const retiring = new Set<Promise<void>>()
  let seen: readonly (readonly Found[])[] = []
  let merged: MergedClusters | undefined

  function now(): MergedClusters {
    const lists = sources.map((source) => source.current())
    if (merged === undefined || lists.some((list, at) => list !== seen[at])) {
      merged = mergeSources(sources, aliases)
      seen = lists
      for (const name of connections.keys()) if (merged.byName.get(name)?.found === undefined) drop(name)
    }
    return merged
  }
  function drop(name: string) {
    const old = connections.get(name)
    connections.delete(name)
    if (old !== undefined) later(clock, closing.signal, old.api.close, retiring)
  }
  async function ready(): Promise<void> {
    const enough = new AbortController()
    try {
      await Promise.race([
        Promise.all(sources.map((source) => source.refresh())),
        clock.sleep(readyMs, AbortSignal.any([enough.signal, closing.signal])),
      ])
    } finally {
      enough.abort()
    }
  }
  const problems = () => {
    const problems = sources.flatMap((source) => source.problems())
    const gone =
      preferred === undefined || now().byName.has(preferred) ? [] : [`default_cluster: there is no "${preferred}"`]
    return [...problems, ...now().problems, ...gone]
  }
  function entry(name: string) {
    const found = now().byName.get(name)
    if (found !== undefined) return found
    const blind = sources.flatMap((source) => source.problems()).slice(0, 3)
    const perhaps = blind.length === 0 ? '' : ` The list may lack some: ${blind.join(' ')}`
    throw new GiveUp(`${noCluster(name, now().targets)}${perhaps}`)
  }
  function usable(name: string): { readonly target: Target; readonly found: Found } {
    const { target, found } = entry(name)
    if (target.problem !== undefined || found === undefined)
      throw new GiveUp(`Cluster "${target.name}" cannot be used: ${target.problem ?? 'its source has lost it'}`)
    return { target, found }
  }
  function connection(name: string): Opened {
    const { target, found } = usable(name)
    const known = connections.get(target.name)
    if (known !== undefined && known.found.version === found.version && known.found.target.source === target.source)
      return known.api
    drop(target.name)
    const api = renewingCluster(target.server, found.open, {
      clock,
      youngMs: youngMs ?? (found.inFile === true ? FILE_YOUNG_MS : undefined),
    })
    connections.set(target.name, { found, api })
    return api
  }
  const callOf =
    (name: string) =>
    async <T>(ask: (cluster: Opened) => Promise<T>): Promise<T> => {
      await ready()
      return ask(connection(name))
    }
  const at = (given: string): ClusterApi => {
    const { name, server } = usable(given).target
    return {
      ...eachCall(server, callOf(name)),
      get credential() {
        return connections.get(name)?.api.credential ?? now().byName.get(name)?.found?.credential?.()
      },
    }
  }

  return {
    list: () => now().targets,
    find: (name) => entry(name).target,
    at,
    ...(writable ? { writeAt: (given) => eachWrite(callOf(usable(given).target.name)) } : {}),
    ready,
    problems,
    sources,
    ...(preferred === undefined ? {} : { preferred }),
    // With several sources a kubeconfig's own word for one of them says nothing of the others.
    currentContext: () => (sources.length === 1 ? sources[0]?.currentContext?.() : undefined),
    close: async () => {
      closing.abort()
      await Promise.all([...[...connections.values()].map(({ api }) => api.close()), ...retiring])
      // Connections give their tokens back through their sources.
      await Promise.all(sources.map((source) => source.close?.()))
    },
  }
}
