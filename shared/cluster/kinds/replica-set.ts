import { shareOf } from '../harm.ts'
import { defineKind } from '../sign.ts'
import { setCannotCreate } from './create-failure.ts'
import { isBehind } from './deployment.ts'
import { setIsRefused } from './webhook-refusal.ts'

export const replicaSet = defineKind({
  group: 'apps',
  kind: 'ReplicaSet',
  signs: (view, context) => [...setCannotCreate(view, context), ...setIsRefused(view, context)],
  progress: (view, context) => {
    if (isBehind(view.metadata.generation, view.status?.observedGeneration))
      return 'its last change has not been seen yet'
    const share = shareOf(view, context)
    return share === undefined || share.ready >= share.wanted
      ? undefined
      : `${share.ready} of ${share.wanted} are ready`
  },
})
