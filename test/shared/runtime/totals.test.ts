import { expect, test } from 'vitest'
import { totals, totalsIn } from '../../../shared/runtime/totals.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

test('totals that many add to at once lose nothing', async () => {
  const control = memoryTable()
  const clock = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  const { add } = totals({ control, clock, random: () => 0.5 })
  await Promise.all(Array.from({ length: 20 }, () => add('east', { ended_completed: 1, seconds: 0.5 })))
  await add('east', { ended_failed: 1 })
  await add('west', { ended_failed: 1 })
  const [east, west] = control.rows().map(totalsIn)
  expect(east).toEqual({ ended_completed: 20, seconds: 10, ended_failed: 1 })
  expect(west).toEqual({ ended_failed: 1 })
})
