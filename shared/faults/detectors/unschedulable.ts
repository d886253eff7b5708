import { because, condition, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** A cluster autoscaler needs one to two minutes for a new node: a rollout that waits for it is healthy. */
const GRACE_SECONDS = 120

export const unschedulable: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp || view.spec?.nodeName) return none
  const scheduled = condition(view.status?.conditions, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return none
  if (!olderThan(GRACE_SECONDS, scheduled.lastTransitionTime ?? view.metadata.creationTimestamp, now)) return none
  return [
    {
      faultType: 'Unschedulable',
      severity: 'warning',
      text: `Pod cannot be scheduled${because(scheduled)}`,
      field: 'status.conditions[type=PodScheduled].reason',
    },
  ]
}
