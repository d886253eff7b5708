import { TableClient } from '@azure/data-tables'
import { BlobServiceClient } from '@azure/storage-blob'
import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../infra/local/azurite.ts'
import { storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'
import type { Queue } from '../../../shared/runtime/queue.ts'
import type { Table } from '../../../shared/runtime/table.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { type MemoryTable, memoryTable } from '../../fakes/memory-table.ts'
import { type Fate, startWeatherProxy, type WeatherProxy } from '../../fakes/weather-proxy.ts'
import { type BlobsAndLinks, blobClaims } from './blob-claims.ts'
import { brokenClaims } from './claims.ts'
import { type QueueAndReader, queueClaims } from './queue-claims.ts'
import { tableClaims } from './table-claims.ts'

let azurite: Azurite
let sky: WeatherProxy
beforeAll(async () => {
  azurite = await startAzurite()
  sky = await startWeatherProxy(azurite.connectionString)
})
afterAll(async () => {
  await sky.stop()
  await azurite.stop()
})

let made = 0
const freshName = () => {
  made += 1
  return `subject${made}`
}
/** One behind the proxy, whose first try of an operation comes to grief in turn; reads are told apart by what they bear. */
const stormy = () => storageFromSettings({ AzureWebJobsStorage: sky.connectionString })
const griefs: readonly Fate[] = [
  'lost-reset',
  'lost-500',
  { refuse: 503, code: 'ServerBusy' },
  'reset-before',
  { delayMs: 30 },
]
function storm(): void {
  let count = 0
  sky.weather = ({ tried, method, service }) => {
    // A queue takes what is sent twice as two messages: that is what the stages expect of it.
    if (tried !== 1 || (service === 'queue' && method === 'POST')) return 'pass'
    count += 1
    // Each costs the pause before a repetition; claims with a thousand rows are about something else.
    if (count > 60) return 'pass'
    return griefs[count % griefs.length] ?? 'pass'
  }
}
const storage = () => storageFromSettings({ AzureWebJobsStorage: azurite.connectionString })

async function azuriteTable(through = storage): Promise<Table> {
  const name = freshName()
  await TableClient.fromConnectionString(azurite.connectionString, name, {
    allowInsecureConnection: true,
  }).createTable()
  return through().table(name)
}

async function azuriteQueue(through = storage): Promise<QueueAndReader> {
  const client = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(freshName())
  await client.create()
  const visible = async () => {
    const { receivedMessageItems } = await client.receiveMessages({ numberOfMessages: 32 })
    return receivedMessageItems.map(({ messageText }) => Buffer.from(messageText, 'base64').toString())
  }
  return { queue: through().queue(client.name), visible }
}
const readable = (queue: ReturnType<typeof memoryQueue>): QueueAndReader => ({
  queue,
  visible: async () => queue.receive({ count: 32 }).map(({ body }) => body),
})

async function azuriteBlobs(through = storage): Promise<BlobsAndLinks> {
  const name = freshName()
  await BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(name).create()
  const call = async (link: string, init?: RequestInit) => {
    const response = await fetch(link, init)
    if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
    return response.text()
  }
  return {
    blobs: through().blobs(name),
    get: (link) => call(link),
    put: async (link, body) =>
      void (await call(link, { method: 'PUT', body, headers: { 'x-ms-blob-type': 'BlockBlob' } })),
  }
}
const linked = (blobs: ReturnType<typeof memoryBlobs>): BlobsAndLinks => ({
  blobs,
  get: async (link) => blobs.followReadLink(link),
  put: async (link, text) => blobs.followCreateLink(link, text),
})

describe.each([
  ['memory', () => memoryTable()],
  ['Azurite', () => azuriteTable()],
  [
    'Azurite in bad weather',
    () => {
      storm()
      return azuriteTable(stormy)
    },
  ],
] as const)('a table in %s', (_where, fresh) => {
  test.each(tableClaims)('%s', async (_sentence, shown) => shown(await fresh()))
})
describe.each([
  ['memory', () => readable(memoryQueue())],
  ['Azurite', () => azuriteQueue()],
  [
    'Azurite in bad weather',
    () => {
      storm()
      return azuriteQueue(stormy)
    },
  ],
] as const)('a queue in %s', (_where, fresh) => {
  test.each(queueClaims)('%s', async (_sentence, shown) => shown(await fresh()))
})
describe.each([
  ['memory', () => linked(memoryBlobs())],
  ['Azurite', () => azuriteBlobs()],
  [
    'Azurite in bad weather',
    () => {
      storm()
      return azuriteBlobs(stormy)
    },
  ],
] as const)('blobs in %s', (_where, fresh) => {
  test.each(blobClaims)('%s', async (_sentence, shown) => shown(await fresh()))
})

describe('a fake that lies is caught', () => {
  const tableLies: Record<string, (honest: MemoryTable) => Partial<Table>> = {
    'it writes without looking at the etag': ({ replace, rows }) => ({
      replace: async (row, fields) => replace(rows().find(({ key }) => key === row.key) ?? row, fields),
    }),
    'it looks at the etag before it writes, not while': ({ replace, get, rows }) => ({
      replace: async (row, fields) =>
        (await get(row.partition, row.key))?.etag === row.etag
          ? replace(rows().find(({ key }) => key === row.key) ?? row, fields)
          : undefined,
    }),
    'it keeps the etag of equal fields': ({ replace, get }) => ({
      replace: async (row, fields) => {
        const now = await get(row.partition, row.key)
        if (now?.etag === row.etag && JSON.stringify(now.fields) === JSON.stringify(fields)) return now
        return replace(row, fields)
      },
    }),
    'it merges instead of replacing': ({ replace }) => ({
      replace: async (row, fields) => replace(row, { ...row.fields, ...fields }),
    }),
    'its insert writes over': ({ insert, replace, get }) => ({
      insert: async (partition, key, fields) => {
        const there = await get(partition, key)
        return there ? replace(there, fields) : insert(partition, key, fields)
      },
    }),
    'its batch writes what it can': ({ replace }) => ({
      replaceAll: async (writes) => {
        const rows = []
        for (const { row, fields } of writes) rows.push(await replace(row, fields))
        return rows.every((row) => row !== undefined) ? rows : undefined
      },
    }),
    'it removes without looking at the etag': ({ remove, get }) => ({
      remove: async (row) => remove((await get(row.partition, row.key)) ?? row),
    }),
    'its list knows no limit': ({ list }) => ({ list: (query) => list({ ...query, limit: 10_000 }) }),
    'its list knows no filter': ({ list }) => ({ list: ({ filter: _, ...query }) => list(query) }),
    'its list ends before toKey': ({ list }) => ({
      list: async (query) => (await list(query)).filter(({ key }) => key !== query.toKey),
    }),
  }
  test.each(Object.entries(tableLies))('a table: %s', async (_lie, lie) => {
    const liar = () => {
      const honest = memoryTable()
      return { ...honest, ...lie(honest) }
    }
    expect(await brokenClaims(tableClaims, liar)).not.toEqual([])
  })

  const queueLies: Record<string, (honest: Queue) => Partial<Queue>> = {
    'it shows at once what was for later': ({ send }) => ({ send: (body) => send(body) }),
    'it counts characters for bytes': ({ send }) => ({
      send: (body, options) => (body.length > 48 * 1024 ? send(body, options) : send(body.slice(0, 24_000), options)),
    }),
  }
  test.each(Object.entries(queueLies))('a queue: %s', async (_lie, lie) => {
    const liar = () => {
      const { queue, visible } = readable(memoryQueue())
      return { queue: { ...queue, ...lie(queue) }, visible }
    }
    expect(await brokenClaims(queueClaims, liar)).not.toEqual([])
  })

  const blobLies: Record<string, (honest: BlobsAndLinks['blobs']) => Partial<BlobsAndLinks['blobs']>> = {
    'it writes over what should be new': ({ write }) => ({ write: (name, content) => write(name, content) }),
    'it reads past the limit': ({ read }) => ({ read: (name) => read(name, 1e9) }),
    'its read links never end': ({ readLink }) => ({ readLink: (name) => readLink(name, new Date('2100-01-01')) }),
    'its create link reads as well': ({ readLink }) => ({ createLink: readLink }),
    'its list is not ordered': ({ list }) => ({
      list: async (prefix, limit) => [...(await list(prefix, limit))].reverse(),
    }),
  }
  test.each(Object.entries(blobLies))('blobs: %s', async (_lie, lie) => {
    const liar = () => {
      const honest = linked(memoryBlobs())
      return { ...honest, blobs: { ...honest.blobs, ...lie(honest.blobs) } }
    }
    expect(await brokenClaims(blobClaims, liar)).not.toEqual([])
  })

  test('and the honest ones are not', async () => {
    expect(await brokenClaims(tableClaims, () => memoryTable())).toEqual([])
    expect(await brokenClaims(queueClaims, () => readable(memoryQueue()))).toEqual([])
    expect(await brokenClaims(blobClaims, () => linked(memoryBlobs()))).toEqual([])
  })
})
