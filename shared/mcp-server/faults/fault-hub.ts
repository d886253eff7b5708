import type { Clock } from '../../runtime/clock.ts'
import type { Targets } from '../targets/targets.ts'
import { type FaultWatch, type FaultWatchTimes, type Listener, startFaultWatch } from './fault-watch.ts'
import { createRecentNotices } from './recent-notices.ts'
import { watchView } from './watch-view.ts'

type RecentNotices = ReturnType<typeof createRecentNotices>

export type HubTimes = FaultWatchTimes & {
  /** A subscribe answers within this, whatever the cluster does; known clients wait 15 s for a call. */
  readonly subscribeWaitMs: number
}
export const usualTimes: HubTimes = {
  debounceMs: 200,
  beatMs: 15_000,
  resolveAfterMs: 60_000,
  retryMs: 1_000,
  subscribeWaitMs: 5_000,
}

/** Clusters that nobody watches any more and of which something is still kept. */
const MAX_CLUSTERS = 200

/** One watch per cluster, however many listen; it ends with the last listener. */
export type FaultHub = {
  readonly listen: (
    cluster: string,
    listener: Listener,
  ) => { readonly watch: FaultWatch; readonly recent: RecentNotices; readonly leave: () => void }
  readonly times: HubTimes
  /** How many clusters are watched now. */
  readonly watches: () => number
  readonly stop: () => void
}

export function createFaultHub(deps: {
  readonly targets: Targets
  readonly clock: Clock
  readonly random: () => number
  readonly times?: Partial<HubTimes>
}): FaultHub {
  const running = new Map<string, { readonly watch: FaultWatch; readonly recent: RecentNotices; listeners: number }>()
  const kept = new Map<string, RecentNotices>()
  const times = { ...usualTimes, ...deps.times }
  const { now } = deps.clock

  function start(cluster: string) {
    const { targets } = deps
    const view =
      targets.watchAt?.(cluster) ?? watchView(targets.at(cluster), [targets.find(cluster).namespace], () => undefined)
    const watch = startFaultWatch(cluster, view, { ...deps, times })
    const recent = kept.get(cluster) ?? createRecentNotices()
    kept.delete(cluster)
    kept.set(cluster, recent)
    for (const oldest of kept.keys()) {
      if (kept.size <= MAX_CLUSTERS) break
      if (!running.has(oldest)) kept.delete(oldest)
    }
    recent.begin(now())
    watch.listen({
      onFault: (fault, resolved) => recent.note({ at: now(), fault, resolved }),
      onEvent: (event) => recent.note({ at: now(), event }),
      onDegraded: () => undefined,
    })
    return { watch, recent, listeners: 0 }
  }
  return {
    listen: (cluster, listener) => {
      const entry = running.get(cluster) ?? start(cluster)
      running.set(cluster, entry)
      entry.listeners += 1
      const forget = entry.watch.listen(listener)
      let left = false
      return {
        watch: entry.watch,
        recent: entry.recent,
        leave: () => {
          if (left) return
          left = true
          forget()
          entry.listeners -= 1
          if (entry.listeners > 0) return
          entry.watch.stop()
          running.delete(cluster)
        },
      }
    },
    times,
    watches: () => running.size,
    stop: () => {
      for (const { watch } of running.values()) watch.stop()
      running.clear()
    },
  }
}
