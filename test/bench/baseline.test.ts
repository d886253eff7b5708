import { expect, test } from 'vitest'
import { baselineOf, regressions } from './baseline.ts'
import { row } from './row.ts'

const memory = (value: number, spread = 0.05) => row('memory', 'KB', { value, floor: 100, spread })
const faults = (value: number) => row('faults', '/s per core', { value, floor: 50_000, spread: 0.05 })
const requests = (value: number) => row('renew 1000 leases', 'requests', { value }, { atMost: 11 })
const code = (value: number) => row('code of the first triage', 'KB', { value })
const worse = (now: ReturnType<typeof row>, before: ReturnType<typeof row>) => [
  ...regressions([now], baselineOf([before])).keys(),
]

test('half as much again as was kept is a regression, a fifth is noise', () => {
  expect(worse(memory(180), memory(120))).toEqual(['memory'])
  expect(worse(memory(144), memory(120))).toEqual([])
  expect(worse(memory(60), memory(120))).toEqual([])
})

test('of what there should be much, less is worse', () => {
  expect(worse(faults(20_000), faults(35_000))).toEqual(['faults'])
  expect(worse(faults(60_000), faults(35_000))).toEqual([])
})

test('runs that lay apart excuse more, but never twice as much', () => {
  expect(worse(memory(180, 0.3), memory(120))).toEqual([])
  expect(worse(memory(250, 3), memory(120, 3))).toEqual(['memory'])
})

test('the ratio counts, not what the machine makes of it', () => {
  const slow = row('memory', 'KB', { value: 480, floor: 400, spread: 0.05 })
  expect(worse(slow, memory(120))).toEqual([])
})

test('counts are held to their goal where they have one, and to what they were otherwise; times without a floor are not kept', () => {
  expect(worse(requests(1_001), requests(10))).toEqual(['renew 1000 leases'])
  expect(worse(requests(11), requests(1))).toEqual([])
  expect(worse(code(1_900), code(1_200))).toEqual(['code of the first triage'])
  expect(worse(code(1_300), code(1_200))).toEqual([])
  expect(baselineOf([row('fault to report', 's', { value: 3 })])).toEqual({})
})

test('what could not be measured is no better than it was', () => {
  expect(worse(memory(Number.NaN), memory(120))).toEqual(['memory'])
})

test('the sentence says what was, what is and what would do', () => {
  const found = regressions([memory(180)], baselineOf([memory(120)]))
  expect(found.get('memory')).toBe('memory: 1.8, was 1.2, allowed up to 1.62')
})
