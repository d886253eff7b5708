import { onDeadNode, secondsSince } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** The deletion time stamp already lies at the end of the pod's grace period. */
const STUCK_SECONDS = 300

export const podStuckTerminating: Detector = (view, context) => {
  if (view.kind !== 'Pod' || onDeadNode(view, context)) return none
  const overdue = secondsSince(view.metadata.deletionTimestamp, context.now)
  if (overdue === undefined || overdue < STUCK_SECONDS) return none
  return [
    {
      faultType: 'PodStuckTerminating',
      severity: 'warning',
      text: `Pod should have ended ${Math.floor(overdue / 60)} minutes ago and has not`,
      field: 'metadata.deletionTimestamp',
    },
  ]
}
