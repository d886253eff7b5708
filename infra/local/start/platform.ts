import { join } from 'node:path'
import process from 'node:process'
import { tables } from '../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../shared/azure/ensure-storage.ts'
import { type Storage, storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'
import { readSettings, type Settings } from '../../../shared/config/settings.ts'
import { type IncidentStore, incidentStore } from '../../../shared/incident/store.ts'
import { type Azurite, startAzurite } from '../azurite.ts'
import { expectedFunctions } from '../expected-functions.ts'
import { type Host, startHost } from '../host/start-host.ts'
import { processContainerGroups } from '../process-groups.ts'

export type PlatformOptions = {
  readonly app: string
  /** A folder of this run, removed after it. */
  readonly folder: string
  /** The settings of this run; what the caller's environment says counts unless it is named here. */
  readonly environment: Readonly<Record<string, string>>
  readonly instances: number
  readonly port: number
  /** How long a message is hidden from others at first; absent: as long as on Azure. */
  readonly visibilityMs?: number
  /** Loopback when absent. */
  readonly host?: string
  /** `local` when absent. */
  readonly functionKey?: string
  /** Storage that is there already and outlives this; absent: in memory, for as long as this runs. */
  readonly azurite?: Pick<Azurite, 'connectionString'>
  readonly log: (line: string, worker: string) => void
  /** Puts something between the functions and their storage; answers where they find it then. */
  readonly between?: (connectionString: string) => Promise<string>
}
export type Platform = {
  readonly settings: Settings
  readonly storage: Storage
  readonly incidents: IncidentStore
  /** Starts the functions. What they watch must be there by now. */
  readonly startFunctions: () => Promise<Host>
}

/** Running agents and windows get this long when the user stops everything; they are told, and their work is temporary. */
const DRAIN_MS = 1_000

/** Storage and the functions on it. `stack` ends all of it, in the order opposite to the start. */
export async function startPlatform(options: PlatformOptions, stack: AsyncDisposableStack): Promise<Platform> {
  const azurite = options.azurite ?? (await ownAzurite(stack))
  const connectionString = (await options.between?.(azurite.connectionString)) ?? azurite.connectionString
  const groupsFolder = join(options.folder, 'groups')
  const environment = {
    ...process.env,
    LOCAL_GROUPS_DIR: groupsFolder,
    ...options.environment,
    AzureWebJobsStorage: connectionString,
  }
  const settings = readSettings(environment)
  await ensureStorage(settings)
  const storage = storageFromSettings(settings)
  // Agents live on when the process that started them ends; they end here.
  const groups = processContainerGroups(groupsFolder)
  stack.defer(async () => {
    await Promise.all((await groups.list()).map(({ name }) => groups.remove(name)))
  })
  return {
    settings,
    storage,
    incidents: incidentStore({ incidents: storage.table(tables.incidents), history: storage.table(tables.history) }),
    startFunctions: async () => {
      const host = await startHost({
        app: options.app,
        environment,
        expected: expectedFunctions(settings),
        instances: options.instances,
        port: options.port,
        ...(options.host === undefined ? {} : { host: options.host }),
        ...(options.functionKey === undefined ? {} : { functionKey: options.functionKey }),
        limits: {
          drainMs: DRAIN_MS,
          retryDelayMs: 1_000,
          maxPollMs: 500,
          ...(options.visibilityMs === undefined ? {} : { visibilityMs: options.visibilityMs }),
        },
        log: options.log,
      })
      stack.defer(host.stop)
      return host
    },
  }
}

async function ownAzurite(stack: AsyncDisposableStack): Promise<Azurite> {
  const azurite = await startAzurite()
  stack.defer(azurite.stop)
  return azurite
}
