import { expect, test } from 'vitest'
import { readSettings } from '../../shared/config/settings.ts'
import { simulateHere } from './simulate.ts'

const LEASE = readSettings({}).LEASE_SECONDS

test('five supervisors share 500 clusters: nothing moves that need not, and two lease times settle everything', async () => {
  const happenings = await simulateHere({ clusters: 500, supervisors: 5 })
  expect(happenings.map(({ what }) => what)).toHaveLength(6)
  for (const { what, convergedSeconds, moves, leastMoves } of happenings) {
    // Who restarts gives all its clusters away, and is given others; where ends lie a lease apart some move a third time.
    expect(moves, what).toBeLessThanOrEqual(what.includes('restarts') ? 2.5 * leastMoves : leastMoves)
    if (!what.includes('restarts')) expect(convergedSeconds, what).toBeLessThanOrEqual(2 * LEASE)
  }
  for (const { what, longestUnheardSeconds } of happenings)
    expect(longestUnheardSeconds, what).toBeLessThan(what.includes('dies') ? 2 * LEASE : LEASE / 4)
})
