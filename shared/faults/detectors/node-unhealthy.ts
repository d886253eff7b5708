import { because, condition, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** A node that joins is not ready until its network is set up. */
const JOINING_SECONDS = 120

export const nodeUnhealthy: Detector = (view, { now }) => {
  if (view.kind !== 'Node' || view.metadata.deletionTimestamp) return none
  const ready = condition(view.status?.conditions, 'Ready')
  if (ready === undefined || ready.status === 'True') return none
  if (!olderThan(JOINING_SECONDS, view.metadata.creationTimestamp, now)) return none
  return [
    {
      faultType: 'NodeUnhealthy',
      severity: ready.status === 'False' ? 'critical' : 'warning',
      text: `Node became unhealthy: Ready=${ready.status}${because(ready)}`,
      field: 'status.conditions[type=Ready].status',
    },
  ]
}
