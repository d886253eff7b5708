import { eventTime, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** Cloud disks take about a minute to make. */
const PENDING_SECONDS = 180
const RECENT_EVENT_MS = 600_000

export const pvcFailure: Detector = (view, { now, warnings, inNamespace }) => {
  if (view.kind !== 'PersistentVolumeClaim' || view.metadata.deletionTimestamp) return none
  const phase = view.status?.phase
  if (phase === 'Lost') {
    return [
      {
        faultType: 'PVCLost',
        severity: 'critical',
        text: 'PersistentVolumeClaim has lost its volume',
        field: 'status.phase',
      },
    ]
  }
  if (phase !== 'Pending' || !olderThan(PENDING_SECONDS, view.metadata.creationTimestamp, now)) return none
  const warning = warnings(view.metadata.uid).find((event) => now.getTime() - eventTime(event) < RECENT_EVENT_MS)
  const { name, namespace } = view.metadata
  const wanted = inNamespace('Pod', namespace).some(
    (pod) =>
      pod.kind === 'Pod' && pod.spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === name),
  )
  // A claim that nobody uses may wait for its first consumer for ever, and rightly.
  if (!wanted && warning === undefined) return none
  const storage = view.spec?.storageClassName ? `, storage class: ${view.spec.storageClassName}` : ''
  const why = warning === undefined ? '' : `, last warning: ${warning.reason}: ${warning.message ?? ''}`
  return [
    {
      faultType: 'PVCPending',
      severity: 'warning',
      text: `PersistentVolumeClaim stays pending${storage}${why}`,
      field: 'status.phase',
    },
  ]
}
