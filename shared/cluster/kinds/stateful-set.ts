import { defineKind } from '../sign.ts'
import { setProgress } from './set-progress.ts'
import { stuckPods } from './stuck-set.ts'

export const statefulSet = defineKind({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  signs: (view, context) => {
    if (view.metadata.deletionTimestamp) return []
    const desired = view.spec?.replicas ?? 1
    const ready = view.status?.readyReplicas ?? 0
    const stuck = stuckPods(view.metadata.uid, context)
    if (ready >= desired || stuck.length === 0) return []
    const names = stuck.slice(0, 3).map((pod) => pod.metadata.name)
    return [
      {
        reason: 'StatefulSetFailure',
        message: `StatefulSet is stuck: ${ready} of ${desired} replicas ready, waits for ${names.join(', ')}`,
        field: 'status.readyReplicas',
      },
    ]
  },
  progress: setProgress,
})
