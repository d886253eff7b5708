import { expect, test } from 'vitest'
import { timelineOf } from '../../../../shared/report/page/timeline.ts'
import { duration } from '../../../../shared/report/page/times.ts'
import { fullReport } from '../full-report.ts'
import { incident } from '../sample.ts'

const kinds = (report: Parameters<typeof timelineOf>[0]) => timelineOf(report).map(({ kind }) => kind)

test('a report without a verdict has the times that we know ourselves', () => {
  expect(kinds(fullReport({ verdict: undefined }))).toEqual(['symptom', 'detection', 'step'])
})

test('what the verdict tells is not told twice, and everything stands in its order', () => {
  const entries = timelineOf(fullReport())
  expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted())
  expect(entries.filter(({ kind }) => kind === 'detection')).toHaveLength(1)
})

test('the end of an incident is its last moment', () => {
  const steps = [{ at: '2026-01-12T10:00:00.000Z', state: 'resolved' as const, note: 'Not seen since 09:50' }]
  const over = fullReport({ incident: incident({ status: 'resolved', steps }) })
  expect(timelineOf(over).at(-1)).toMatchObject({ kind: 'resolution', text: 'Not seen since 09:50' })
})

test.each([
  [0, '0 s'],
  [400, '0 s'],
  [59_600, '1 min'],
  [-130_000, '2 min 10 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
])('%d ms is said as %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words)
})
