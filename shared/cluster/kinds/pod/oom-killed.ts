import { within } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import { backsOff, containersOf, isOutOfMemory, RECENT_CRASH_SECONDS } from './containers.ts'
import { isLeaving, runsOnce } from './meant.ts'

export const oomKilled: Signs<PodView> = (pod, { now }) => {
  if (isLeaving(pod) || runsOnce(pod)) return none
  return containersOf(pod).flatMap(({ status, path }) => {
    const ended = status.state?.terminated
    const terminated = isOutOfMemory(ended) ? ended : status.lastState?.terminated
    if (!isOutOfMemory(terminated)) return none
    if (!backsOff(status) && !within(RECENT_CRASH_SECONDS, terminated?.finishedAt, now)) return none
    const image = status.image ? `, image: ${status.image}` : ''
    return [
      {
        reason: 'OOMKilled',
        message: `Container was killed for using more memory than its limit, restart count: ${status.restartCount ?? 0}${image}`,
        field: `${path}.${terminated === ended ? 'state' : 'lastState'}.terminated.reason`,
        container: status.name,
        mark: 'OOMKilled',
      },
    ]
  })
}
