import { olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import type { View } from '../view.ts'

/** A chart applies its Service before its Deployment. */
const GRACE_SECONDS = 300

type Labels = Readonly<Record<string, string>> | null | undefined
const selects = (selector: Readonly<Record<string, string>>, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels?.[key] === value)

const templateLabels = (view: View): Labels =>
  view.kind === 'Deployment' || view.kind === 'StatefulSet' || view.kind === 'DaemonSet'
    ? view.spec?.template?.metadata?.labels
    : undefined

const workloads = ['Deployment', 'StatefulSet', 'DaemonSet'] as const

/**
 * A Service whose selector matches no pod and no workload. Where a workload matches and its pods are missing or not
 * ready, the workload has the fault, or has been scaled to nothing on purpose.
 */
export const serviceWithoutEndpoints: Detector = (view, { now, inNamespace, complete }) => {
  if (view.kind !== 'Service' || view.metadata.deletionTimestamp || view.spec?.type === 'ExternalName') return none
  const selector = view.spec?.selector
  if (!selector || Object.keys(selector).length === 0) return none
  if (!olderThan(GRACE_SECONDS, view.metadata.creationTimestamp, now)) return none
  // Absence is only known where everything has been seen.
  if (!complete('Pod') || !complete('Deployment')) return none
  const { namespace } = view.metadata
  if (inNamespace('Pod', namespace).some((pod) => selects(selector, pod.metadata.labels))) return none
  if (workloads.some((kind) => inNamespace(kind, namespace).some((one) => selects(selector, templateLabels(one))))) {
    return none
  }
  const told = Object.entries(selector).map(([key, value]) => `${key}=${value}`)
  return [
    {
      faultType: 'ServiceWithoutEndpoints',
      severity: 'warning',
      text: `Service has no endpoints: no pod and no workload in its namespace matches its selector ${told.join(',')}`,
      field: 'spec.selector',
    },
  ]
}
