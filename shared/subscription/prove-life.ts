import type { Clock } from '../runtime/clock.ts'
import type { Session } from './session.ts'

/** A second question goes out when the first has waited for this part of its time; both are over with the first. */
const SECOND = 2 / 3
/** A connection that broke is asked again so soon: what cut it may take a moment. */
const AGAIN_MS = 300
/** Later by this part of a call's time, it is our process that was busy, and the answer may lie there unread. */
const OUR_LATENESS = 1 / 10

/** Resolves when the server answers one of two pings within the time of one; otherwise rejects with what the first said. */
export async function proveLife(session: Pick<Session, 'ping'>, clock: Clock, callMs: number): Promise<void> {
  const startedAt = clock.now().getTime()
  try {
    await ask(session, clock, callMs)
  } catch (error) {
    const lateBy = clock.now().getTime() - startedAt - callMs
    if (lateBy < OUR_LATENESS * callMs) throw error
    await ask(session, clock, callMs)
  }
}

async function ask(session: Pick<Session, 'ping'>, clock: Clock, callMs: number): Promise<void> {
  const ping = () =>
    session.ping().then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
  const first = ping()
  const patience = new AbortController()
  const slow = clock.sleep(SECOND * callMs, patience.signal).then(() => 'slow' as const)
  const early = await Promise.race([first, slow])
  patience.abort()
  if (early === undefined) return
  if (early !== 'slow') {
    // It has answered, and the answer is no: asking again makes it no different.
    if (isRefusal(early.error)) throw early.error
    await clock.sleep(Math.min(AGAIN_MS, callMs / 4))
    const again = await ping()
    if (again !== undefined) throw again.error
    return
  }
  const second = ping()
  const outcome = await Promise.race([first, second.then((answer) => (answer === undefined ? undefined : first))])
  if (outcome !== undefined) throw outcome.error
}

const isRefusal = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'status' in error && Number(error.status) >= 400
