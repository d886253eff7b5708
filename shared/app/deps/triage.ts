import { CLUSTERS_FILE, containers, queues, tables } from '../../artifacts/layout.ts'
import type { Cluster } from '../../config/cluster.ts'
import { noticesTo } from '../../incident/notices.ts'
import { connectCluster } from '../../kubernetes/connect.ts'
import { checkPermissions } from '../../kubernetes/permissions.ts'
import { randomId } from '../../runtime/ids.ts'
import type { Log } from '../../runtime/log.ts'
import type { TriageDeps } from '../../triage/deps.ts'
import type { Platform } from '../platform.ts'
import { notifiedBreakers } from './notified-breakers.ts'

/** The triage stage with its real surroundings. */
export function triageDeps(platform: Platform, log: Log): TriageDeps {
  const { settings, storage } = platform
  const bundles = storage.blobs(containers.bundles)
  return {
    store: platform.store,
    control: storage.table(tables.control),
    permissions: storage.table(tables.permissions),
    knownPermissions: platform.knownPermissions,
    clusterRows: storage.table(tables.clusters),
    deadLetters: storage.blobs(containers.deadLetters),
    bundles,
    groups: platform.groups,
    results: storage.queue(queues.results),
    cluster: platform.cluster,
    clusters: async () => (await platform.clusters.current()).clusters,
    mutes: platform.mutes,
    secret: async (reference) => (await platform.secret(reference)).text,
    checkPermissions: (cluster, kubeconfig, signal) => permissionsOf(platform, cluster, kubeconfig, signal),
    createLink: bundles.createLink,
    resultsLink: (expires) => storage.queueAddLink(queues.results, expires),
    brokerPort: platform.brokerPort,
    newToken: () => `${randomId()}${randomId()}`,
    notify: noticesTo(storage.queue(queues.notices)),
    breakers: notifiedBreakers(platform, log),
    clock: platform.clock,
    random: platform.random,
    log,
    settings,
  }
}

async function permissionsOf(platform: Platform, cluster: Cluster, kubeconfig: string, signal: AbortSignal) {
  const where = cluster.triage.kubeconfig ?? CLUSTERS_FILE
  const api = connectCluster(kubeconfig, { where })
  try {
    return await checkPermissions(api, {
      cluster: cluster.name,
      allowSecretsAccess: cluster.triage.allow_secrets_access,
      now: platform.clock.now,
      signal,
    })
  } finally {
    await api.close()
  }
}
