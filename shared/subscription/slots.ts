import type { Clock } from '../runtime/clock.ts'

/**
 * Who waits so long for an answer has nothing to do meanwhile, and gives the slot to somebody who has; sooner where many
 * wait, so that each has its turn within `TURN_MS`.
 */
const HELD_MS = 250
const LEAST_HELD_MS = 50
const TURN_MS = 2_500
/** Unless the process itself is late by this much: then it has as much to do as it can. */
const LATE_MS = 50

/** Who goes first: those that were watched before, those nobody knows, those that failed the last time. */
export type Priority = 'good' | 'unknown' | 'bad'
export const order: readonly Priority[] = ['good', 'unknown', 'bad']

type Waiting = { readonly go: () => void; readonly since: number }

/**
 * At most `count` begin at once, so that a thousand do not shake hands in one moment; the others wait in their order,
 * the better known before the worse. However many never answer, the rest waits a moment for each.
 */
export function slots(count: number, clock: Clock) {
  let free = count
  const waiting: Record<Priority, Waiting[]> = { good: [], unknown: [], bad: [] }
  const now = () => clock.now().getTime()
  const next = () => {
    for (const priority of order) {
      const first = waiting[priority].shift()
      if (first !== undefined) return first.go
    }
    return undefined
  }
  /** All who wait have what is left of the time in which the first of them is to have its turn. */
  function holdMs(): number {
    const queue = order.reduce((sum, priority) => sum + waiting[priority].length, 0)
    if (queue === 0) return HELD_MS
    const since = Math.min(...order.map((priority) => waiting[priority][0]?.since ?? Number.POSITIVE_INFINITY))
    return Math.max(LEAST_HELD_MS, Math.min(HELD_MS, ((since + TURN_MS - now()) * count) / queue))
  }

  return async <T>(act: () => Promise<T>, priority: Priority = 'unknown'): Promise<T> => {
    if (free > 0) free -= 1
    else await new Promise<void>((go) => waiting[priority].push({ go, since: now() }))
    const done = new AbortController()
    let held = true
    const giveBack = () => {
      if (!held) return
      held = false
      const go = next()
      if (go === undefined) free += 1
      else go()
    }
    const patience = async () => {
      while (!done.signal.aborted) {
        const before = now()
        const ms = holdMs()
        await clock.sleep(ms, done.signal)
        if (now() - before < ms + LATE_MS) break
      }
      giveBack()
    }
    void patience()
    try {
      return await act()
    } finally {
      done.abort()
      giveBack()
    }
  }
}
export type Slots = ReturnType<typeof slots>
