import { within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf } from './containers.ts'
import { isCrash, RECENT_CRASH_SECONDS } from './pod-crash.ts'

/** From the third restart on, a short run between two crashes is the same loop and no recovery. */
const LOOPING_RESTARTS = 3

export const crashLoop: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view)
    .filter(({ init }) => !init)
    .flatMap(({ status, path }) => {
      const waiting = status.state?.waiting
      const last = status.state?.terminated ?? status.lastState?.terminated
      const restarts = status.restartCount ?? 0
      const backingOff = waiting?.reason === 'CrashLoopBackOff'
      const between =
        restarts >= LOOPING_RESTARTS && isCrash(last) && within(RECENT_CRASH_SECONDS, last?.finishedAt, now)
      if (!backingOff && !between) return none
      const text = [
        `Container entered CrashLoopBackOff state, restart count: ${restarts}`,
        waiting?.message ? `waiting message: ${waiting.message}` : '',
        typeof last?.exitCode === 'number' ? `last exit code: ${last.exitCode}` : '',
        last?.reason ? `last reason: ${last.reason}` : '',
        last?.message ? `termination message: ${last.message}` : '',
      ].filter((part) => part !== '')
      return [
        {
          faultType: 'CrashLoop',
          severity: 'critical' as const,
          text: text.join(', '),
          field: backingOff ? `${path}.state.waiting.reason` : `${path}.lastState.terminated`,
          container: status.name,
        },
      ]
    })
}
