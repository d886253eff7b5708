import { expect, test } from 'vitest'
import { notifyDiscovery } from '../../../../shared/app/deps/notify-discovery.ts'
import { Cluster } from '../../../../shared/config/cluster.ts'
import { withDiscovery } from '../../../../shared/config/discovered.ts'
import type { Listing } from '../../../../shared/config/remembered.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { NoticeMessage } from '../../../../shared/incident/notices.ts'
import { pagerDuty } from '../../../../shared/notify/channels/pagerduty/pagerduty.ts'
import { slackWebhook } from '../../../../shared/notify/channels/slack/slack-webhook.ts'
import { troubleNotice } from '../../../../shared/notify/compose-notice.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { memoryBlobs } from '../../../fakes/memory-blobs.ts'
import { memoryQueue } from '../../../fakes/memory-queue.ts'
import { memoryTable } from '../../../fakes/memory-table.ts'

const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    Cluster.parse({ name: `c${at}`, mcp: { endpoint: `https://c${at}.example/mcp` } }),
  )

/** A place of `discovery:` whose answers change, looked at by the sweep of each minute. */
function discovering(blobs = memoryBlobs()) {
  let ms = Date.parse('2026-01-12T09:00:00Z')
  const clock = {
    now: () => new Date(ms),
    // Nothing of this takes long: whoever waits for too long is not waited for here.
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
  }
  const [control, notices] = [memoryTable(), memoryQueue(clock)]
  const place = { answer: (): Listing => fleet(6) }
  const file = { clusters: [], notifications: [], discovery: [], mutes: [], maintenance: [] }
  const clusters = withDiscovery(
    { current: async () => ({ ...file, changed: { added: [], removed: [], modified: [] } }) },
    { places: () => [{ key: 'r', name: 'Rancher', find: async () => place.answer() }], clock, log: () => undefined },
  )
  const storage = { table: () => control, queue: () => notices, blobs: () => blobs }
  const platform = { settings: readSettings({}), clock, random: () => 0.5, storage, clusters }
  return {
    place,
    names: async () => (await clusters.current()).clusters.length,
    minutes: async (count: number) => {
      for (let at = 0; at < count; at++) {
        ms += 60_000
        await notifyDiscovery(
          platform,
          createLog('fatal', () => {}),
        )
      }
    },
    told: () =>
      notices.messages.map(({ body }) => {
        const notice = NoticeMessage.parse(JSON.parse(body))
        if (notice.type === 'clusters-changed') {
          const { place: of, came, went, soon } = notice
          return [of, came.names.join(' '), went.names.join(' '), soon]
        }
        return 'reasons' in notice && 'what' in notice
          ? [notice.type, notice.what, notice.reasons.at(-1)?.text]
          : notice
      }),
  }
}
const LIST = 'the list of clusters of Rancher'

test('that a list has shrunk to hardly any is told at once, once, with what stays, and that it is whole again', async () => {
  const { place, minutes, told, names } = discovering()
  await minutes(3)
  expect(told()).toEqual([])
  place.answer = () => fleet(1)
  await minutes(30)
  expect(told()).toEqual([['degraded', LIST, expect.stringMatching(/doubted, and those found last stay \(6, of .*\)/)]])
  expect(await names()).toBe(6)
  place.answer = () => fleet(6)
  await minutes(12)
  expect(told().slice(1)).toEqual([['recovered', LIST, expect.anything()]])
})

test('a place that is away is told when it has failed often enough, and one look counts once', async () => {
  const { place, minutes, told, names } = discovering()
  await minutes(1)
  place.answer = () => {
    throw new Error('connect ECONNREFUSED')
  }
  await minutes(8)
  // Asked every five minutes, though the sweep came eight times.
  expect(told()).toEqual([])
  await minutes(60)
  expect(told()).toEqual([['degraded', LIST, expect.stringContaining('ECONNREFUSED')]])
  expect(await names()).toBe(6)
})

