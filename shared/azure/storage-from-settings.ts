import type { TokenCredential } from '@azure/identity'
import type { Blobs } from '../runtime/blobs.ts'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { once } from '../runtime/once.ts'
import type { Queue } from '../runtime/queue.ts'
import type { Table } from '../runtime/table.ts'
import { managedIdentity } from './credential.ts'
import { type StorageSettings, storagePlace } from './storage-place.ts'

export type Storage = {
  readonly table: (name: string) => Table
  readonly queue: (name: string) => Queue
  readonly blobs: (container: string) => Blobs
  /** Where somebody who holds nothing else may POST `<QueueMessage>` to this queue until `expires`. */
  readonly queueAddLink: (queue: string, expires: Date) => Promise<string>
}

/** Costs nothing until used: each service's library is loaded with the first call that needs it. */
export function storageFromSettings(
  settings: StorageSettings,
  credential: TokenCredential = managedIdentity(settings.AzureWebJobsStorage__clientId),
  clock: Clock = systemClock,
): Storage {
  const place = storagePlace(settings, credential)
  const tables = once(() => import('./tables.ts'))
  const queues = once(async () => {
    const { azureQueue, queueAddLinks, queueService } = await import('./queues.ts')
    return { azureQueue, service: queueService(place), addLink: queueAddLinks(place, clock) }
  })
  const blobs = once(async () => {
    const library = await import('./blobs.ts')
    const service = library.blobService(place)
    return { library, service, sign: library.blobLinks(place, service, clock) }
  })
  return {
    table: (name) =>
      lazyTable(
        once(async () => {
          const { azureTable, tableClient } = await tables()
          return azureTable(tableClient(place, name))
        }),
      ),
    queue: (name) =>
      lazyQueue(
        once(async () => {
          const { azureQueue, service } = await queues()
          return azureQueue(service.getQueueClient(name))
        }),
      ),
    blobs: (container) =>
      lazyBlobs(
        once(async () => {
          const { library, service, sign } = await blobs()
          return library.azureBlobs(service.getContainerClient(container), sign)
        }),
      ),
    queueAddLink: async (queue, expires) => (await queues()).addLink(queue, expires),
  }
}

type Later<T> = () => Promise<T>

const lazyTable = (table: Later<Table>): Table => ({
  get: async (...given) => (await table()).get(...given),
  insert: async (...given) => (await table()).insert(...given),
  replace: async (...given) => (await table()).replace(...given),
  replaceAll: async (...given) => (await table()).replaceAll(...given),
  remove: async (...given) => (await table()).remove(...given),
  list: async (...given) => (await table()).list(...given),
})
const lazyQueue = (queue: Later<Queue>): Queue => ({
  send: async (...given) => (await queue()).send(...given),
  length: async () => (await queue()).length(),
})
const lazyBlobs = (blobs: Later<Blobs>): Blobs => ({
  read: async (...given) => (await blobs()).read(...given),
  readBytes: async (...given) => (await blobs()).readBytes(...given),
  info: async (...given) => (await blobs()).info(...given),
  write: async (...given) => (await blobs()).write(...given),
  remove: async (...given) => (await blobs()).remove(...given),
  list: async (...given) => (await blobs()).list(...given),
  readLink: async (...given) => (await blobs()).readLink(...given),
  createLink: async (...given) => (await blobs()).createLink(...given),
})
