import { QueueClient } from '@azure/storage-queue'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../infra/local/azurite.ts'
import { containers, queues, tables } from '../../../shared/artifacts/layout.ts'
import { ensureStorage } from '../../../shared/azure/ensure-storage.ts'
import { type Storage, storageFromSettings } from '../../../shared/azure/storage-from-settings.ts'

let azurite: Azurite
let storage: Storage
beforeAll(async () => {
  azurite = await startAzurite()
  const settings = { AzureWebJobsStorage: azurite.connectionString }
  await ensureStorage(settings)
  await ensureStorage(settings)
  storage = storageFromSettings(settings)
})
afterAll(() => azurite.stop())
const inAnHour = () => new Date(Date.now() + 3_600_000)

test('everything that the layout names is there, dead letters included, and making it again is no error', async () => {
  for (const name of Object.values(tables)) expect(await storage.table(name).list({ limit: 1 })).toEqual([])
  for (const name of Object.values(containers)) expect(await storage.blobs(name).list('', 1)).toEqual([])
  for (const name of Object.values(queues)) {
    expect(await storage.queue(name).length()).toBe(0)
    expect(await storage.queue(`${name}-poison`).length()).toBe(0)
  }
})

test('what is sent stands in Base64 on the wire and never expires', async () => {
  await storage.queue(queues.faults).send('{"version":1}')
  const { receivedMessageItems } = await new QueueClient(azurite.connectionString, queues.faults).receiveMessages()
  expect(receivedMessageItems[0]?.messageText).toBe(Buffer.from('{"version":1}').toString('base64'))
  expect(receivedMessageItems[0]?.expiresOn.getUTCFullYear()).toBe(9999)
})

test('a link to add to a queue adds to that queue and does nothing else', async () => {
  const link = await storage.queueAddLink(queues.results, inAnHour())
  const text = Buffer.from('{"version":1}').toString('base64')
  const post = (url: string) =>
    fetch(url, { method: 'POST', body: `<QueueMessage><MessageText>${text}</MessageText></QueueMessage>` })
  expect((await post(link)).status).toBe(201)
  expect(await storage.queue(queues.results).length()).toBe(1)
  expect((await fetch(link)).status).toBe(403)
  expect((await fetch(link, { method: 'DELETE' })).status).toBe(403)
  expect((await post(link.replace(`/${queues.results}/`, `/${queues.faults}/`))).status).toBe(403)
  expect((await post(await storage.queueAddLink(queues.results, new Date(Date.now() - 1000)))).status).toBe(403)
  expect(await storage.queue(queues.results).length()).toBe(1)
})

test.each([
  ['index.html', 'text/html; charset=utf-8'],
  ['report.json', 'application/json; charset=utf-8'],
  ['investigation.md', 'text/markdown; charset=utf-8'],
  ['clusters.yaml', 'text/yaml; charset=utf-8'],
  ['logs/agent.log', 'text/plain; charset=utf-8'],
  ['evidence.jsonl', 'text/plain; charset=utf-8'],
  ['1.json.gz', 'application/gzip'],
  ['noending', 'application/octet-stream'],
])('%s is served as %s, to be shown and not kept', async (name, type) => {
  const blobs = storage.blobs(containers.incidents)
  await blobs.write(name, 'x')
  const { headers } = await fetch(await blobs.readLink(name, inAnHour()))
  expect(headers.get('content-type')).toBe(type)
  expect(headers.get('content-disposition')).toBe('inline')
  expect(headers.get('cache-control')).toBe('private, no-cache')
})

test('settings that name no account are told what to set', () => {
  expect(() => storageFromSettings({ AzureWebJobsStorage__blobServiceUri: 'https://a.example' })).toThrow(
    /set AzureWebJobsStorage to a connection string, or all three of/,
  )
})

test('nobody has to wait for a library before it is used', () => {
  const before = performance.now()
  const made = storageFromSettings({ AzureWebJobsStorage: 'AccountName=x;not-a-connection-string' })
  made.table('a')
  made.queue('b')
  made.blobs('c')
  expect(performance.now() - before).toBeLessThan(20)
})
