import { describe, expect, test } from 'vitest'
import { isWhole } from '../run/share.ts'
import { checkVariations } from './check-variation.ts'
import { faulty, keyOf, knownBroken, names, seededShare } from './gate.ts'

/** A tenth of them here; `npm run metamorphic` shows them all. */
const STEP = isWhole ? 10 : 60
const SEED = 3

describe('the same trouble shown in other ways has the same cause, or a less certain one', () => {
  test.each(seededShare(faulty(), STEP, SEED))('$set/$name', { timeout: 120_000 }, async (scenario) => {
    const { broken } = await checkVariations({ ...scenario, name: keyOf(scenario) }, names)
    expect(broken.filter(({ variation, scenario: name }) => !knownBroken[variation]?.includes(name))).toEqual([])
  })
})

test('what is known to break is there, and is one of the variations', () => {
  const there = new Set(faulty().map(keyOf))
  for (const [variation, scenarios] of Object.entries(knownBroken)) {
    expect(names).toContain(variation)
    expect(scenarios.filter((name) => !there.has(name))).toEqual([])
  }
})
