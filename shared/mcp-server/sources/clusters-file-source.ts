import type { Cluster } from '../../config/cluster.ts'
import type { ClustersSource } from '../../config/clusters-source.ts'
import type { Secret } from '../../config/secret-ref.ts'
import { connectCluster } from '../../kubernetes/connect.ts'
import type { Clock } from '../../runtime/clock.ts'
import { seldom } from './seldom.ts'
import { REFRESH_MS } from './small-file.ts'
import type { Connect, Found, Opened, Source } from './source.ts'

/** The clusters of nightcrier's own clusters.yaml that have a kubeconfig, which is fetched with the first call. */
export function clustersFileSource(deps: {
  readonly clusters: Pick<ClustersSource, 'current'>
  readonly secret: (reference: string) => Promise<Secret>
  readonly connect?: Connect
  readonly clock: Clock
}): Source {
  const { connect = connectCluster } = deps
  const name = 'clusters.yaml'
  let before: readonly Cluster[] | undefined
  let found: readonly Found[] = []
  let problem: string | undefined
  async function refresh(): Promise<void> {
    const { clusters, problem: wrong } = await deps.clusters.current()
    problem = wrong
    if (clusters === before) return
    before = clusters
    found = clusters.flatMap((cluster) => {
      const { kubeconfig } = cluster.triage
      return cluster.enabled && kubeconfig !== undefined ? [entryFound(cluster, kubeconfig, name, open)] : []
    })
  }
  const open = async (reference: string) => {
    const { text, where, folder } = await deps.secret(reference)
    return connect(text, { where, ...(folder === undefined ? {} : { filesFrom: folder }) })
  }
  return {
    kind: 'clusters-file',
    name,
    current: () => found,
    problems: () => (problem === undefined ? [] : [problem]),
    refresh: seldom(deps.clock, refresh, () => REFRESH_MS),
  }
}

/** An entry of the file, or one made for a cluster that was discovered. */
export const entryFound = (
  { name, labels, environment }: Cluster,
  reference: string,
  source: string,
  open: (reference: string) => Promise<Opened>,
): Found => ({
  target: {
    name,
    aliases: [],
    // Not known before its secret is read, which a list of clusters must not cost.
    server: '',
    namespace: 'default',
    source,
    labels: labelsOf({ labels, environment }),
  },
  version: reference,
  open: () => open(reference),
})
export const labelsOf = ({ labels, environment }: Pick<Cluster, 'labels' | 'environment'>) => ({
  ...labels,
  ...(environment === '' ? {} : { environment }),
})
