import { defineKind } from '../sign.ts'
import { setProgress } from './set-progress.ts'
import { stuckPods } from './stuck-set.ts'

export const daemonSet = defineKind({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  signs: (view, context) => {
    if (view.metadata.deletionTimestamp) return []
    const desired = view.status?.desiredNumberScheduled ?? 0
    const ready = view.status?.numberReady ?? 0
    const stuck = stuckPods(view.metadata.uid, context)
    if (ready >= desired || stuck.length === 0) return []
    const names = stuck.slice(0, 3).map((pod) => pod.metadata.name)
    return [
      {
        reason: 'DaemonSetFailure',
        message: `DaemonSet is stuck: ${ready} of ${desired} pods ready, waits for ${names.join(', ')}`,
        field: 'status.numberReady',
      },
    ]
  },
  progress: setProgress,
})
