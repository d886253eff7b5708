import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { CLUSTERS_FILE, containers, tables } from '../artifacts/layout.ts'
import type { KnownPermissions } from '../artifacts/permissions.ts'
import { managedIdentity } from '../azure/credential.ts'
import { renewedWhenRefused } from '../azure/renewed.ts'
import { storageFromSettings } from '../azure/storage-from-settings.ts'
import { type ClustersSource, type CurrentClusters, clustersSource } from '../config/clusters-source.ts'
import { clustersFromBlob, clustersFromFile } from '../config/clusters-text.ts'
import { clustersFromTags, withDiscovery } from '../config/discovered.ts'
import { type DiscoveryEntry, placeOf } from '../config/discovery-entry.ts'
import { readKey, readKubeconfig, readSecret, type SecretDeps } from '../config/secret-ref.ts'
import { readSettings, type Settings } from '../config/settings.ts'
import { type Mute, mutesOfFile } from '../incident/mute.ts'
import { type MuteBook, muteBook } from '../incident/mute-book.ts'
import { incidentStore } from '../incident/store.ts'
import { foreignDoor } from '../kubernetes/foreign-door.ts'
import { createRedactor } from '../kubernetes/redact.ts'
import { systemClock } from '../runtime/clock.ts'
import { connectWithPatience } from '../runtime/connects.ts'
import type { ContainerGroups } from '../runtime/container-groups.ts'
import { GiveUp } from '../runtime/errors.ts'
import { derivedId, systemRandom } from '../runtime/ids.ts'
import { once } from '../runtime/once.ts'
import type { Vault } from '../runtime/vault.ts'
import { sharedCursorKey, sharedRedactionKey } from './deps/cursor-key.ts'
import { sharedLinkKeys } from './deps/link-keys.ts'

/** 5,000 clusters of 200 bytes each. */
const MAX_CLUSTERS_FILE_BYTES = 1024 * 1024
/** As many as one Rancher may have. */
const MAX_DISCOVERED_BYTES = 16 * 1024 * 1024
const discoveredName = (key: string): string => `last-good-discovery-${derivedId(16, key)}.json`
/** A change of the clusters file is seen within this time, and a storm of faults does not ask for it each time. */
const CLUSTERS_FRESH_MS = 5_000
/** Inside a container group every port is free. */
const BROKER_PORT = 8700

export type Platform = ReturnType<typeof createPlatform>

/**
 * Everything outside that the acts need, chosen by the settings. Nothing is loaded or asked before its first use.
 * `warn` hears what is nobody's invocation: a wrong clusters file is everybody's.
 */
export function createPlatform(settings: Settings = readSettings(), warn: (message: string) => void = console.warn) {
  connectWithPatience()
  const clientId = settings.AzureWebJobsStorage__clientId
  const { IDENTITY_ENDPOINT: endpoint, IDENTITY_HEADER: header } = settings
  const credential = renewedWhenRefused(
    managedIdentity(clientId),
    endpoint === undefined ? undefined : { url: endpoint, header, clientId },
  )
  const storage = storageFromSettings(settings, credential)
  const vault = once(() => openVault(settings))
  const groups = lazyGroups(once(() => openGroups(settings)))
  const secretDeps = async () => ({
    vault: await vault(),
    ...(settings.LOCAL_GROUPS_DIR === '' ? { aks: (id: string) => aksToken(id, credential, settings) } : {}),
    ...(settings.CLUSTERS_FILE === '' ? {} : { folder: dirname(settings.CLUSTERS_FILE) }),
  })

  const config = storage.blobs(containers.config)
  const byHand = clustersSource({
    where: settings.CLUSTERS_FILE === '' ? `${containers.config}/${CLUSTERS_FILE}` : settings.CLUSTERS_FILE,
    read:
      settings.CLUSTERS_FILE === ''
        ? clustersFromBlob(config, CLUSTERS_FILE)
        : clustersFromFile(settings.CLUSTERS_FILE),
    log: warn,
    lastGood: {
      read: async () => (await config.read(`last-good-${CLUSTERS_FILE}`, MAX_CLUSTERS_FILE_BYTES))?.text,
      write: (text) => config.write(`last-good-${CLUSTERS_FILE}`, text),
    },
  })
  const subscriptions = settings.DISCOVER_AKS.split(',').flatMap((id) => id.trim() || [])
  const aks = {
    key: 'aks',
    name: 'AKS',
    find: async () => clustersFromTags(await discoverAks(subscriptions, credential, settings)),
  }
  const clusters = withDiscovery(byHand, {
    places: ({ discovery }) => [
      ...(subscriptions.length === 0 ? [] : [aks]),
      ...discovery.map((entry) => ({
        key: JSON.stringify(entry),
        name: placeOf(entry),
        find: async () => discoverNamed(entry, await secretDeps()),
      })),
    ],
    clock: systemClock,
    log: warn,
    memory: {
      read: async (key) => (await config.read(discoveredName(key), MAX_DISCOVERED_BYTES))?.text,
      write: (key, text) => config.write(discoveredName(key), text),
    },
  })

  const asked = muteBook({ control: storage.table(tables.control), clock: systemClock, random: systemRandom })
  const redactionKey = sharedRedactionKey(config)
  return {
    settings,
    storage,
    credential,
    clock: systemClock,
    random: systemRandom,
    clusters,
    cluster: clusterByName(clusters),
    /** Those that people asked for. */
    muteBook: asked,
    mutes: currentMutes(clusters, asked),
    cursorKey: sharedCursorKey(config),
    linkKeys: sharedLinkKeys({
      reference: settings.LINK_KEYS,
      secret: async (reference) => readSecret(await secretDeps())(reference),
      blobs: config,
      clock: systemClock,
    }),
    /** Through which all comes in that strangers say. */
    door: once(async () => foreignDoor(createRedactor({ key: await redactionKey() }))),
    store: incidentStore({ incidents: storage.table(tables.incidents), history: storage.table(tables.history) }),
    /** Outlives an invocation: one for each cluster that had an agent. */
    knownPermissions: new Map<string, KnownPermissions>(),
    vault,
    groups,
    /** Also of what `aks:` stands for. */
    secret: async (reference: string) => readKubeconfig(await secretDeps())(reference),
    apiKey: async (key: string) => readKey(await secretDeps())(key),
    brokerPort: () => (settings.LOCAL_GROUPS_DIR === '' ? Promise.resolve(BROKER_PORT) : freePort()),
  }
}

