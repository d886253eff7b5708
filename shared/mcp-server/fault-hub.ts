import type { Clock } from '../runtime/clock.ts'
import { type FaultWatch, type FaultWatchTimes, type Listener, startFaultWatch } from './fault-watch.ts'
import type { Targets } from './targets.ts'

export type HubTimes = FaultWatchTimes & {
  /** A subscribe answers within this, whatever the cluster does; known clients wait 15 s for a call. */
  readonly subscribeWaitMs: number
}
const usualTimes: HubTimes = {
  debounceMs: 200,
  beatMs: 15_000,
  resolveAfterMs: 60_000,
  retryMs: 1_000,
  subscribeWaitMs: 5_000,
}

/** One watch per cluster, however many listen; it ends with the last listener. */
export type FaultHub = {
  readonly listen: (cluster: string, listener: Listener) => { readonly watch: FaultWatch; readonly leave: () => void }
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
  const running = new Map<string, { readonly watch: FaultWatch; listeners: number }>()
  const times = { ...usualTimes, ...deps.times }
  return {
    listen: (cluster, listener) => {
      const entry = running.get(cluster) ?? {
        watch: startFaultWatch(cluster, deps.targets.at(cluster), { ...deps, times }),
        listeners: 0,
      }
      running.set(cluster, entry)
      entry.listeners += 1
      const forget = entry.watch.listen(listener)
      let left = false
      return {
        watch: entry.watch,
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
