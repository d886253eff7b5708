import { QueueServiceClient } from '@azure/storage-queue'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Azurite, startAzurite } from '../../../../infra/local/azurite.ts'
import { buildFixture, type FixtureHost, startFixtureHost } from '../fixture-host.ts'

let azurite: Azurite
let app: Awaited<ReturnType<typeof buildFixture>>
let host: FixtureHost | undefined
let queues: QueueServiceClient

beforeAll(async () => {
  ;[azurite, app] = await Promise.all([startAzurite(), buildFixture()])
  queues = QueueServiceClient.fromConnectionString(azurite.connectionString)
  await queues.createQueue('work')
})
afterAll(async () => {
  app.remove()
  await azurite.stop()
})
afterEach(async () => {
  await host?.stop()
  host = undefined
  await queues.getQueueClient('work').clearMessages()
})

const start = (options: Parameters<typeof startFixtureHost>[2] = {}) =>
  startFixtureHost(app.folder, { AzureWebJobsStorage: azurite.connectionString }, options)
const send = (job: object) => sendText(Buffer.from(JSON.stringify(job)).toString('base64'))
const sendText = (text: string) => queues.getQueueClient('work').sendMessage(text)
const left = async (name: string) => (await queues.getQueueClient(name).getProperties()).approximateMessagesCount ?? 0
const events = (event: string, id: string) =>
  host?.journal().filter((entry) => entry.event === event && entry.job?.id === id) ?? []

test('a message is decoded, handed over once and deleted', async () => {
  host = await start()
  await send({ id: 'good' })
  await expect.poll(() => events('end', 'good').length).toBe(1)
  await expect.poll(() => left('work')).toBe(0)
  expect(events('start', 'good')).toMatchObject([{ dequeueCount: 1, job: { id: 'good' } }])
})

test('a message that fails is tried five times and ends in the poison queue', async () => {
  host = await start()
  await send({ id: 'bad', failures: 99 })
  await expect.poll(() => left('work-poison').catch(() => 0), { timeout: 15_000 }).toBe(1)
  expect(events('start', 'bad').map(({ dequeueCount }) => dequeueCount)).toEqual([1, 2, 3, 4, 5])
  // The copy is made before the original goes.
  await expect.poll(() => left('work')).toBe(0)
  const [message] = (await queues.getQueueClient('work-poison').receiveMessages()).receivedMessageItems
  expect(JSON.parse(Buffer.from(message?.messageText ?? '', 'base64').toString())).toEqual({ id: 'bad', failures: 99 })
  expect(new Set(events('start', 'bad').map(({ id }) => id)).size).toBe(5)
})

test('a message that is not Base64 goes to the poison queue unseen, and the next one is worked on', async () => {
  await queues.getQueueClient('work-poison').createIfNotExists()
  await queues.getQueueClient('work-poison').clearMessages()
  host = await start()
  await sendText('<not base64>')
  await send({ id: 'after' })
  await expect.poll(() => events('end', 'after').length).toBe(1)
  await expect.poll(() => left('work-poison')).toBe(1)
})

test('the message of a killed worker comes back when its visibility ends, to a new worker', async () => {
  host = await start({ limits: { visibilityMs: 2_000, maxPollMs: 100 }, restartMs: 50 })
  await send({ id: 'interrupted', hangOnce: true })
  await expect.poll(() => events('start', 'interrupted').length).toBe(1)
  const before = host.workers().find(({ functions }) => functions.includes('work'))!
  process.kill(before.pid, 'SIGKILL')
  await expect.poll(() => events('end', 'interrupted').length, { timeout: 15_000 }).toBe(1)
  const [first, second] = events('start', 'interrupted')
  expect([first?.dequeueCount, second?.dequeueCount]).toEqual([1, 2])
  expect(second?.pid).not.toBe(first?.pid)
})

test('a function that takes longer than the visibility keeps its message to itself', async () => {
  host = await start({ instances: 2, limits: { visibilityMs: 1_000, maxPollMs: 100 } })
  expect(host.workers().filter(({ functions }) => functions.includes('work'))).toHaveLength(2)
  await send({ id: 'slow', takes: 3_000 })
  await expect.poll(() => events('end', 'slow').length, { timeout: 10_000 }).toBe(1)
  expect(events('start', 'slow')).toHaveLength(1)
  await expect.poll(() => left('work')).toBe(0)
})

test('a function past its time has its process killed, and the message is not lost', async () => {
  host = await start({ limits: { visibilityMs: 1_000, maxPollMs: 100 }, restartMs: 50, functionTimeoutMs: 500 })
  await send({ id: 'late', hangOnce: true })
  await expect.poll(() => events('end', 'late').length, { timeout: 15_000 }).toBe(1)
  expect(host.output.join('\n')).toContain('work ran past functionTimeout')
})

test('draining lets the running invocation finish and begins no other', async () => {
  host = await start()
  await send({ id: 'running', takes: 1_000 })
  await expect.poll(() => events('start', 'running').length).toBe(1)
  const stopped = host.stop()
  await send({ id: 'too-late' })
  await stopped
  expect(events('end', 'running')).toHaveLength(1)
  expect(events('start', 'too-late')).toHaveLength(0)
  expect(host.journal().filter(({ event }) => event === 'terminate')).toHaveLength(3)
  expect(await left('work')).toBe(1)
})
