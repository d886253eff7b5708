import { errorText } from '../runtime/errors.ts'
import { backoffMs } from './backoff.ts'
import { connection } from './connection.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'
import { watchMemory } from './watch-memory.ts'
import { WireError } from './wire/wire-error.ts'

/** A connection that held so many times the first wait was a good one; the waits begin anew. */
const GOOD = 10

/**
 * Keeps one cluster watched until the signal says to end: connects, subscribes, looks, and starts again when it fails.
 * On patrol it is one visit, and one try.
 */
export async function watchCluster(deps: WatchDeps, task: WatchTask): Promise<void> {
  const { clock, random, times, log } = deps
  const { cluster, report, signal } = task
  const memory = watchMemory()
  let failures = 0
  try {
    await keep()
  } finally {
    await memory.lingering?.()
  }

  async function keep(): Promise<void> {
    while (!signal.aborted) {
      memory.activeSince = 0
      try {
        await connection(deps, task, memory)
        if (times.patrolMs === 0 || signal.aborted) return
        report.status('patrol')
        report.visited(times.patrolMs)
        return
      } catch (error) {
        if (signal.aborted || (task.once && !memory.claimed)) return
        const heldMs = memory.activeSince === 0 ? 0 : clock.now().getTime() - memory.activeSince
        failures = heldMs > GOOD * times.backoff.initialMs ? 1 : failures + 1
        // A server that says when to come again is not asked before.
        const asked = error instanceof WireError ? error.retryAfterMs : 0
        // A stream that still brings faults gives time to change a key.
        const steps = memory.lingering === undefined ? failures : failures + 2
        const wait = Math.max(asked, backoffMs(steps, times.backoff, random))
        const text = deps.door.clear(errorText(error))
        report.status('failed', text)
        if (times.patrolMs > 0) {
          report.visited(times.patrolMs)
          log.warn(
            { cluster: cluster.name },
            `Cluster ${cluster.name} is not watched: ${text}; next try with the next patrol`,
          )
          return
        }
        report.retryAt(new Date(clock.now().getTime() + wait))
        log.warn(
          { cluster: cluster.name, failures, retryMs: Math.round(wait) },
          `Cluster ${cluster.name} is not watched: ${text}; next try in ${(wait / 1000).toFixed(1)} s`,
        )
        await clock.sleep(wait, signal)
      }
    }
  }
}
