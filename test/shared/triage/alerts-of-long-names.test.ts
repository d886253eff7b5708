import { expect, test } from 'vitest'
import { decide } from '../../../shared/triage/alert-book.ts'

test('a book of alerts fits its column, however long their fingerprints are, and the newest stay', () => {
  const received = Array.from({ length: 500 }, (_, at) => ({
    ...{ fingerprint: String(at).padStart(100, 'f'), firing: true },
    ...{ startsAt: '2026-01-12T09:41:00.000Z', endsAt: '' },
  }))
  const { open } = decide({ open: {}, ended: {} }, received).book
  expect(JSON.stringify(open).length).toBeLessThan(32_768)
  expect(Object.keys(open).length).toBeGreaterThan(200)
  expect(Object.keys(open).at(-1)).toBe('499'.padStart(100, 'f'))
})
