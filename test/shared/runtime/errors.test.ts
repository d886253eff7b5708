import { expect, test } from 'vitest'
import { storageFailure } from '../../../shared/azure/failure.ts'
import { errorText } from '../../../shared/runtime/errors.ts'

/** As Node 24 gives it when each address of a host refused, and as its own fetch wraps it. */
const allOf = (...texts: readonly string[]) => {
  const error = new AggregateError(
    texts.map((text) => new Error(text)),
    'none',
  )
  error.message = ''
  return error
}
const refused = allOf('connect ECONNREFUSED 127.0.0.1:65501', 'connect ECONNREFUSED ::1:65501')
const both = 'connect ECONNREFUSED 127.0.0.1:65501, connect ECONNREFUSED ::1:65501'

test('a host with two addresses says how each attempt ended, also within what wraps it', () => {
  expect(errorText(refused)).toBe(both)
  expect(errorText(new TypeError('fetch failed', { cause: refused }))).toBe(both)
  expect(errorText(new Error('no room', { cause: refused }))).toBe(`no room: ${both}`)
  expect(storageFailure('read blob x', refused).message).toBe(`Storage did not read blob x: ${both}`)
})

test('an error that says nothing is at least called by its name', () => {
  expect(errorText(allOf())).toBe('AggregateError')
  expect(errorText(new TypeError('fetch failed'))).toBe('fetch failed')
})
