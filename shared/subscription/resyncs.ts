import { errorText } from '../runtime/errors.ts'
import type { Reconciled } from './reconcile.ts'

/** A look takes at most this part of a server's time, unless it is the one that is always due. */
const SHARE = 20

export type ResyncsDeps = {
  readonly now: () => number
  readonly reconcileMs: number
  /** How often while nothing proves that faults are heard. */
  readonly closeMs: number
  readonly resync: (again: boolean) => Promise<Reconciled>
  /** Called when one is over, well or not. */
  readonly onResync: (outcome: Reconciled) => void
}

/** By then the end of what is over is known to whoever admits faults. At most so often is a cluster looked at for it. */
const AGAIN_MS = 30_000

/** What is to be remembered of looks from one connection to the next. */
export type ResyncMemory = {
  lookedAt: number
  /** When to look and tell all again, since something is over that may have explained other things. */
  againAt: number | undefined
  tookMs: number
}

/** Looks at one cluster beside its watch, one at a time. */
export function resyncs(deps: ResyncsDeps, memory: ResyncMemory) {
  const { now } = deps
  let running: Promise<void> | undefined
  let resyncAgain = false

  function start(): void {
    if (running !== undefined) return
    const startedAt = now()
    const again = startedAt >= (memory.againAt ?? Number.POSITIVE_INFINITY)
    if (again) memory.againAt = undefined
    memory.lookedAt = startedAt
    resyncAgain = false
    running = one(again).finally(() => {
      running = undefined
      memory.tookMs = now() - startedAt
      if (resyncAgain) memory.lookedAt = Number.NEGATIVE_INFINITY
    })
  }

  async function one(again: boolean): Promise<void> {
    try {
      const resynced = await deps.resync(again)
      if (resynced.ended) memory.againAt ??= now() + AGAIN_MS
      deps.onResync(resynced)
    } catch (error) {
      deps.onResync({ gaps: '', whole: false, broken: errorText(error), refused: '', ended: false, unheard: 0 })
    }
  }

  return {
    start,
    isRunning: () => running !== undefined,
    /** `close`: nothing proves that faults are heard, so look more often than at the beat that always holds. */
    dueAt: (close: boolean): number => {
      if (running !== undefined) return Number.POSITIVE_INFINITY
      const every = close ? Math.min(deps.reconcileMs, Math.max(deps.closeMs, SHARE * memory.tookMs)) : deps.reconcileMs
      return Math.min(memory.lookedAt + every, memory.againAt ?? Number.POSITIVE_INFINITY)
    },
    /** Something may have been missed: look at once, and once more when one is under way that may have begun before. */
    request: (): void => {
      memory.lookedAt = Number.NEGATIVE_INFINITY
      resyncAgain = running !== undefined
    },
    overdue: (): void => {
      memory.againAt ??= now() + AGAIN_MS
    },
    idle: async (): Promise<void> => {
      await running
    },
  }
}
