import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import type { AzureClusters } from '../../azure/clusters.ts'
import { connectCluster } from '../../kubernetes/connect.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { homeFolder } from '../../runtime/home-folder.ts'
import type { ServerConfig } from '../server/server-config.ts'
import { directorySource } from './directory-source.ts'
import { apiOfThisCluster, inClusterSource, SERVICE_ACCOUNT } from './in-cluster-source.ts'
import { kubeconfigSource } from './kubeconfig-source.ts'
import type { Connect, Source } from './source.ts'

type Environment = Readonly<Record<string, string | undefined>>
type Platform = {
  readonly environment: Environment
  readonly clock: Clock
  readonly allowExec: boolean
  readonly connect?: Connect
  /** Tests hand in an Azure of theirs. */
  readonly azure?: AzureClusters
  readonly log: (message: string) => void
}

/**
 * Every source that the config names, side by side; without any, what kubectl would take. What reaches other systems is
 * loaded only where one is named: a client that starts a server for one kubeconfig waits for none of it.
 */
export async function openSources(config: ServerConfig, platform: Platform): Promise<readonly Source[]> {
  const { environment, clock, allowExec, connect = connectCluster, log } = platform
  let opened = platform.azure
  // One login for all that is asked of Azure.
  const azure = async () => (opened ??= (await import('../../azure/clusters.ts')).azureClusters(environment))
  const watch = config.auto_discovery
  const sources: Source[] = []
  if (config.kubeconfig.length > 0)
    sources.push(kubeconfigSource({ files: config.kubeconfig, allowExec, watch, connect, clock }))
  for (const directory of config.kubeconfig_dir) {
    const includes = await requestedIn(directory, config)
    sources.push(directorySource({ directory, allowExec, includes, watch, connect, clock }))
  }
  if (config.clusters_file !== undefined) {
    const where = config.clusters_file
    const [{ clustersSource }, { clustersFromFile }, { readKubeconfig }, { clustersFileSource }, { discoveredSource }] =
      await Promise.all([
        import('../../config/clusters-source.ts'),
        import('../../config/clusters-text.ts'),
        import('../../config/secret-ref.ts'),
        import('./clusters-file-source.ts'),
        import('./discovered-source.ts'),
      ])
    const { vault, kubeconfig: aks } = await azure()
    const clusters = clustersSource({ where, read: clustersFromFile(where), log })
    const secrets = { folder: dirname(resolve(where)), vault, aks }
    sources.push(
      clustersFileSource({ clusters, secret: readKubeconfig(secrets), connect, clock }),
      discoveredSource({ clusters, secrets, connect, clock }),
    )
  }
  if (config.in_cluster) sources.push(ownCluster(environment, connect))
  if (config.rancher !== undefined)
    sources.push((await import('./rancher-source.ts')).rancherSource(config.rancher, clock, { connect }))
  if (config.nsk !== undefined)
    sources.push((await import('./nsk-source.ts')).nskSource(config.nsk, environment, clock, connect))
  if (config.aks !== undefined)
    sources.push((await import('./aks-source.ts')).aksSource(config.aks, await azure(), clock, connect))
  return sources.length > 0 ? sources : [asKubectl(environment, { watch, allowExec, connect, clock })]
}

/** Where nsk writes its files, what it leaves out of its list is left out of its folder as well. */
async function requestedIn(directory: string, { nsk }: ServerConfig): Promise<(cluster: string) => boolean> {
  if (nsk?.config_dir === undefined || resolve(nsk.config_dir) !== resolve(directory)) return () => true
  const { clusterFilter } = await import('./discovery-source.ts')
  const fits = clusterFilter(nsk.cluster_pattern)
  return (cluster) => fits(cluster) && !nsk.exclude_clusters.includes(cluster)
}

/** $KUBECONFIG, else ~/.kube/config, else the cluster around us. */
function asKubectl(
  environment: Environment,
  how: { readonly watch: boolean; readonly allowExec: boolean; readonly connect: Connect; readonly clock: Clock },
): Source {
  // A client's JSON has no shell that would fill in the home.
  const listed = (environment.KUBECONFIG ?? '')
    .split(delimiter)
    .filter((file) => file !== '')
    .map((file) => (file.startsWith('~/') ? join(homeFolder(), file.slice(2)) : file))
  if (listed.length > 0) return kubeconfigSource({ files: [...new Set(listed)], missingAllowed: true, ...how })
  const usual = join(homeFolder(), '.kube', 'config')
  if (!existsSync(usual) && existsSync(join(SERVICE_ACCOUNT, 'token')) && apiOfThisCluster(environment) !== undefined)
    return ownCluster(environment, how.connect)
  return kubeconfigSource({ files: [usual], ...how })
}

function ownCluster(environment: Environment, connect: Connect): Source {
  const server = apiOfThisCluster(environment)
  if (server === undefined)
    throw new GiveUp('in_cluster: this is no pod of a cluster (KUBERNETES_SERVICE_HOST is not set).')
  return inClusterSource({ server, connect })
}
