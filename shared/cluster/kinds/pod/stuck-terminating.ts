import { onDeadNode, secondsSince } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'

/** The deletion time stamp already lies at the end of the pod's grace period. */
const STUCK_SECONDS = 300

export const stuckTerminating: Signs<PodView> = (pod, context) => {
  if (onDeadNode(pod, context)) return none
  const overdue = secondsSince(pod.metadata.deletionTimestamp, context.now)
  if (overdue === undefined || overdue < STUCK_SECONDS) return none
  return [
    {
      reason: 'PodStuckTerminating',
      message: `Pod should have ended ${Math.floor(overdue / 60)} minutes ago and has not`,
      field: 'metadata.deletionTimestamp',
      since: pod.metadata.deletionTimestamp ?? undefined,
      harm: { severity: 'warning', words: 'one pod does not go' },
    },
  ]
}
