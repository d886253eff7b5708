import { olderThan } from '../context.ts'
import { defineKind } from '../sign.ts'

/** A chart applies its Service before its Deployment. */
const GRACE_SECONDS = 300

type Labels = Readonly<Record<string, string>> | null | undefined
export const matches = (selector: Readonly<Record<string, string>>, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels?.[key] === value)

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const

/**
 * A Service whose selector matches no pod and no workload. Where a workload matches and its pods are missing or not
 * ready, the workload has the fault, or has been scaled to nothing on purpose.
 */
export const service = defineKind({
  apiVersion: 'v1',
  kind: 'Service',
  signs: ({ metadata, spec }, { now, inNamespace, complete }) => {
    if (metadata.deletionTimestamp || spec?.type === 'ExternalName') return []
    const selector = spec?.selector
    if (!selector || Object.keys(selector).length === 0) return []
    if (!olderThan(GRACE_SECONDS, metadata.creationTimestamp, now)) return []
    // Whoever made it for its own purposes scales behind it as it likes, and says in its own status when that fails.
    if (metadata.ownerReferences?.some(({ controller }) => controller === true)) return []
    // Absence is only known where everything has been seen.
    if (!complete('Pod') || !complete('Deployment')) return []
    const { namespace } = metadata
    if (inNamespace('Pod', namespace).some((pod) => matches(selector, pod.metadata.labels))) return []
    const served = workloads.some((kind) =>
      inNamespace(kind, namespace).some((one) => matches(selector, one.spec?.template?.metadata?.labels)),
    )
    if (served) return []
    const selectors = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
    return [
      {
        reason: 'ServiceWithoutEndpoints',
        message: `Service has no endpoints: no pod and no workload in its namespace matches its selector ${selectors.join(',')}`,
        field: 'spec.selector',
        harm: { severity: 'critical', words: 'a Service has no endpoints' },
        mark: selectors.join(','),
      },
    ]
  },
})
