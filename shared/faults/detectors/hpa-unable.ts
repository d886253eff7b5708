import { because, condition, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** Metrics of new pods lag by a minute or two. */
const GRACE_SECONDS = 300

export const hpaUnable: Detector = (view, { now }) => {
  if (view.kind !== 'HorizontalPodAutoscaler' || view.metadata.deletionTimestamp) return none
  for (const type of ['AbleToScale', 'ScalingActive']) {
    const entry = condition(view.status?.conditions, type)
    // Disabled: somebody has scaled the target to nothing on purpose.
    if (entry?.status !== 'False' || entry.reason === 'ScalingDisabled') continue
    if (!olderThan(GRACE_SECONDS, entry.lastTransitionTime, now)) continue
    return [
      {
        faultType: 'HPAUnable',
        severity: 'warning',
        text: `HorizontalPodAutoscaler cannot scale: ${type}=False${because(entry)}`,
        field: `status.conditions[type=${type}].status`,
      },
    ]
  }
  return none
}
