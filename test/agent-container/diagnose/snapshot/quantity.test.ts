import { expect, test } from 'vitest'
import { nearest } from '../../../../agent-container/diagnose/snapshot/near-name.ts'
import { quantity } from '../../../../agent-container/diagnose/snapshot/quantity.ts'

test.each([
  ['64Mi', 64 * 1024 * 1024],
  ['250m', 0.25],
  ['2', 2],
  ['1e3', 1000],
  ['1.5G', 1.5e9],
])('%s is %d', (text, amount) => {
  expect(quantity(text)).toBe(amount)
})
test('what is no quantity is no number', () => {
  expect(quantity('plenty')).toBeNaN()
  expect(quantity(undefined)).toBeNaN()
})

test('a name one or two letters away was meant, another word was not', () => {
  expect(nearest('data-vol1', ['data-vol', 'cache'])).toBe('data-vol')
  expect(nearest('postgress', ['postgres'])).toBe('postgres')
  expect(nearest('web', ['api'])).toBeUndefined()
  expect(nearest('db', ['kb'])).toBeUndefined()
})
