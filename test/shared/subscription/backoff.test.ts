import { expect, test } from 'vitest'
import { backoffMs } from '../../../shared/subscription/backoff.ts'

const settings = { initialMs: 1_000, maxMs: 60_000 }

test('doubles from one second to one minute', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 100].map((failures) => backoffMs(failures, settings, () => 0.5))
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
})

test('varies by ten percent, so that a thousand do not come back in one moment', () => {
  expect(backoffMs(3, settings, () => 0)).toBeCloseTo(3_600)
  expect(backoffMs(3, settings, () => 0.999999)).toBeCloseTo(4_400, 1)
})
