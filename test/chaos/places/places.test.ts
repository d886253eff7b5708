import { expect, test } from 'vitest'
import { placesMutants } from './mutants.ts'
import { caughtAfter } from './on-threads.ts'
import { placesSchedules } from './places-schedules.ts'
import { simulatePlaces } from './simulate-places.ts'

test('no promise of telling is broken in a hundred schedules of places that fail, quiet hours and clusters that leave', async () => {
  const { failures, sum } = await placesSchedules(1, 100)
  expect(failures).toEqual([])
  // Worlds in which nobody hears anything would prove nothing.
  expect(sum.told).toBeGreaterThan(400)
}, 120_000)

test('a seed of places is a schedule, too: it replays to the same history', async () => {
  const first = await simulatePlaces(52, { record: true })
  await simulatePlaces(53)
  const again = await simulatePlaces(52, { record: true })
  expect(first.history.length).toBeGreaterThan(100)
  expect(again.history).toEqual(first.history)
})

// All of them, from the first seed on: npm run chaos -- --places --mutants
test.each(placesMutants.filter(({ often }) => often === true))(
  'the checker notices when $what',
  async (mutant) => {
    expect(await caughtAfter(mutant, 300)).toBeDefined()
  },
  120_000,
)
