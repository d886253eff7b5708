import type { Cluster } from '../config/cluster.ts'
import { atLeast, type Severity } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { BELOW, OVERLOAD } from '../incident/skipped.ts'

/** Why a fault of this cluster and severity gets no agent; `undefined` when it does. */
export function whyNot(cluster: Cluster, severity: Severity): string | undefined {
  if (!cluster.triage.enabled || cluster.triage.kubeconfig === undefined) {
    return `Triage is off for cluster ${cluster.name} (triage.enabled: false)`
  }
  const threshold = cluster.triage.severity_threshold
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
  patience: number,
): boolean {
  if (incident.status !== 'skipped' || whyNot(cluster, severity) !== undefined) return false
  if (incident.reason?.startsWith(OVERLOAD) !== true) return true
  const skipped = new Date(incident.completedAt ?? incident.createdAt).getTime()
  return now.getTime() - skipped >= patience * 1000
}
