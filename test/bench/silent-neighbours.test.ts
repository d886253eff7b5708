import { expect, test } from 'vitest'
import { among } from './silent-neighbours.ts'

test.each([1, 2])(
  'healthy clusters among 270 whose servers go silent are heard in time, with so many supervisors: %i',
  async (supervisors) => {
    const seen = await among({ clusters: 300, supervisors, silentPart: 0.9, windows: 1.1 })
    expect(seen.firstStart).toBeLessThanOrEqual(5)
    expect(seen.afterRestart).toBeLessThanOrEqual(10)
    expect(seen.changes).toBeGreaterThan(0)
    expect(seen.unheardAtChange).toBeLessThanOrEqual(2)
  },
  120_000,
)
