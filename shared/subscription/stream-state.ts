import { type BackoffSettings, backoffMs } from './backoff.ts'
import { heartbeatSense } from './heartbeat-sense.ts'
import type { StreamOpened } from './transport.ts'

/** A stream that holds for so many times the first wait was a good one. */
const GOOD = 5

/** Servers that replay do so at once. */
const REPLAY_MS = 2_000

/**
 * What is known of the stream on which faults come: whether there is one, whether it has proved itself, and when it is
 * tried again. Times are milliseconds of our clock.
 */
export function streamState(
  {
    backoff,
    proveMs,
    climbMs,
  }: { readonly backoff: BackoffSettings; readonly proveMs: number; readonly climbMs: number },
  random: () => number,
) {
  let state: 'none' | 'up' | 'held' | 'down' = 'none'
  let why = ''
  let since = 0
  let lastSign = 0
  let signs = 0
  let doubt = ''
  let failures = 0
  let nextAt = Number.POSITIVE_INFINITY
  let askedMs = 0
  const beat = heartbeatSense()

  return {
    isUp: () => state === 'up' || state === 'held',
    /** '' unless there is no stream now. */
    lack: () => (state === 'none' || state === 'down' ? why : ''),
    /** Why what comes, or does not come, on it proves nothing; '' when it has proved itself. */
    unproved: (now: number, wasUnproved: boolean): string => {
      if (doubt !== '') return doubt
      if (signs > 0) return ''
      if (state === 'held') return 'the server has not even sent the headers of its stream'
      const young = now - since < proveMs && !wasUnproved
      return state === 'up' && !young ? 'nothing has come on the stream yet, not even a sign of life' : ''
    },
    /** What comes now may be a replay of what was sent before it was opened. */
    isYoung: (now: number): boolean => state === 'none' || state === 'down' || now - since < REPLAY_MS,
    lastSign: () => lastSign,
    /** So long the server asked to be left alone when it last refused a stream. */
    askedMs: () => askedMs,
    /** When it is to be tried again, or is dead if nothing comes until then. */
    dueAt: () => (state === 'up' || state === 'held' ? beat.deadAt() : nextAt),
    isDead: (now: number) => (state === 'up' || state === 'held') && now >= beat.deadAt(),
    /** Answers whether it is the first. */
    sign: (now: number): boolean => {
      signs += 1
      lastSign = now
      if (state === 'held') state = 'up'
      beat.sign(now)
      return signs === 1
    },
    /** A fault came on it: whatever was held against it is no more. */
    brought: (): void => {
      doubt = ''
    },
    doubt: (text: string): void => {
      doubt = text
    },
    opened: (opened: StreamOpened, now: number): boolean => {
      if (opened !== 'open' && opened !== 'held') {
        failures += 1
        why = opened.why
        askedMs = opened.retryAfterMs
        state = 'none'
        nextAt = now + Math.max(climbMs, opened.retryAfterMs)
        return false
      }
      state = opened === 'open' ? 'up' : 'held'
      since = now
      signs = 0
      doubt = ''
      beat.opened(now)
      return true
    },
    /** It is to be opened again at once, or later where it never holds or the server wants a pause. */
    ended: (reason: string, retryMs: number, now: number): void => {
      failures = now - since > GOOD * backoff.initialMs ? 0 : failures + 1
      const wait = Math.max(retryMs, failures === 0 ? 0 : backoffMs(failures, backoff, random))
      state = 'down'
      why = `the stream ended (${reason})${wait < 1_000 ? '' : `, and is opened again in ${Math.round(wait / 1000)} s`}`
      nextAt = now + wait
    },
    /** There is none, and none is wanted for now. */
    without: (reason: string, again = Number.POSITIVE_INFINITY): void => {
      state = 'none'
      why = reason
      nextAt = again
    },
    /** Ended, and to be opened again without a new session first. */
    isDown: () => state === 'down',
  }
}
export type StreamState = ReturnType<typeof streamState>
