import { expect, test } from 'vitest'
import { placeMetrics, placesHealth } from '../../../shared/health/place-health.ts'
import { placeBook } from '../../../shared/notify/route/place-book.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('what the notifier wrote of its places is shown: sent, failed, given up, waiting, oldest, rate limited', async () => {
  let now = Date.parse('2026-01-12T10:00:00Z')
  const control = memoryTable()
  const clock = { now: () => new Date(now), sleep: async () => {} }
  const book = placeBook({ control, clock, random: () => 0.5 })
  const shown = async () =>
    placesHealth(
      await control.list({ partition: 'places', limit: 10 }),
      await control.list({ partition: 'notices-waiting', limit: 10 }),
      clock.now(),
    )
  await book.count('slack-1', 'sent')
  await book.count('teams-1', 'failed', 'there is no such place (404)')
  await book.count('teams-1', 'refused', 'there is no such place (404)')
  const until = new Date(now + 60_000).toISOString()
  const waiting = { place: 'teams-1', until, why: 'x', wakes: 'never', turn: 0, message: '' } as const
  await book.waits('a', { ...waiting, since: '2026-01-12T09:00:00Z' })
  await book.waits('b', { ...waiting, since: '2026-01-12T09:30:00Z' })
  await book.pause('slack-1', 7_200, 'it asks for time (429)')
  expect(await shown()).toEqual([
    {
      ...{ place: 'slack-1', sent: 1, failed: 0, given_up: 0, unsure: 0, waiting: 0 },
      last_sent: '2026-01-12T10:00:00.000Z',
      rate_limited_since: '2026-01-12T10:00:00.000Z',
      not_before: '2026-01-12T12:00:00.000Z',
    },
    {
      ...{ place: 'teams-1', sent: 0, failed: 1, given_up: 1, unsure: 0, waiting: 2, oldest_seconds: 3_600 },
      last_error: 'there is no such place (404)',
    },
  ])
  expect(placeMetrics(await shown()).join('')).toContain('nightcrier_notices_waiting{place="teams-1"} 2\n')
  await book.waitsNoMore('teams-1', 'a')
  // The other was lost with its process.
  now += 3_600_000
  expect((await shown())[1]).toMatchObject({ waiting: 0 })
})
