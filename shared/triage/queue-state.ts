import type { Cluster } from '../config/cluster.ts'
import { atLeast, type Severity } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { type Mute, mutedReason } from '../incident/mute.ts'
import { isOverload, type Skip } from '../incident/skipped.ts'

/**
 * Why a fault of this cluster and severity gets no agent; `undefined` when it does. `usual`: for clusters that set none.
 * `mute`: what it is muted by.
 */
export function whyNot(cluster: Cluster, severity: Severity, usual: Severity, mute?: Mute): Skip | undefined {
  const { enabled, kubeconfig } = cluster.triage
  if (!enabled || kubeconfig === undefined) {
    const why = kubeconfig === undefined ? 'it has no kubeconfig in clusters.yaml' : 'triage.enabled: false'
    return { skip: 'triage-off', reason: `Triage is off for cluster ${cluster.name} (${why})` }
  }
  const threshold = cluster.triage.severity_threshold ?? usual
  if (!atLeast(severity, threshold)) {
    const reason = `Severity ${severity} is below the threshold of cluster ${cluster.name} (${threshold})`
    return { skip: 'below-threshold', reason }
  }
  return mute === undefined ? undefined : { skip: 'muted', reason: mutedReason(mute) }
}

/** Whether a skipped incident whose fault came again should get its agent after all. */
export function mayQueueAgain(
  incident: Incident,
  cluster: Cluster,
  severity: Severity,
  now: Date,
  settings: { readonly QUIET_PERIOD_SECONDS: number; readonly SEVERITY_THRESHOLD: Severity },
  mute?: Mute,
): boolean {
  if (incident.status !== 'skipped' || whyNot(cluster, severity, settings.SEVERITY_THRESHOLD, mute) !== undefined)
    return false
  if (!isOverload(incident.skip) && incident.skip !== 'triage-broken') return true
  const skipped = new Date(incident.completedAt ?? incident.createdAt).getTime()
  return now.getTime() - skipped >= settings.QUIET_PERIOD_SECONDS * 1000
}
