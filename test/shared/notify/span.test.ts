import { expect, test } from 'vitest'
import { span } from '../../../shared/notify/span.ts'

test.each([
  [74, '74 s'],
  [119, '2 min'],
  [240, '4 min'],
  [7_200, '2.0 h'],
  [-5, '0 s'],
])('%i seconds are told as %s', (seconds, text) => {
  const from = Date.parse('2026-01-12T09:41:00.000Z')
  expect(span(new Date(from).toISOString(), new Date(from + seconds * 1_000).toISOString())).toBe(text)
})
