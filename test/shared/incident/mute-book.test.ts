import { expect, test } from 'vitest'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('a row that is no mute stops none of the others', async () => {
  const control = memoryTable()
  const clock = { now: () => new Date('2026-01-12T09:00:00Z'), sleep: async () => {} }
  const book = muteBook({ control, clock, random: () => 0.5 })
  const until = new Date('2026-01-12T10:00:00Z')
  const { id } = await book.add({ match: { cluster: ['east'] }, until, reason: 'test' })
  const fields = { until: until.toISOString(), reason: 'x', by: '' }
  await control.insert('mutes', 'cut', { ...fields, match: '{"cluster":["we' })
  await control.insert('mutes', 'other', { ...fields, match: '{"cluster":["west"],"colour":"red"}' })
  expect((await book.list()).map((one) => one.id)).toEqual([id])
})
