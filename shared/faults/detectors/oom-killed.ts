import { within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import type { Terminated } from '../view-pod.ts'
import { containersOf } from './containers.ts'

/** As long as a crash counts as recent; a container that backs off after it counts for longer. */
const RECENT_SECONDS = 600

export const isOutOfMemory = (terminated: Terminated | null | undefined): boolean => terminated?.reason === 'OOMKilled'

export const oomKilled: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view).flatMap(({ status, path }) => {
    const ended = status.state?.terminated
    const terminated = isOutOfMemory(ended) ? ended : status.lastState?.terminated
    if (!isOutOfMemory(terminated)) return none
    const looping = status.state?.waiting?.reason === 'CrashLoopBackOff'
    if (!looping && !within(RECENT_SECONDS, terminated?.finishedAt, now)) return none
    const image = status.image ? `, image: ${status.image}` : ''
    return [
      {
        faultType: 'OOMKilled',
        severity: 'critical' as const,
        text: `Container was killed for using more memory than its limit, restart count: ${status.restartCount ?? 0}${image}`,
        field: `${path}.${terminated === ended ? 'state' : 'lastState'}.terminated.reason`,
        container: status.name,
      },
    ]
  })
}
