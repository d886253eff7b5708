import type { FetchFunction } from '@slack/webhook'
import type { Clock } from '../../runtime/clock.ts'

/** A queue message may be worked on for minutes; a notifier that asks for a longer wait is left to the next delivery. */
const LONGEST_WAIT_SECONDS = 30

/** fetch that obeys `Retry-After` on 429, at most three times: the webhook client gives up on the first. */
export function patientFetch(clock: Clock, fetchOnce: FetchFunction = globalThis.fetch): FetchFunction {
  return async (url, init) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetchOnce(url, init)
      if (response.status !== 429 || attempt > 3) return response
      const asked = Number(response.headers.get('retry-after') ?? '1')
      if (!(asked >= 0 && asked <= LONGEST_WAIT_SECONDS)) return response
      // Each try has a time limit of its own in `init.signal`; waiting must not outlive it, so a fresh one is used.
      await clock.sleep(asked * 1_000)
      init = { ...init, signal: AbortSignal.timeout(10_000) }
    }
  }
}
