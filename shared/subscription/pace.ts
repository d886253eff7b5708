import type { Clock } from '../runtime/clock.ts'
import type { Random } from '../runtime/ids.ts'

/** So many faults of one cluster go out at once: a node that dies with all its pods, a release that breaks a namespace. */
const BURST = 300
/** And so many a second after that: a part of what one reader of the queue takes in on a small machine. */
const PER_SECOND = 20
const GAP_MS = 1_000 / PER_SECOND
/** What is told faster for longer is spread over this time. */
const LONGEST_MS = 3_600_000

/**
 * Queue `faults` is read in its order, so a cluster that tells a hundred thousand faults would keep the others waiting
 * behind them. What goes beyond its pace waits hidden in the queue: it is as safe there, and nobody stands behind it.
 */
export function paces(clock: Pick<Clock, 'now'>, random: Random) {
  const next = new Map<string, number>()
  let last = Number.NEGATIVE_INFINITY
  /** A clock that is set back takes along what is due: else all would wait for as long as it was set back. */
  const timeNow = (): number => {
    const now = clock.now().getTime()
    if (now < last) for (const [cluster, due] of next) next.set(cluster, due - (last - now))
    last = now
    return now
  }
  return {
    /** Seconds for which the next fault of this cluster is to stay hidden; mostly none. */
    delayOf: (cluster: string): number => {
      const now = timeNow()
      const due = Math.max(now, next.get(cluster) ?? 0)
      const wait = due - now - BURST * GAP_MS
      if (wait > LONGEST_MS) return Math.ceil((random() * LONGEST_MS) / 1_000)
      next.set(cluster, due + GAP_MS)
      return Math.max(0, Math.ceil(wait / 1_000))
    },
  }
}
