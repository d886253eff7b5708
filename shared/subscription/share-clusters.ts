import type { Cluster } from '../config/cluster.ts'
import type { ClustersInForce } from '../config/clusters-source.ts'
import { shareOut } from '../lease/fair-share.ts'
import type { Heartbeats } from '../lease/heartbeat.ts'
import type { LeaseBook, Seen } from '../lease/lease-book.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import { clusterFacts } from './cluster-facts.ts'
import { slots } from './slots.ts'
import type { Watches } from './watches.ts'

/** Conditional writes under way at once when many clusters are taken. */
const TAKING = 32

export type ShareDeps = {
  readonly clusters: ClustersInForce
  readonly book: LeaseBook
  readonly beats: Pick<Heartbeats, 'live'>
  readonly watching: Watches
  readonly random: Random
  readonly log: Log
}

/** Compares what is configured, what is held and what others do, and sets it right. */
export function shareClusters({ clusters, book, beats, watching, random, log }: ShareDeps) {
  /** Configured at the look before and without a row: as good as orphaned. */
  let rowless = new Set<string>()

  /** Answers the names whose lease is another's by now, and whether some clusters are still nobody's. */
  async function tick(): Promise<{ readonly lost: readonly string[]; readonly unwatched: boolean }> {
    const { clusters: all, problem } = await clusters.current()
    const wanted = new Map(all.flatMap((cluster) => (cluster.enabled ? [[cluster.name, cluster]] : [])))
    const { seen, lost } = await book.look()
    await retire(seen, wanted, new Set(all.map(({ name }) => name)), problem === undefined)
    await follow(wanted)

    const rows = new Map(seen.map((one) => [one.name, one]))
    const standing = fromAnywhere([...wanted.keys()], random).map((name) => {
      const row = rows.get(name)
      return {
        name,
        mine: book.holds(name),
        free: row === undefined || row.free,
        offered: row?.state.offered === true,
        orphaned: row === undefined ? rowless.has(name) : row.orphaned,
      }
    })
    rowless = new Set([...wanted.keys()].filter((name) => !rows.has(name)))
    const { take, takeOver, offer } = shareOut(standing, await beats.live())

    const taking = slots(TAKING)
    const named = (names: readonly string[]) => names.flatMap((name) => wanted.get(name) ?? [])
    await Promise.all(
      named(take).map((cluster) =>
        taking(async () => {
          if ((await book.take(cluster.name, clusterFacts(cluster))) !== undefined) watching.start(cluster, 'held')
        }),
      ),
    )
    for (const cluster of named(takeOver)) watching.start(cluster, 'offered')
    const gone = offer.length === 0 ? [] : await book.offer(offer)
    const unwatched = standing.some(({ name, mine, free }) => free && !mine && !book.holds(name))
    return { lost: [...lost, ...gone], unwatched }
  }

  /** What is held is watched, in the form it is configured in. */
  async function follow(wanted: ReadonlyMap<string, Cluster>): Promise<void> {
    for (const name of book.held()) {
      const cluster = wanted.get(name)
      if (cluster === undefined) continue
      if (watching.differs(cluster)) {
        await watching.end(name, 'its configuration has changed')
        book.note(name, clusterFacts(cluster))
      }
      watching.start(cluster, 'held')
    }
  }

  /** Rows of clusters that are no longer configured, or are switched off, are marked so by whoever may write them. */
  async function retire(
    seen: readonly Seen[],
    wanted: ReadonlyMap<string, Cluster>,
    configured: ReadonlySet<string>,
    certain: boolean,
  ): Promise<void> {
    for (const { name, state, free } of seen) {
      const removed = !configured.has(name)
      // A file that is wrong in one place may miss clusters that are still meant.
      if (wanted.has(name) || (removed && !certain)) continue
      if ((removed ? state.removed : !state.enabled) && !book.holds(name)) continue
      if (!book.holds(name) && (!free || (await book.take(name, {})) === undefined)) continue
      await watching.end(name, removed ? 'it is no longer configured' : 'it is switched off')
      await book.retire([name], { removed })
      log.info({ cluster: name }, `Cluster ${name} is ${removed ? 'no longer configured' : 'switched off'}`)
    }
  }

  return {
    tick,
    /** Before the end of a window, when others are there to take over. */
    offerAll: async (): Promise<readonly string[]> => ((await beats.live()) > 1 ? book.offer(book.held()) : []),
  }
}

/** Supervisors that start together should not all reach for the same clusters first. */
function fromAnywhere<T>(list: readonly T[], random: Random): readonly T[] {
  const at = Math.floor(random() * list.length)
  return [...list.slice(at), ...list.slice(0, at)]
}
