import { expect, test } from 'vitest'
import { fromParts, toParts } from '../../../shared/runtime/json-parts.ts'

/** As the service keeps it: half of a pair has no place in UTF-8. */
const kept = (fields: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : (value as number),
    ]),
  )

test('a character of two halves at the end of a column comes back whole', () => {
  for (const shift of [0, 1, 2, 3]) {
    const value = { text: `${'x'.repeat(shift)}${'🚀'.repeat(40_000)}` }
    expect(fromParts(kept(toParts(value))), String(shift)).toEqual(value)
  }
})

test('what fits in no row is refused in words', () => {
  expect(() => toParts('x'.repeat(500_000))).toThrow('do not fit a row')
  expect(fromParts(toParts('x'.repeat(479_000)))).toHaveLength(479_000)
})