test('each cluster that comes or goes is told once, those of one look together; the first list is no news', async () => {
  const blobs = memoryBlobs()
  const { place, minutes, told } = discovering(blobs)
  await minutes(12)
  expect(told()).toEqual([])
  place.answer = () => fleet(8)
  await minutes(30)
  expect(told()).toEqual([['Rancher', 'c6 c7', '', '']])
  place.answer = () => fleet(8).slice(1)
  await minutes(30)
  expect(told().slice(1)).toEqual([['Rancher', '', 'c0', '']])
  // A process that has just begun knows what was told, and tells what came while none ran.
  const second = discovering(blobs)
  second.place.answer = () => fleet(9).slice(1)
  await second.minutes(12)
  expect(second.told()).toEqual([['Rancher', 'c8', '', '']])
})

test('one that is stopped for a night has not gone; nor have those of a place that is away or doubted', async () => {
  const { place, minutes, told } = discovering()
  await minutes(3)
  place.answer = () => [...fleet(6).slice(1), { name: 'c0', heldBack: 'stopped' }]
  await minutes(12)
  place.answer = () => fleet(6)
  await minutes(12)
  place.answer = () => {
    throw new Error('connect ECONNREFUSED')
  }
  await minutes(6)
  place.answer = () => fleet(6)
  await minutes(6)
  place.answer = () => []
  await minutes(12)
  expect(told()).toEqual([[expect.stringMatching('degraded'), LIST, expect.stringMatching('doubted')]])
})

test('that the token of a place runs out is told once, before it does, and again for the next one only', async () => {
  const { place, minutes, told } = discovering()
  await minutes(3)
  const soon = 'Rancher: its token runs out at 2026-01-14T09:00:00Z'
  place.answer = () => [...fleet(6), { soon }]
  await minutes(60)
  expect(told()).toEqual([['Rancher', '', '', soon]])
  // One look that could not ask for it is no news, nor is the next that can.
  place.answer = () => fleet(6)
  await minutes(12)
  place.answer = () => [...fleet(6), { soon }]
  await minutes(12)
  expect(told()).toHaveLength(1)
  place.answer = () => [...fleet(6), { soon: soon.replace('14', '17') }]
  await minutes(12)
  expect(told().slice(1)).toEqual([['Rancher', '', '', soon.replace('14', '17')]])
})

test('what came and went reads as a sentence, and wakes nobody', async () => {
  const common = { version: 1, id: 'clusters:x', at: '2026-01-12T09:41:08.000Z', place: 'Rancher https://r' } as const
  const notice = troubleNotice({
    ...{ ...common, type: 'clusters-changed', soon: '' },
    ...{ came: { count: 2, names: ['east', 'west'] }, went: { count: 30, names: ['north'] } },
  })
  expect(notice).toMatchObject({
    severity: 'warning',
    title: 'Clusters of Rancher https://r: 2 found, 30 not there any more',
    facts: [
      ['Found', 'east, west'],
      ['Not there any more', 'north and 29 more'],
    ],
  })
  const post = { clock: { now: () => new Date(), sleep: async () => undefined } }
  expect(pagerDuty({ routingKey: 'R0' }, post).takes(notice)).toBe(false)
  expect(slackWebhook('http://127.0.0.1:9/x', post).takes(notice)).toBe(true)
})

test('a name that is longer than a cluster may have is told in part, and ends no other notice', async () => {
  const { place, minutes, told } = discovering()
  await minutes(3)
  place.answer = () => [...fleet(6), { name: 'x'.repeat(200), heldBack: 'stopped' }]
  await minutes(12)
  place.answer = () => fleet(7)
  await minutes(12)
  const long = 'x'.repeat(63)
  expect(told()).toEqual([
    ['Rancher', long, '', ''],
    ['Rancher', 'c6', long, ''],
  ])
})
