import type { Cluster } from '../config/cluster.ts'
import type { ClusterRow } from '../lease/cluster-row.ts'
import type { LeaseBook } from '../lease/lease-book.ts'
import { errorText } from '../runtime/errors.ts'
import { clusterFacts } from './cluster-facts.ts'
import { clusterReport } from './cluster-report.ts'
import type { Priority } from './slots.ts'
import { watchCluster } from './watch-cluster.ts'
import type { WatchDeps } from './watch-deps.ts'

/** Those that hear nothing are ended first, and so long may that take: who still hears is deaf only while it is handed on. */
const GOODBYE_MS = 1_500

type Watch = { readonly ending: AbortController; readonly done: Promise<void>; readonly as: string }

const nothing = { blindSince: '', source: '', refusedSince: '', reconciledAt: '', seenObjects: 0 } as const

/** A cluster without an error was watched well when it was left; one that nobody has watched yet has no step. */
export function priorityOf(row: Readonly<ClusterRow> | undefined): Priority {
  if (row === undefined || (row.source === '' && row.error === '')) return 'unknown'
  return row.error === '' ? 'good' : 'bad'
}

/** What a connection depends on: its name, its address, the labels that go with each fault, and whose faults are sent. */
const connects = ({ name, mcp, labels, namespaces }: Cluster): string => JSON.stringify([name, mcp, labels, namespaces])

/** The watches of one supervisor, at most one for each cluster. */
export function watches(deps: WatchDeps, book: LeaseBook) {
  const running = new Map<string, Watch>()
  /** A look at the leases that comes back after the window is over must not start what nobody would end. */
  let over = false

  /** `known`: what its row says, where it is not ours yet. */
  function start(cluster: Cluster, how: 'held' | 'offered', known?: Readonly<ClusterRow>): void {
    const { name } = cluster
    if (over || running.has(name)) return
    const ending = new AbortController()
    const row = book.stateOf(name) ?? known
    const watching = watchCluster(deps, {
      cluster,
      priority: priorityOf(row),
      report: clusterReport(book, name, deps),
      signal: ending.signal,
      before: () => book.stateOf(name) ?? known ?? nothing,
      claim: async () =>
        how === 'held' ? book.holds(name) : (await book.take(name, clusterFacts(cluster))) !== undefined,
      once: how === 'offered',
    })
    const done = watching
      .catch((error: unknown) =>
        deps.log.error({ cluster: name }, `The watch of ${name} ended unforeseen: ${errorText(error)}`),
      )
      .then(() => {
        if (running.get(name)?.ending === ending) running.delete(name)
      })
    running.set(name, { ending, done, as: connects(cluster) })
  }

  function end(name: string, why: string): Promise<void> {
    const watch = running.get(name)
    if (watch === undefined) return Promise.resolve()
    deps.log.info({ cluster: name }, `The watch of ${name} ends: ${why}`)
    running.delete(name)
    watch.ending.abort()
    return watch.done
  }

  return {
    start,
    end,
    endAll: async (): Promise<void> => {
      over = true
      const all = [...running]
      const isActive = ([name]: (typeof all)[number]) => book.stateOf(name)?.status === 'active'
      const others = all.filter((one) => !isActive(one))
      for (const [, { ending }] of others) ending.abort()
      const patience = new AbortController()
      if (others.length > 0 && others.length < all.length)
        await Promise.race([
          Promise.all(others.map(([, { done }]) => done)),
          deps.clock.sleep(GOODBYE_MS, patience.signal),
        ])
      patience.abort()
      for (const [, { ending }] of all) ending.abort()
      await Promise.all(all.map(([, { done }]) => done))
    },
    has: (name: string): boolean => running.has(name),
    /** Watched, and in another form than it is configured now. */
    differs: (cluster: Cluster): boolean => {
      const watch = running.get(cluster.name)
      return watch !== undefined && watch.as !== connects(cluster)
    },
  }
}
export type Watches = ReturnType<typeof watches>