/** A clock that was set back makes nothing fresh for longer. */
const isFresh = (since: number, now: number): boolean => now >= since && now - since <= CLUSTERS_FRESH_MS

function clusterByName(source: ClustersSource) {
  let fresh = 0
  let known: Awaited<ReturnType<ClustersSource['current']>> | undefined
  return async (name: string) => {
    const now = systemClock.now().getTime()
    if (known === undefined || !isFresh(fresh, now)) {
      known = await source.current()
      fresh = now
    }
    return known.clusters.find((cluster) => cluster.name === name)
  }
}

/** All that are in force now. One that was asked for counts a moment later in other processes, and its end to the second. */
function currentMutes(source: ClustersSource, book: MuteBook) {
  let fresh = 0
  let known: { readonly file: CurrentClusters; readonly asked: readonly Mute[] } | undefined
  return async (): Promise<readonly Mute[]> => {
    const now = systemClock.now()
    if (known === undefined || !isFresh(fresh, now.getTime())) {
      const [file, asked] = await Promise.all([source.current(), book.list()])
      known = { file, asked }
      fresh = now.getTime()
    }
    const lasts = ({ until }: Mute) => Date.parse(until) > now.getTime()
    return [...mutesOfFile(known.file, now), ...known.asked.filter(lasts)]
  }
}

async function discoverAks(
  subscriptions: readonly string[],
  credential: ReturnType<typeof managedIdentity>,
  settings: Settings,
) {
  const { markedClusters } = await import('../azure/discovery.ts')
  return markedClusters({ subscriptions, credential, cloud: settings.AZURE_ENVIRONMENT })
}

async function aksToken(clusterId: string, credential: ReturnType<typeof managedIdentity>, settings: Settings) {
  const { aksKubeconfig } = await import('../azure/aks-kubeconfig.ts')
  return aksKubeconfig({ credential, cloud: settings.AZURE_ENVIRONMENT }, clusterId)
}

async function discoverNamed(entry: DiscoveryEntry, secrets: SecretDeps) {
  const { discoverClusters } = await import('./deps/discover-clusters.ts')
  return discoverClusters(entry, secrets, systemClock)
}

async function openVault(settings: Settings): Promise<Vault | undefined> {
  if (settings.LOCAL_VAULT_DIR !== '') {
    const { fileVault } = await import('../../infra/local/file-vault.ts')
    return fileVault(settings.LOCAL_VAULT_DIR)
  }
  if (settings.KEY_VAULT_URL === undefined) return undefined
  const { keyVault } = await import('../azure/vault.ts')
  return keyVault({ url: settings.KEY_VAULT_URL, credential: managedIdentity(settings.AzureWebJobsStorage__clientId) })
}

async function openGroups(settings: Settings): Promise<ContainerGroups> {
  if (settings.LOCAL_GROUPS_DIR !== '') {
    const { processContainerGroups } = await import('../../infra/local/process-groups.ts')
    return processContainerGroups(settings.LOCAL_GROUPS_DIR)
  }
  // Without an image nothing was ever started: there is nothing to look at, and the sweep has no complaint.
  if (settings.AGENT_IMAGE === '') return noGroups
  const needed = ['AZURE_SUBSCRIPTION_ID', 'AGENT_RESOURCE_GROUP', 'AGENT_LOCATION'] as const
  const missing = needed.filter((name) => settings[name] === '')
  if (missing.length > 0) throw new GiveUp(`Agents cannot be started: set ${missing.join(', ')}.`)
  const { aciContainerGroups } = await import('../azure/container-groups.ts')
  return aciContainerGroups({
    subscriptionId: settings.AZURE_SUBSCRIPTION_ID,
    resourceGroup: settings.AGENT_RESOURCE_GROUP,
    location: settings.AGENT_LOCATION,
    image: settings.AGENT_IMAGE,
    subnetId: settings.AGENT_SUBNET_ID,
    registryIdentity: settings.AGENT_REGISTRY_IDENTITY,
    dnsServers: settings.AGENT_DNS_SERVERS.split(',').flatMap((address) => address.trim() || []),
    filesIn: settings.AGENT_FILES,
    credential: managedIdentity(settings.AzureWebJobsStorage__clientId),
    cloud: settings.AZURE_ENVIRONMENT,
  })
}

const noGroups: ContainerGroups = {
  start: async () => {
    throw new GiveUp('Agents cannot be started: set AGENT_IMAGE.')
  },
  list: async () => [],
  get: async () => undefined,
  logs: async () => '',
  remove: async () => {},
}

/** Wrong settings of the agents must not keep a fault from being recorded: they are told when an agent is to start. */
const lazyGroups = (open: () => Promise<ContainerGroups>): ContainerGroups => ({
  start: async (spec, options) => (await open()).start(spec, options),
  list: async () => (await open()).list(),
  get: async (name) => (await open()).get(name),
  logs: async (name, container) => (await open()).logs(name, container),
  remove: async (name) => (await open()).remove(name),
})

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
