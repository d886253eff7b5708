import type { Cluster } from '../config/cluster.ts'
import type { ClusterRow } from '../lease/cluster-row.ts'

/** What the row of a cluster repeats of its configuration. */
export const clusterFacts = ({ environment, labels, triage }: Cluster): Partial<ClusterRow> => ({
  environment,
  labels: JSON.stringify(labels),
  triageEnabled: triage.enabled,
})
