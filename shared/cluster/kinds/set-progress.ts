import type { Context } from '../context.ts'
import { shareOf } from '../harm.ts'
import type { View } from '../view/view.ts'
import { isBehind } from './deployment.ts'

/** What a set of pods is at, as long as it is at something: its last change, or pods that are not ready yet. */
export function setProgress(
  view: Extract<View, { kind: 'ReplicaSet' | 'StatefulSet' | 'DaemonSet' }>,
  context: Context,
): string | undefined {
  if (isBehind(view.metadata.generation, view.status?.observedGeneration))
    return 'its last change has not been seen yet'
  const share = shareOf(view, context)
  return share === undefined || share.ready >= share.desired
    ? undefined
    : `${share.ready} of ${share.desired} are ready`
}
