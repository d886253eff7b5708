import { because, condition, olderThan } from '../context.ts'
import { defineKind } from '../sign.ts'

/** While its program is rolled out or its node restarts. */
const GRACE_SECONDS = 120

export const apiService = defineKind({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  signs: ({ metadata, status }, { now }) => {
    const available = condition(status?.conditions, 'Available')
    if (metadata.deletionTimestamp || available?.status !== 'False') return []
    if (!olderThan(GRACE_SECONDS, available.lastTransitionTime, now)) return []
    return [
      {
        reason: 'APIServiceUnavailable',
        message: `API ${metadata.name} is not available${because(available)}`,
        field: 'status.conditions[type=Available].status',
        since: available.lastTransitionTime ?? undefined,
        harm: { severity: 'warning', words: 'a part of the API does not answer' },
        ...(available.reason ? { mark: available.reason } : {}),
      },
    ]
  },
})
