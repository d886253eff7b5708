import type { Clock } from './clock.ts'
import { RetryLater } from './errors.ts'
import type { Random } from './ids.ts'

/** What an attempt answers when somebody else wrote first. */
export const STALE = 'stale'

export type ContendDeps = { readonly clock: Pick<Clock, 'sleep'>; readonly random: Random }

/**
 * In every round of contenders for one row somebody wins, so tries bound how many may contend at once: 16 messages per
 * instance at two instances. The waits add up to at most 12 s, far below a queue message's visibility time.
 */
const TRIES = 32
const LONGEST_WAIT = 400

/** Repeats read, decide, conditional write until the write is not stale; RetryLater when the row stays contended. */
export async function contend<T>(
  deps: ContendDeps,
  what: string,
  attempt: () => Promise<T | typeof STALE>,
): Promise<T> {
  for (let tried = 0; tried < TRIES; tried++) {
    const result = await attempt()
    if (result !== STALE) return result
    await deps.clock.sleep(deps.random() * Math.min(LONGEST_WAIT, 10 * 2 ** tried))
  }
  throw new RetryLater(`${what} was written by others ${TRIES} times in a row; it is tried again later`)
}
