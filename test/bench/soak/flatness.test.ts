import { expect, test } from 'vitest'
import { chanceOf } from '../../chaos/chance.ts'
import { flatness } from './flatness.ts'

/** Megabytes: a window's load comes and goes, and every sample has its own noise. */
function samples(growthPerSample: number, seed = 3): readonly number[] {
  const chance = chanceOf(seed)
  return Array.from(
    { length: 1_800 },
    (_, at) => 30 + (at % 280 < 140 ? 20 : 0) + chance.next() * 4 + at * growthPerSample,
  )
}

test('a heap that swings with the windows is flat', () => {
  for (const seed of [1, 2, 3, 4, 5]) expect(flatness(samples(0, seed), 2).flat).toBe(true)
})

test('a leak of half a megabyte a minute is none that the swings could hide', () => {
  for (const seed of [1, 2, 3, 4, 5]) expect(flatness(samples(0.5 / 60, seed), 2)).toMatchObject({ flat: false })
})

test('the growth of the first fifth is warming up', () => {
  const warm = samples(0).map((value, at) => value - Math.max(0, 300 - at) * 0.1)
  expect(flatness(warm, 2).flat).toBe(true)
})
