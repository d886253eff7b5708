import { expect, test } from 'vitest'
import { paces } from '../../../shared/subscription/pace.ts'

function at(start: number) {
  let now = start
  const clock = { now: () => new Date(now) }
  const pass = (ms: number) => {
    now += ms
  }
  return { pace: paces(clock, () => 0.5), pass }
}

test('a burst goes out at once, what is beyond waits its turn, and one cluster delays no other', () => {
  const { pace, pass } = at(0)
  const east = Array.from({ length: 100_000 }, () => pace.delayOf('east'))
  expect(east.slice(0, 301).every((seconds) => seconds === 0)).toBe(true)
  expect(east[600]).toBeGreaterThan(0)
  expect(east[10_000]).toBe(485)
  expect(pace.delayOf('west')).toBe(0)
  // The hour over which it is spread, and what lies between two.
  pass(3_600_000 + 50)
  expect(pace.delayOf('east')).toBe(0)
})

test('a clock that is set back delays nothing that was not to wait, and lets nothing go first', () => {
  const { pace, pass } = at(3_600_000)
  for (let count = 0; count < 10; count++) pace.delayOf('east')
  pass(-3_000_000)
  expect(pace.delayOf('east')).toBe(0)
  const delays = Array.from({ length: 1_000 }, () => pace.delayOf('west'))
  pass(-600_000)
  expect(pace.delayOf('west')).toBe(delays.at(-1))
})

test('no fault is hidden for longer than an hour, however many there are', () => {
  const { pace } = at(0)
  const delays = Array.from({ length: 300_000 }, () => pace.delayOf('east'))
  expect(delays.reduce((most, one) => Math.max(most, one))).toBe(3_600)
})
