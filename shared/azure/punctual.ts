import type { TokenCredential } from '@azure/identity'
import type { Clock } from '../runtime/clock.ts'
import { systemClock } from '../runtime/clock.ts'
import { errorText } from '../runtime/errors.ts'
import { statusOf } from './failure.ts'

/** The platform's endpoint answers in milliseconds, and in a second or two when it is cold. */
const TRY_MS = 10_000
const TRIES = 3
const PAUSE_MS = 400
/** Tokens that are not asked for with an end of their own. */
const ALL_MS = 25_000

/**
 * The libraries hand their credential a signal and then wait for it, whatever it does: one request that the endpoint
 * swallowed would hold every caller for ever. So each try has an end of its own, what fails in passing is asked again,
 * and nobody waits past his own deadline.
 */
export function punctual(credential: TokenCredential, clock: Pick<Clock, 'sleep'> = systemClock): TokenCredential {
  return {
    getToken: async (scopes, options = {}) => {
      const deadline = AbortSignal.timeout(ALL_MS)
      const given = options.abortSignal
      // Azure's own signals have the shape of the platform's, but not its class.
      const whole = given instanceof AbortSignal ? AbortSignal.any([given, deadline]) : deadline
      for (let tried = 1; ; tried++) {
        const signal = AbortSignal.any([whole, AbortSignal.timeout(TRY_MS)])
        try {
          return await race(credential.getToken(scopes, { ...options, abortSignal: signal }), signal)
        } catch (error) {
          if (whole.aborted) throw new Error('The identity endpoint gave no token in time', { cause: error })
          if (tried >= TRIES || !passes(error, signal)) throw error
          await clock.sleep(PAUSE_MS * tried, whole)
        }
      }
    },
  }
}

/** What a moment later may be well: no answer, too many at once, its own trouble. */
const passes = (error: unknown, signal: AbortSignal): boolean =>
  signal.aborted ||
  (statusOf(error) ?? 0) >= 500 ||
  statusOf(error) === 429 ||
  /ECONNRE|ETIMEDOUT|EPIPE|socket hang up|\b429\b|\b50\d\b/.test(errorText(error))

/** Whoever does not heed its signal is left behind. */
function race<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('The identity endpoint did not answer'))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
