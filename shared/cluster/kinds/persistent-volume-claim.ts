import { eventTime, olderThan } from '../context.ts'
import { defineKind } from '../sign.ts'

/** Cloud disks take about a minute to make. */
const PENDING_SECONDS = 180
const RECENT_EVENT_MS = 600_000
/** It waits for a consumer, or for somebody outside, as it says itself: no trouble of its own (pv controller v1.33). */
const waits: ReadonlySet<string> = new Set(['WaitForFirstConsumer', 'WaitForPodScheduled'])

export const persistentVolumeClaim = defineKind({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  signs: ({ metadata, spec, status }, { now, warnings, inNamespace }) => {
    if (metadata.deletionTimestamp) return []
    const phase = status?.phase
    if (phase === 'Lost') {
      return [
        {
          reason: 'PVCLost',
          message: 'PersistentVolumeClaim has lost its volume',
          field: 'status.phase',
          harm: { severity: 'critical', words: 'a volume is lost' },
        },
      ]
    }
    if (phase !== 'Pending' || !olderThan(PENDING_SECONDS, metadata.creationTimestamp, now)) return []
    const warning = warnings(metadata.uid).find(
      (event) => !waits.has(event.reason ?? '') && now.getTime() - eventTime(event) < RECENT_EVENT_MS,
    )
    const desired = inNamespace('Pod', metadata.namespace).some(
      (pod) =>
        pod.spec?.volumes?.some((volume) => volume.persistentVolumeClaim?.claimName === metadata.name) &&
        // One that waits for what others leave over needs no volume either.
        (pod.spec.priority ?? 0) >= 0,
    )
    // A claim that nobody uses may wait for its first consumer for ever, and rightly.
    if (!desired && warning === undefined) return []
    const storage = spec?.storageClassName ? `, storage class: ${spec.storageClassName}` : ''
    const why = warning === undefined ? '' : `, last warning: ${warning.reason}: ${warning.message ?? ''}`
    return [
      {
        reason: 'PVCPending',
        message: `PersistentVolumeClaim stays pending${storage}${why}`,
        field: 'status.phase',
        since: metadata.creationTimestamp ?? undefined,
        harm: { severity: 'warning', words: 'a volume is not there' },
      },
    ]
  },
  progress: ({ metadata, status }) =>
    metadata.deletionTimestamp ? 'it is being removed' : status?.phase === 'Bound' ? undefined : 'it is not bound yet',
})
