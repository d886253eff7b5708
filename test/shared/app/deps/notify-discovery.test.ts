import { expect, test } from 'vitest'
import { notifyDiscovery } from '../../../../shared/app/deps/notify-discovery.ts'
import { Cluster } from '../../../../shared/config/cluster.ts'
import { withDiscovery } from '../../../../shared/config/discovered.ts'
import { readSettings } from '../../../../shared/config/settings.ts'
import { NoticeMessage } from '../../../../shared/incident/notices.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import { memoryQueue } from '../../../fakes/memory-queue.ts'
import { memoryTable } from '../../../fakes/memory-table.ts'

const fleet = (count: number) =>
  Array.from({ length: count }, (_, at) =>
    Cluster.parse({ name: `c${at}`, mcp: { endpoint: `https://c${at}.example/mcp` } }),
  )

/** A place of `discovery:` whose answers change, looked at by the sweep of each minute. */
function discovering() {
  let ms = Date.parse('2026-01-12T09:00:00Z')
  const clock = {
    now: () => new Date(ms),
    // Nothing of this takes long: whoever waits for too long is not waited for here.
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
  }
  const [control, notices] = [memoryTable(), memoryQueue(clock)]
  const place = { answer: (): readonly Cluster[] => fleet(6) }
  const file = { clusters: [], notifications: [], discovery: [], mutes: [], maintenance: [] }
  const clusters = withDiscovery(
    { current: async () => ({ ...file, changed: { added: [], removed: [], modified: [] } }) },
    { places: () => [{ key: 'r', name: 'Rancher', find: async () => place.answer() }], clock, log: () => undefined },
  )
  const storage = { table: () => control, queue: () => notices }
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
