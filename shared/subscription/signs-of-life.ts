import { proveLife } from './prove-life.ts'
import { Refused, type Session } from './session.ts'
import type { WatchDeps } from './watch-deps.ts'
import { WireError } from './wire/wire-error.ts'

/** Signs on the stream may be those of a proxy: so many pings in a row may go unanswered beside nothing else. */
const EXCUSES = 3
/** Between one that was excused and the next. */
const EXCUSED_MS = 1_000

/**
 * Whether a server still answers. Some do one thing at a time, so a ping that waits behind a call is no end as long as
 * anything else comes; but one that has been silent for longer than a ping may be late is gone, whatever is still asked.
 */
export function signsOfLife(
  session: Session,
  { clock, times: { pingMs, callMs } }: Pick<WatchDeps, 'clock' | 'times'>,
  { streamSign, onDoubt }: { readonly streamSign: () => number; readonly onDoubt: () => void },
) {
  const now = () => clock.now().getTime()
  const silentMs = Math.max(pingMs, callMs)
  let answeredAt = now()
  let dueAt = answeredAt + pingMs
  let excuses = 0
  const answered = (): void => {
    answeredAt = now()
  }
  const doubt = (): void => {
    dueAt = Number.NEGATIVE_INFINITY
  }
  const alive = async (): Promise<void> => {
    await proveLife(session, clock, callMs)
    answered()
  }
  const call: Session['call'] = async (name, args) => {
    try {
      const answer = await session.call(name, args)
      answered()
      return answer
    } catch (error) {
      if (error instanceof Refused) answered()
      else if (error instanceof WireError && error.late) {
        doubt()
        onDoubt()
      }
      throw error
    }
  }
  return {
    /** Whose answers are signs of life, and which is asked for one as soon as a call goes unanswered. */
    session: { ...session, call },
    /** Rejects when the server answers no ping. */
    alive,
    dueAt: (): number => dueAt,
    /** To be asked at once. */
    doubt,
    /** Asks; rejects when it is over, and otherwise says why a ping that was not answered is none. */
    check: async (): Promise<string> => {
      try {
        await alive()
        excuses = 0
        dueAt = now() + pingMs
        return ''
      } catch (error) {
        const signAt = Math.max(answeredAt, streamSign())
        const isLate = error instanceof WireError && (error.late || error.status >= 500)
        const isSilent = now() - signAt >= silentMs
        if (!isLate || isSilent || (signAt > answeredAt && excuses >= EXCUSES)) throw error
        excuses += 1
        // Early enough that the silence is known as soon as without an excuse. One that was late took its time; what answers
        // 503 does so within a millisecond, and would be asked a thousand times.
        const pause = error.late ? 0 : EXCUSED_MS
        const soon = Math.min(now() + pause, Math.max(now(), signAt + silentMs))
        dueAt = Math.max(soon, signAt + pingMs - callMs)
        return error.message
      }
    },
  }
}
