import type { DetectedFault } from '../../faults/detect.ts'
import { detectInViews } from '../../faults/detect.ts'
import { faultKinds } from '../../faults/fault-kinds.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import type { Clock } from '../../runtime/clock.ts'
import { type KindState, watchKind } from './kind-watch.ts'
import { createOpenFaults } from './open-faults.ts'
import { createViewStore } from './view-store.ts'
import type { WatchView } from './watch-view.ts'

export type FaultWatchTimes = {
  /** Changes come in bursts; so long is waited for the rest of one before the detectors run. */
  readonly debounceMs: number
  /** Some faults come and go with time alone: the detectors run at least so often. */
  readonly beatMs: number
  /** A fault is over when it has not been seen for so long, or at once when its object is gone. */
  readonly resolveAfterMs: number
  readonly retryMs: number
}

export type Listener = {
  readonly onFault: (fault: DetectedFault, resolved: boolean) => void
  /** An event of the cluster that came after the watch began. */
  readonly onEvent: (event: KubeObject) => void
  /** The cluster has not answered several times in a row, or (without a reason) does again; told once each. */
  readonly onDegraded: (reason: string | undefined) => void
}
export type FaultWatch = {
  /** Resolves when every kind has been listed or refused: `current` means something from then on. */
  readonly ready: Promise<void>
  readonly current: () => readonly DetectedFault[]
  /** Kinds that are not seen, or in part only, with the reason. */
  readonly notVisible: () => readonly { readonly kind: string; readonly reason: string }[]
  readonly listen: (listener: Listener) => () => void
  readonly stop: () => void
}

/** As the reference server: five failures of a watch make a subscription degraded. */
const DEGRADED_AFTER = 5

/** Watches one cluster, once for all who listen. */
export function startFaultWatch(
  cluster: string,
  api: Pick<ClusterApi, 'list' | 'watch'> & Partial<WatchView>,
  deps: { readonly clock: Clock; readonly random: () => number; readonly times: FaultWatchTimes },
): FaultWatch {
  const { clock, times } = deps
  const ended = new AbortController()
  const { signal } = ended
  const store = createViewStore()
  const open = createOpenFaults(times.resolveAfterMs, store.has)
  const listeners = new Set<Listener>()
  const states = new Map<string, KindState>(faultKinds.map(({ kind }) => [kind, { state: 'starting' }]))
  const listed = new Set<string>()
  let announceReady = () => {}
  const ready = new Promise<void>((resolve) => {
    announceReady = resolve
  })
  let planned = false
  let degraded = false

  /** Before every kind has settled, an owner or a neighbour may only seem to be missing. */
  const settled = () => [...states.values()].every(({ state }) => state !== 'starting')

  function resync() {
    if (!settled() || signal.aborted) return
    const now = clock.now()
    const { appeared, resolved } = open.update(detectInViews(cluster, store.views(now), now, [...listed]), now)
    for (const listener of listeners) {
      for (const fault of resolved) listener.onFault(fault, true)
      for (const fault of appeared) listener.onFault(fault, false)
    }
    announceReady()
  }
  async function plan() {
    if (planned || signal.aborted) return
    planned = true
    await clock.sleep(times.debounceMs, signal)
    planned = false
    resync()
  }
  function setState(kind: string, state: KindState) {
    states.set(kind, state)
    // A right that was taken away hides the faults and does not heal them: what was known stays.
    if (state.state === 'denied') listed.delete(kind)
    if (state.state === 'absent') {
      listed.delete(kind)
      store.replace(kind, [])
    }
    const [down] = [...states.values()].flatMap((one) =>
      one.state === 'failing' && one.failures >= DEGRADED_AFTER ? [one.reason] : [],
    )
    if ((down !== undefined) !== degraded) {
      degraded = down !== undefined
      for (const listener of listeners) listener.onDegraded(down)
    }
    void plan()
  }
  async function beat() {
    while (!signal.aborted) {
      await clock.sleep(times.beatMs, signal)
      void plan()
    }
  }

  for (const kind of faultKinds) {
    void watchKind({
      api,
      kind,
      clock,
      random: deps.random,
      signal,
      retryMs: times.retryMs,
      onState: (state) => setState(kind.kind, state),
      onList: (objects) => {
        listed.add(kind.kind)
        store.replace(kind.kind, objects)
        void plan()
      },
      onChange: ({ type, object }) => {
        if (type === 'DELETED') store.remove(object)
        else store.set(object)
        if (kind.kind === 'Event' && type !== 'DELETED') for (const listener of listeners) listener.onEvent(object)
        void plan()
      },
    })
  }
  void beat()

  return {
    ready,
    current: open.all,
    notVisible: () =>
      [...states].flatMap(([kind, state]) => {
        const part = state.state === 'watching' ? api.narrowed?.(kind) : undefined
        if (part !== undefined) return [{ kind, reason: part }]
        if (state.state === 'watching') return state.cut === undefined ? [] : [{ kind, reason: state.cut }]
        // A kind that the cluster does not have at all hides nothing.
        if (state.state === 'absent') return []
        return [{ kind, reason: 'reason' in state ? state.reason : 'no answer yet' }]
      }),
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: () => {
      ended.abort()
      announceReady()
    },
  }
}
