import { because, condition, olderThan } from '../context.ts'
import { defineKind } from '../sign.ts'

/** Metrics of new pods lag by a minute or two. */
const GRACE_SECONDS = 300

export const horizontalPodAutoscaler = defineKind({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  signs: ({ metadata, status }, { now }) => {
    if (metadata.deletionTimestamp) return []
    for (const type of ['AbleToScale', 'ScalingActive']) {
      const entry = condition(status?.conditions, type)
      // Disabled: somebody has scaled the target to nothing on purpose.
      if (entry?.status !== 'False' || entry.reason === 'ScalingDisabled') continue
      if (!olderThan(GRACE_SECONDS, entry.lastTransitionTime, now)) continue
      return [
        {
          reason: 'HPAUnable',
          message: `HorizontalPodAutoscaler cannot scale: ${type}=False${because(entry)}`,
          field: `status.conditions[type=${type}].status`,
          since: entry.lastTransitionTime ?? undefined,
          harm: { severity: 'warning', words: 'nothing is unavailable, a scaler is blind' },
          ...(entry.reason ? { mark: entry.reason } : {}),
        },
      ]
    }
    return []
  },
})
