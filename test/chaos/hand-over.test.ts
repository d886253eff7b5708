import { expect, test } from 'vitest'
import { watchWorld } from './watch-world.ts'

const HOUR = 3_600_000
const CLUSTERS = 12

test('two supervisors hand over window after window, and nobody is blind for a thousandth of the time', async () => {
  const world = watchWorld(1, CLUSTERS, 2)
  await world.run(60_000)
  const before = [...world.rows().values()].map(({ blindMilliseconds }) => blindMilliseconds)
  const fences = [...world.rows().values()].map(({ fence }) => fence)
  const outside = await world.runLooking(3 * HOUR)
  const rows = [...world.rows().values()]
  // Each window ends within 280 s: a cluster that stayed where it was would prove nothing.
  for (const [index, { fence }] of rows.entries()) expect(fence - fences[index]!).toBeGreaterThan(30)
  for (const ms of outside) expect(ms / (3 * HOUR)).toBeLessThan(0.001)
  for (const [index, row] of rows.entries()) {
    expect(row.blindSince).toBe('')
    expect((row.blindMilliseconds - before[index]!) / (3 * HOUR)).toBeLessThan(0.001)
  }
})

test('the clusters of a supervisor that dies are heard again within two lease times, whenever it dies', async () => {
  const world = watchWorld(2, CLUSTERS, 2)
  const limit = 2 * world.settings.LEASE_SECONDS * 1_000
  const took: number[] = []
  for (let round = 0; round < 40; round++) {
    await world.run(200_000 + 7_919 * round)
    const held = world.kill(`supervisor-${1 + (round % 2)}`)
    const at = world.now()
    for (const end = at + 3 * limit; world.now() < end && !held.every(world.heard); ) await world.run(100)
    if (held.length > 0) took.push(world.now() - at)
  }
  expect(took.length).toBeGreaterThan(20)
  expect(Math.max(...took)).toBeLessThanOrEqual(limit)
})
