import { type BackoffSettings, backoffMs } from './backoff.ts'
import type { Subscription } from './subscribe.ts'

/** A subscription that holds for so many times the first wait was a good one. */
const GOOD = 60

/** Whether the server is to send faults, and when that is tried again. Times are milliseconds of our clock. */
export function subscriptionState(backoff: BackoffSettings, climbMs: number, random: () => number) {
  let made: Subscription | undefined
  let why = ''
  let since = 0
  let failures = 0
  let nextAt = Number.POSITIVE_INFINITY
  return {
    current: () => made,
    /** '' while there is one. */
    lack: () => (made === undefined ? why : ''),
    dueAt: () => nextAt,
    made: (subscription: Subscription, now: number): void => {
      made = subscription
      since = now
      nextAt = Number.POSITIVE_INFINITY
    },
    refused: (reason: string, retryAfterMs: number, now: number): void => {
      made = undefined
      why = reason
      nextAt = now + Math.max(climbMs, retryAfterMs)
    },
    /** It was there; made again at once, or later where the server gives it up again and again. */
    lost: (reason: string, now: number): void => {
      failures = now - since > GOOD * backoff.initialMs ? 0 : failures + 1
      const wait = failures === 0 ? 0 : backoffMs(failures, backoff, random)
      made = undefined
      why = `${reason}${wait < 1_000 ? '' : `; it is subscribed to again in ${Math.round(wait / 1000)} s`}`
      nextAt = now + wait
    },
    /** Without a stream nobody would hear it. */
    without: (reason: string): void => {
      made = undefined
      why = reason
      nextAt = Number.POSITIVE_INFINITY
    },
  }
}
