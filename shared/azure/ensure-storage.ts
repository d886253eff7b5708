import type { TokenCredential } from '@azure/identity'
import { containers, queues, tables } from '../artifacts/layout.ts'
import { blobService } from './blobs.ts'
import { managedIdentity } from './credential.ts'
import { queueService } from './queues.ts'
import { type StorageSettings, storageDeadline, storagePlace } from './storage-place.ts'
import { tableClient } from './tables.ts'

/**
 * Makes every container, queue (with the queue for its dead letters) and table that is not there yet. In Azure the
 * templates make them; locally this does, before the first function runs.
 */
export async function ensureStorage(
  settings: StorageSettings,
  credential: TokenCredential = managedIdentity(settings.AzureWebJobsStorage__clientId),
): Promise<void> {
  const place = storagePlace(settings, credential)
  const [blobs, messages] = [blobService(place), queueService(place)]
  const options = () => ({ abortSignal: storageDeadline() })
  await Promise.all([
    ...Object.values(containers).map((name) => blobs.getContainerClient(name).createIfNotExists(options())),
    ...Object.values(queues)
      .flatMap((name) => [name, `${name}-poison`])
      .map((name) => messages.getQueueClient(name).createIfNotExists(options())),
    ...[...new Set<string>(Object.values(tables))].map((name) => tableClient(place, name).createTable(options())),
  ])
}
