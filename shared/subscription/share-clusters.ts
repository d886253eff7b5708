import type { Cluster } from '../config/cluster.ts'
import type { ClustersInForce } from '../config/clusters-source.ts'
import type { ClusterRow } from '../lease/cluster-row.ts'
import { shareOut } from '../lease/fair-share.ts'
import type { Heartbeats } from '../lease/heartbeat.ts'
import type { LeaseBook, Seen } from '../lease/lease-book.ts'
import type { Log } from '../runtime/log.ts'
import { clusterFacts } from './cluster-facts.ts'
import { order } from './slots.ts'
import { priorityOf, type Watches } from './watches.ts'

/** Conditional writes under way at once when many clusters are taken. */
const TAKING = 32
/**
 * So many looks a surplus stands before it is offered, which is the time of a lease: a supervisor that comes back from
 * the end of its window is given those of the next one that ends, and nothing has moved twice.
 */
const PATIENCE = 6

export type ShareDeps = {
  readonly clusters: ClustersInForce
  readonly book: LeaseBook
  readonly beats: Pick<Heartbeats, 'among'>
  readonly watching: Watches
  /** Nothing is to be done for it now: a patrol has been there. */
  readonly isVisited: (row: Readonly<ClusterRow>) => boolean
  readonly log: Log
}

/** Compares what is configured, what is held and what others do, and sets it right. */
export function shareClusters({ clusters, book, beats, watching, isVisited, log }: ShareDeps) {
  /** Configured at the look before and without a row: as good as orphaned. */
  let rowless = new Set<string>()
  let surplusScans = 0
  let unvisited = Number.POSITIVE_INFINITY

  /** Answers the names whose lease is another's by now. */
  async function tick(): Promise<readonly string[]> {
    const { clusters: all, problem } = await clusters.current()
    const requested = new Map(all.flatMap((cluster) => (cluster.enabled ? [[cluster.name, cluster]] : [])))
    const { seen, lost } = await book.scan()
    await retire(seen, requested, new Set(all.map(({ name }) => name)), problem === undefined)
    await follow(requested)

    const open = [...requested.keys()].filter((name) => {
      const state = book.stateOf(name) ?? seen.get(name)?.state
      return state === undefined || !isVisited(state)
    })
    unvisited = open.length
    const states = open.map((name) => {
      const row = seen.get(name)
      return {
        name,
        mine: book.holds(name),
        free: row === undefined || row.free,
        offered: row?.state.offered === true,
        orphaned: row === undefined ? rowless.has(name) : row.orphaned,
      }
    })
    rowless = new Set([...requested.keys()].filter((name) => !seen.has(name)))
    const { takeAll, takeSome, room, takeOver, surplus, keep } = shareOut(states, await beats.among())
    surplusScans = surplus.length === 0 ? 0 : surplusScans + 1

    // A thousand rows take seconds: first those that somebody hears as soon as they are taken.
    const hope = ({ name }: Cluster) => order.indexOf(priorityOf(seen.get(name)?.state))
    const named = (names: readonly string[]) =>
      names.flatMap((name) => requested.get(name) ?? []).sort((a, b) => b.priority - a.priority || hope(a) - hope(b))
    await takeUpTo(takeAll.length, named(takeAll))
    await takeUpTo(room, named(takeSome))
    for (const cluster of named(takeOver)) watching.start(cluster, 'offered', seen.get(cluster.name)?.state)
    const gone = surplusScans < PATIENCE ? [] : await book.offer(surplus)
    return [...lost, ...gone, ...(await book.offer(keep, false))]
  }

  /** Goes on where another was first, until it has so many or there are no more. */
  async function takeUpTo(most: number, candidates: readonly Cluster[]): Promise<void> {
    const left = [...candidates]
    let open = most
    const takeNext = async (): Promise<void> => {
      while (open > 0) {
        const cluster = left.shift()
        if (cluster === undefined) return
        open -= 1
        if ((await book.take(cluster.name, clusterFacts(cluster))) === undefined) open += 1
        else watching.start(cluster, 'held')
      }
    }
    await Promise.all(Array.from({ length: TAKING }, takeNext))
  }

  /** What is held is watched, in the form it is configured in. */
  async function follow(requested: ReadonlyMap<string, Cluster>): Promise<void> {
    // Side by side: one that ends slowly, since its server does not answer, holds up no other.
    await Promise.all(
      book.held().map(async (name) => {
        const cluster = requested.get(name)
        if (cluster === undefined) return
        if (watching.differs(cluster)) await watching.end(name, 'its configuration has changed')
        const state = book.stateOf(name)
        const facts = clusterFacts(cluster)
        const { environment, labels, triageEnabled } = state ?? {}
        if (facts.environment !== environment || facts.labels !== labels || facts.triageEnabled !== triageEnabled)
          book.note(name, facts)
        if (state === undefined || !isVisited(state)) watching.start(cluster, 'held')
      }),
    )
  }

  /** Rows of clusters that are no longer configured, or are switched off, are marked so by whoever may write them. */
  async function retire(
    seen: ReadonlyMap<string, Seen>,
    requested: ReadonlyMap<string, Cluster>,
    configured: ReadonlySet<string>,
    certain: boolean,
  ): Promise<void> {
    const leaving = { removed: [] as string[], off: [] as string[] }
    for (const [name, { state, free }] of seen) {
      const removed = !configured.has(name)
      // A file that is wrong in one place may miss clusters that are still meant.
      if (requested.has(name) || (removed && !certain)) continue
      if ((removed ? state.removed : !state.enabled) && !book.holds(name)) continue
      if (!book.holds(name) && (!free || (await book.take(name, {})) === undefined)) continue
      leaving[removed ? 'removed' : 'off'].push(name)
    }
    await retireAll(leaving.removed, { removed: true }, 'no longer configured')
    await retireAll(leaving.off, { removed: false }, 'switched off')
  }

  async function retireAll(names: readonly string[], how: { readonly removed: boolean }, why: string): Promise<void> {
    await Promise.all(names.map((name) => watching.end(name, `it is ${why}`)))
    await book.retire(names, how)
    for (const cluster of names) log.info({ cluster }, `Cluster ${cluster} is ${why}`)
  }

  return {
    tick,
    /** At the last tick. */
    unvisited: (): number => unvisited,
    /** Before the end of a window, as soon as others are there to take over. */
    offerAll: async (): Promise<readonly string[]> => {
      const kept = book.held().filter((name) => book.stateOf(name)?.offered === false)
      return kept.length > 0 && (await beats.among()).supervisors > 1 ? book.offer(kept) : []
    },
  }
}
