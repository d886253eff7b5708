import { within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { backsOff, containersOf, isOutOfMemory, RECENT_CRASH_SECONDS } from './containers.ts'

export const oomKilled: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view).flatMap(({ status, path }) => {
    const ended = status.state?.terminated
    const terminated = isOutOfMemory(ended) ? ended : status.lastState?.terminated
    if (!isOutOfMemory(terminated)) return none
    if (!backsOff(status) && !within(RECENT_CRASH_SECONDS, terminated?.finishedAt, now)) return none
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
