import { expect, test } from 'vitest'
import { detectedTypes } from '../../../shared/faults/fault-class.ts'
import { isHeard, patienceOf, seenBy, troubles } from './heard.ts'

test('each kind of fault is in the table', () => {
  const shown = new Set(troubles.map(({ fault }) => fault))
  expect(detectedTypes.filter((type) => !shown.has(type))).toEqual([])
  expect([...shown].filter((type) => !detectedTypes.includes(type))).toEqual([])
})

test.each(troubles)('$fault: $when is heard, and stays silent until then', (one) => {
  const after = patienceOf(one)
  expect(after).toBeDefined()
  // Nobody is woken before the patience of that kind is over, at whatever moment somebody looks.
  for (let seconds = 0; seconds < (after ?? 0); seconds += Math.max(1, Math.floor((after ?? 0) / 40)))
    expect(isHeard(one, seconds), `after ${seconds} s`).toBe(false)
  expect(isHeard(one, after ?? 0)).toBe(true)
  expect(seenBy(one)).not.toEqual([])
})
