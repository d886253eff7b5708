import { condition } from '../context.ts'
import { shareOf } from '../harm.ts'
import { defineKind } from '../sign.ts'

export const deployment = defineKind({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  signs: (view) => {
    const { metadata, spec, status } = view
    if (metadata.deletionTimestamp || spec?.paused || isBehind(metadata.generation, status?.observedGeneration))
      return []
    const progressing = condition(status?.conditions, 'Progressing')
    if (progressing?.status !== 'False' || progressing.reason !== 'ProgressDeadlineExceeded') return []
    return [
      {
        reason: 'DeploymentFailure',
        message: `Deployment rollout failed: ProgressDeadlineExceeded${progressing.message ? `, message: ${progressing.message}` : ''}`,
        field: 'status.conditions[type=Progressing].reason',
        since: progressing.lastTransitionTime ?? undefined,
      },
    ]
  },
  progress: (view, context) => {
    const { metadata, spec, status } = view
    if (metadata.deletionTimestamp) return 'it is being removed'
    if (isBehind(metadata.generation, status?.observedGeneration)) return 'its last change has not been seen yet'
    if (spec?.paused) return undefined
    const share = shareOf(view, context)
    if (share === undefined || share.ready >= share.desired) return undefined
    return `${share.ready} of ${share.desired} replicas are ready`
  },
})

/** Whether what the status says is of an earlier wish. */
export const isBehind = (generation: number | null | undefined, observed: number | null | undefined): boolean =>
  typeof generation === 'number' && typeof observed === 'number' && observed < generation
