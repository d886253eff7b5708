import type { Clock } from '../../runtime/clock.ts'

/** Runs `act` once however many ask at a time, and not before it is due again; `force` does not wait for that. */
export function seldom(clock: Clock, act: () => Promise<void>, dueMs: () => number) {
  let last = Number.NEGATIVE_INFINITY
  let running: Promise<void> | undefined
  return again
  function again(force = false): Promise<void> {
    // What runs may have looked before the change that the caller knows of.
    if (running !== undefined) return force ? running.then(() => again(true)) : running
    if (!force && clock.now().getTime() - last < dueMs()) return Promise.resolve()
    running = act().finally(() => {
      last = clock.now().getTime()
      running = undefined
    })
    return running
  }
}
