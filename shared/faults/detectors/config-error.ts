import { olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf } from './containers.ts'

const reasons = new Set(['CreateContainerConfigError', 'CreateContainerError'])
/** A ConfigMap may be applied a moment after the pod that reads it; the kubelet tries again every few seconds. */
const GRACE_SECONDS = 30

export const configError: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  if (!olderThan(GRACE_SECONDS, view.metadata.creationTimestamp, now)) return none
  return containersOf(view).flatMap(({ status, path }) => {
    const { reason, message } = status.state?.waiting ?? {}
    if (!reason || !reasons.has(reason)) return none
    return [
      {
        faultType: 'ConfigError',
        severity: 'critical' as const,
        text: `Container cannot be created: ${reason}${message ? `, message: ${message}` : ''}`,
        field: `${path}.state.waiting.reason`,
        container: status.name,
      },
    ]
  })
}
