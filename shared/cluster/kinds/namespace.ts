import { because, olderThan } from '../context.ts'
import { defineKind } from '../sign.ts'

/** Pods with a long grace period go within minutes; what holds a namespace longer holds it for ever. */
const STUCK_SECONDS = 300

/** Of its conditions those that say what is left, in the order in which they help. */
const telling = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceFinalizersRemaining',
  'NamespaceContentRemaining',
  'NamespaceDeletionContentFailure',
]

export const namespace = defineKind({
  apiVersion: 'v1',
  kind: 'Namespace',
  signs: ({ metadata, status }, { now }) => {
    if (!metadata.deletionTimestamp || !olderThan(STUCK_SECONDS, metadata.deletionTimestamp, now)) return []
    const why = telling
      .flatMap((type) => status?.conditions?.filter((one) => one.type === type && one.status === 'True') ?? [])
      .map((one) => `, ${one.type}${because(one)}`)
    return [
      {
        reason: 'NamespaceStuckTerminating',
        message: `Namespace has been terminating since ${metadata.deletionTimestamp}${why.join('')}`,
        field: 'status.phase',
        since: metadata.deletionTimestamp,
        harm: { severity: 'warning', words: 'a namespace does not go' },
      },
    ]
  },
  progress: ({ metadata }) => (metadata.deletionTimestamp ? 'it is being removed' : undefined),
})
