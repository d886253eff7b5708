import { type Context, eventTime } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { ContainerStatus, PodView } from '../../view/view-pod.ts'
import {
  backsOff,
  containersOf,
  isCrash,
  isLooping,
  lastEnd,
  markOf,
  outlived,
  RECENT_CRASH_SECONDS,
} from './containers.ts'
import { isLeaving, runsOnce, settles } from './meant.ts'

/** With fewer restarts than this a start that needs others may still come right. */
const FIRST_TRIES = 4

export const crashLoop: Signs<PodView> = (pod, context) => {
  if (isLeaving(pod) || runsOnce(pod)) return none
  return containersOf(pod)
    .filter(({ init, status }) => !init && (isLooping(status, context.now) || isKilled(pod, status, context)))
    .filter(({ status }) => (status.restartCount ?? 0) >= FIRST_TRIES || !settles(pod, context))
    .map(({ status, path }) => {
      const waiting = status.state?.waiting
      const last = lastEnd(status)
      const killed = isKilled(pod, status, context)
      const how = backsOff(status)
        ? 'Container entered CrashLoopBackOff state'
        : killed
          ? 'Container is killed by its liveness probe again and again'
          : isCrash(last)
            ? 'Container entered CrashLoopBackOff state'
            : 'Container ends and is started again'
      const message = [
        `${how}, restart count: ${status.restartCount ?? 0}`,
        waiting?.message ? `waiting message: ${waiting.message}` : '',
        typeof last?.exitCode === 'number' ? `last exit code: ${last.exitCode}` : '',
        last?.reason ? `last reason: ${last.reason}` : '',
        last?.message ? `termination message: ${last.message}` : '',
      ].filter((part) => part !== '')
      const mark = killed ? 'liveness probe' : markOf(last)
      return {
        reason: 'CrashLoop',
        message: message.join(', '),
        field: backsOff(status) ? `${path}.state.waiting.reason` : `${path}.lastState.terminated`,
        container: status.name,
        ...(mark === undefined ? {} : { mark }),
      }
    })
}

/** One restart by a probe may be a bad minute. */
const KILLED_RESTARTS = 2

/**
 * A program that its liveness probe kills may end in good order, come back ready, and never back off: restarts alone grow.
 * As the kubelet says it (v1.33): `Container web failed liveness probe, will be restarted`; where that event is gone, the
 * probe's own.
 */
function isKilled(pod: PodView, status: ContainerStatus, { now, warnings }: Context): boolean {
  if ((status.restartCount ?? 0) < KILLED_RESTARTS || outlived(status, now)) return false
  if (lastEnd(status) === undefined) return false
  return warnings(pod.metadata.uid).some(
    (event) =>
      event.reason === 'Unhealthy' &&
      /^(Liveness|Startup) probe (failed|errored)/.test(event.message ?? '') &&
      now.getTime() - eventTime(event) < RECENT_CRASH_SECONDS * 1000,
  )
}
