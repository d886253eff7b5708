import type { Cluster } from '../config/cluster.ts'
import { atLeast, type Severity } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { BELOW, OVERLOAD } from '../incident/skipped.ts'

/** Why a fault of this cluster and severity gets no agent; `undefined` when it does. `usual`: for clusters that set none. */
export function whyNot(cluster: Cluster, severity: Severity, usual: Severity): string | undefined {
  if (!cluster.triage.enabled || cluster.triage.kubeconfig === undefined) {
    return `Triage is off for cluster ${cluster.name} (triage.enabled: false)`
  }
  const threshold = cluster.triage.severity_threshold ?? usual
  if (!atLeast(severity, threshold)) {
    return `${BELOW}${severity} is below the threshold of cluster ${cluster.name} (${threshold})`
  }
  return undefined
}

/** Whether a skipped incident whose fault came again should get its agent after all. */
export function mayQueueAgain(
  incident: Incident,
  cluster: Cluster,
  severity: Severity,
  now: Date,
  settings: { readonly QUIET_PERIOD_SECONDS: number; readonly SEVERITY_THRESHOLD: Severity },
): boolean {
  if (incident.status !== 'skipped' || whyNot(cluster, severity, settings.SEVERITY_THRESHOLD) !== undefined)
    return false
  if (incident.reason?.startsWith(OVERLOAD) !== true) return true
  const skipped = new Date(incident.completedAt ?? incident.createdAt).getTime()
  return now.getTime() - skipped >= settings.QUIET_PERIOD_SECONDS * 1000
}
