import { expect, test } from 'vitest'
import { noticeLedger } from '../../../../shared/notify/ledger/ledger.ts'
import { memoryTable } from '../../../fakes/memory-table.ts'

let now = Date.parse('2026-01-12T10:00:00.000Z')
const ledger = noticeLedger({
  control: memoryTable(),
  clock: { now: () => new Date(now), sleep: async () => {} },
  random: () => 0.5,
})
const claim = async (subject: string, id: string) => {
  const claimed = await ledger.claim({ place: 'slack', target: '{}', subject, since: '2026-01-12', id })
  if (claimed.state !== 'yours') throw new Error(`it is ${claimed.state}`)
  return claimed
}

test('a notice that may have arrived stays in doubt while other notices of its subject are told', async () => {
  expect((await claim('incident', 'started')).unsure).toBe(false)
  // Its process dies; a quarter of an hour later the next notice of the incident is told, and another is refused.
  now += 15 * 60_000
  await ledger.delivered((await claim('incident', 'reported')).held, 'ref', false)
  await ledger.failed((await claim('incident', 'resolved')).held)
  const again = await claim('incident', 'started')
  expect(again).toMatchObject({ unsure: true, ref: 'ref' })
  await ledger.delivered(again.held, undefined, false)
  // Nothing is in doubt any more.
  expect((await claim('incident', 'resolved')).unsure).toBe(false)
})

test('what the place has answered is not in doubt, and is not told again', async () => {
  await ledger.delivered((await claim('other', 'started')).held, 'ref', false)
  const again = await ledger.claim({
    ...{ place: 'slack', subject: 'other', target: '{}', since: '2026-01-12', id: 'started' },
  })
  expect(again.state).toBe('told')
  expect((await claim('other', 'reported')).unsure).toBe(false)
})
