import { shareOf } from '../harm.ts'
import { defineKind } from '../sign.ts'
import { isBehind } from './deployment.ts'
import { stuckPods } from './stuck-set.ts'

export const daemonSet = defineKind({
  group: 'apps',
  kind: 'DaemonSet',
  signs: (view, context) => {
    if (view.metadata.deletionTimestamp) return []
    const wanted = view.status?.desiredNumberScheduled ?? 0
    const ready = view.status?.numberReady ?? 0
    const stuck = stuckPods(view.metadata.uid, context)
    if (ready >= wanted || stuck.length === 0) return []
    const names = stuck.slice(0, 3).map((pod) => pod.metadata.name)
    return [
      {
        reason: 'DaemonSetFailure',
        message: `DaemonSet is stuck: ${ready} of ${wanted} pods ready, waits for ${names.join(', ')}`,
        field: 'status.numberReady',
      },
    ]
  },
  progress: (view, context) => {
    if (isBehind(view.metadata.generation, view.status?.observedGeneration))
      return 'its last change has not been seen yet'
    const share = shareOf(view, context)
    return share === undefined || share.ready >= share.wanted
      ? undefined
      : `${share.ready} of ${share.wanted} are ready`
  },
})
