import { condition, eventTime, olderThan, onDeadNode } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf } from './containers.ts'

/** With the kubelet's word that a probe fails; slow starters fail theirs for a minute or two by design. */
const WARNED_GRACE_SECONDS = 120
/** Without it: long enough for any start that is meant. */
const GRACE_SECONDS = 600
const RECENT_EVENT_MS = 300_000

export const probeFailure: Detector = (view, context) => {
  const { now, warnings } = context
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp || view.status?.phase !== 'Running') return none
  const unready = condition(view.status.conditions, 'Ready')
  if (unready?.status !== 'False' || onDeadNode(view, context)) return none
  const event = warnings(view.metadata.uid).find(
    (warning) => warning.reason === 'Unhealthy' && now.getTime() - eventTime(warning) < RECENT_EVENT_MS,
  )
  const grace = event === undefined ? GRACE_SECONDS : WARNED_GRACE_SECONDS
  if (!olderThan(grace, unready.lastTransitionTime, now)) return none
  return containersOf(view).flatMap(({ status, path, init }) => {
    const running = status.state?.running
    if (init || !running || status.ready !== false || !olderThan(grace, running.startedAt, now)) return none
    return [
      {
        faultType: 'ProbeFailure',
        severity: 'warning' as const,
        text: `Container runs but is not ready${event?.message ? `, last warning: ${event.message}` : ''}`,
        field: `${path}.ready`,
        container: status.name,
      },
    ]
  })
}
