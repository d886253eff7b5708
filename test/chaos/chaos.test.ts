import { expect, test } from 'vitest'
import { schedules } from './schedules.ts'
import { simulate } from './simulate.ts'

// A share of what `npm run chaos` runs before each change lands.
test('no promise is broken in a hundred schedules of crashes, lost answers, zombies and wrong clocks', async () => {
  const { failures, sum } = await schedules(1, 100)
  expect(failures).toEqual([])
  // Worlds in which nothing happens would prove nothing.
  expect(sum.incidents).toBeGreaterThan(100)
  expect(sum.reports).toBeGreaterThan(50)
  expect(sum.posts).toBeGreaterThan(100)
}, 480_000)

test('a seed is a schedule: it replays to the same history, whatever ran before', async () => {
  for (const kind of ['watch', 'work', 'whole'] as const) {
    const options = { climate: { kind }, record: true }
    const first = await simulate(77, options)
    await simulate(78, options)
    const again = await simulate(77, options)
    expect(first.history.length).toBeGreaterThan(50)
    expect(again.history).toEqual(first.history)
  }
})

test.each([1_167, 1_540])('seed %i, in which a report was written over before it was counted, holds', async (seed) => {
  expect((await schedules(seed, 1)).failures).toEqual([])
})
