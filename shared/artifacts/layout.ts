/** Names in the blob container `incidents`. */
export const reportFolder = (incidentId: string): string => `${incidentId}/`
export const artifactName = (incidentId: string, file: string): string => `${incidentId}/${file}`
/** Names in the container `bundles`, private to the product: what a broker uploads before anything is checked. */
export const bundleName = (incidentId: string, fence: number): string => `${incidentId}/${fence}.json.gz`
/** Names in the container `config`. */
export const CLUSTERS_FILE = 'clusters.yaml'

export const containers = {
  incidents: 'incidents',
  bundles: 'bundles',
  config: 'config',
  deadLetters: 'dead-letters',
} as const
/** Partition `breakers` of `control`: one for the triage of each of 5,000 clusters, one for each place, model and list. */
export const MOST_BREAKERS = 10_000
export const queues = { faults: 'faults', results: 'results', notices: 'notices' } as const
export const tables = {
  /** Partition `clusters`, key = cluster name: lease, connection status, counters. */
  clusters: 'clusters',
  /** Partition = cluster, key = identity: the current generation of each incident that is open, or lately was. */
  incidents: 'incidents',
  /** Partition = cluster, key = incident id: generations that are over, so that what is open is found among its like. */
  history: 'history',
  /**
   * Partition `agents`: the semaphore. `breakers`: one row per dependency. `supervisors`: heartbeats. `notices`: what was
   * told where. `unreachable`: clusters that people were told of. `totals`: what agents have done, one row per cluster.
   * `mutes`: asked for by people. `triage-checks`: whether agents could be sent. `told-rates`, `folded`, `digests`: what was not told one by one.
   */
  control: 'control',
  /** Partition `permissions`, key = cluster. */
  permissions: 'permissions',
} as const
