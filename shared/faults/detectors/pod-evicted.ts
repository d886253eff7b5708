import { within } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** Evicted pods stay as records until garbage collection; an hour is what a person would still call now. */
const RECENT_SECONDS = 3_600

export const podEvicted: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  const { phase, reason, message, startTime, conditions } = view.status ?? {}
  if (phase !== 'Failed' || reason !== 'Evicted') return none
  const times = (conditions ?? []).map((entry) => entry.lastTransitionTime ?? '').sort()
  if (!within(RECENT_SECONDS, times.at(-1) || startTime || view.metadata.creationTimestamp, now)) return none
  return [
    {
      faultType: 'PodEvicted',
      severity: 'warning',
      text: `Pod was evicted${message ? `, message: ${message}` : ''}`,
      field: 'status.reason',
    },
  ]
}
