import { expect, test } from 'vitest'
import { shiftBetween, shiftText, shiftValue } from './shift-time.ts'

const shift = shiftBetween(new Date('2026-01-12T09:41:00Z'), new Date('2026-12-31T23:59:30.900Z'))
const move = (text: string) => shiftText(text, shift)

test('the picture’s now becomes the present, and nothing becomes the future', () => {
  expect(move('2026-01-12T09:41:00Z')).toBe('2026-12-31T23:59:30Z')
  expect(move('2026-01-12T09:40:30Z')).toBe('2026-12-31T23:59:00Z')
})

test('digits behind the second and offsets stay as they were written', () => {
  expect(move('2026-01-12T09:41:00.123456Z')).toBe('2026-12-31T23:59:30.123456Z')
  expect(move('2026-01-12T11:41:00.5+02:00')).toBe('2027-01-01T01:59:30.5+02:00')
})

test.each([
  ['2026-01-12 09:41:00,123 ERROR no', '2026-12-31 23:59:30,123 ERROR no'],
  ['2026/01/12 09:41:31 [emerg] no', '2027/01/01 00:00:01 [emerg] no'],
  ['E0112 09:41:00.123456       1 main.go:3] no', 'E1231 23:59:30.123456       1 main.go:3] no'],
  ['"GET / [12/Jan/2026:09:41:00 +0000]"', '"GET / [31/Dec/2026:23:59:30 +0000]"'],
  ['{"level":"error","ts":1768210860.123,"n":1768210860}', '{"level":"error","ts":1798761570.123,"n":1768210860}'],
  ['{"time":1768210860123}', '{"time":1798761570123}'],
])('a log line keeps its style: %s', (line, expected) => expect(move(line)).toBe(expected))

test.each(['10.96.0.1:443', 'v1.33.4', 'sha256:2026011209410000', '2026-01-12', 'E0112', '/2026/01/12/x'])(
  'what only looks like a time stays: %s',
  (text) => expect(move(text)).toBe(text),
)

test('every text of an object moves, and no key', () => {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-01-12T09:31:00Z' }
  expect(shiftValue({ at: ['seen 2026-01-12T09:31:00Z'], annotations, n: 3, none: null }, shift)).toEqual({
    at: ['seen 2026-12-31T23:49:30Z'],
    annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-12-31T23:49:30Z' },
    n: 3,
    none: null,
  })
})
