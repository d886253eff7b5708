import { olderThan } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import { containersOf } from './containers.ts'

const reasons: ReadonlySet<string> = new Set(['CreateContainerConfigError', 'CreateContainerError'])
/** A ConfigMap may be applied a moment after the pod that reads it; the kubelet tries again every few seconds. */
const GRACE_SECONDS = 30

export const configError: Signs<PodView> = (pod, { now }) => {
  if (pod.metadata.deletionTimestamp) return none
  if (!olderThan(GRACE_SECONDS, pod.metadata.creationTimestamp, now)) return none
  return containersOf(pod).flatMap(({ status, path }) => {
    const { reason, message } = status.state?.waiting ?? {}
    if (!reason || !reasons.has(reason)) return none
    return [
      {
        reason: 'ConfigError',
        message: `Container cannot be created: ${reason}${message ? `, message: ${message}` : ''}`,
        field: `${path}.state.waiting.reason`,
        container: status.name,
        mark: message ?? reason,
      },
    ]
  })
}
