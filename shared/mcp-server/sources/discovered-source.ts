import type { Cluster } from '../../config/cluster.ts'
import type { ClustersSource } from '../../config/clusters-source.ts'
import { type Place, withDiscovery } from '../../config/discovered.ts'
import { clusterFromEntry, type DiscoveryEntry, placeOf } from '../../config/discovery-entry.ts'
import { readKubeconfig, type SecretDeps } from '../../config/secret-ref.ts'
import { connectCluster } from '../../kubernetes/connect.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { entryFound, labelsOf } from './clusters-file-source.ts'
import { entrySource, namedBy } from './entry-source.ts'
import { seldom } from './seldom.ts'
import { REFRESH_MS } from './small-file.ts'
import type { Connect, Found, Source } from './source.ts'

/** A cluster as its place knows it, which is also a way to it. */
type Door = { readonly place: string; readonly key: string }

/**
 * The clusters that the places under `discovery:` of a clusters.yaml know, merged as the watch merges them. A source of its
 * own: the clusters of the file do not wait until other systems have answered.
 */
export function discoveredSource(deps: {
  readonly clusters: Pick<ClustersSource, 'current'>
  readonly secrets: SecretDeps
  readonly connect?: Connect
  readonly clock: Clock
}): Source {
  const { secrets, clock, connect = connectCluster } = deps
  const name = 'discovery of clusters.yaml'
  /** The places as they were asked last. */
  const asked = new Map<string, Source>()
  const doors = new Map<string, Found>()
  const doorOf = new WeakMap<Cluster, Door>()
  let closed = false

  async function find(entry: DiscoveryEntry, key: string): Promise<readonly (Cluster | string)[]> {
    // Made anew for each look, so that a token that was renewed is read.
    const source = await entrySource(entry, { secrets, clock, connect })
    await source.refresh(true)
    const [problem] = source.problems()
    if (problem !== undefined || closed) {
      await source.close?.()
      throw new GiveUp(problem ?? 'The server stops.')
    }
    const before = asked.get(key)
    asked.set(key, source)
    for (const door of doors.keys()) if (door.startsWith(`${key} `)) doors.delete(door)
    const made = source.current().map((found) => {
      const cluster = found.target.problem ?? clusterFromEntry(entry, namedBy(found))
      if (typeof cluster === 'string') return cluster
      const door = { place: placeOf(entry), key: `${key} ${cluster.name}` }
      doors.set(door.key, found)
      doorOf.set(cluster, door)
      return cluster
    })
    await before?.close?.()
    return made
  }
  const places = ({ discovery }: { readonly discovery: readonly DiscoveryEntry[] }): readonly Place[] =>
    discovery.map((entry) => {
      const key = JSON.stringify(entry)
      return { key, name: placeOf(entry), find: () => find(entry, key) }
    })
  // What is wrong with the file itself is told by the source of the file.
  const file = { current: async () => ({ ...(await deps.clusters.current()), problem: '' }) }
  const merged = withDiscovery(file, { places, clock, log: () => undefined })

  let before: readonly Cluster[] | undefined
  let found: readonly Found[] = []
  let problems: readonly string[] = []
  let waiting = false
  async function refresh(): Promise<void> {
    const { discovery } = await deps.clusters.current()
    // Its clusters are not there yet: a list without them must not look whole.
    if (before === undefined) waiting = discovery.length > 0
    const { clusters, problem = '' } = await merged.current()
    waiting = false
    problems = problem.split('\n').filter((line) => line !== '')
    if (clusters === before) return
    before = clusters
    found = clusters.flatMap((cluster) => {
      const door = doorOf.get(cluster)
      return door === undefined || !cluster.enabled ? [] : [foundOf(cluster, door)]
    })
  }
  /** By the kubeconfig that the entry names; without one as the place itself reaches the cluster: through Rancher, by nsk. */
  function foundOf(cluster: Cluster, { place, key }: Door): Found {
    const { kubeconfig } = cluster.triage
    if (kubeconfig !== undefined)
      return entryFound(cluster, kubeconfig, place, async (reference) => {
        const { text, where, folder } = await readKubeconfig(secrets)(reference)
        return connect(text, { where, ...(folder === undefined ? {} : { filesFrom: folder }) })
      })
    const known = doors.get(key)
    const { aliases = [], server = '' } = known?.target ?? {}
    return {
      target: { name: cluster.name, aliases, server, namespace: 'default', source: place, labels: labelsOf(cluster) },
      version: known?.version ?? key,
      ...(known?.credential === undefined ? {} : { credential: () => doors.get(key)?.credential?.() }),
      open: async () => {
        const door = doors.get(key)
        if (door === undefined) throw new GiveUp(`${place} does not know the cluster "${cluster.name}" any more.`)
        return door.open()
      },
    }
  }
  const again = seldom(clock, refresh, () => REFRESH_MS)
  return {
    kind: 'discovered',
    name,
    current: () => found,
    problems: () => (waiting ? ['The places under discovery: in clusters.yaml have not answered yet.'] : problems),
    refresh: (force = false) => {
      if (force) merged.refreshAgain()
      return again(force)
    },
    close: async () => {
      closed = true
      await Promise.all([...asked.values()].map((source) => source.close?.()))
    },
  }
}
