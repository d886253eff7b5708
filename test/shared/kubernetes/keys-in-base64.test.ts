import { expect, test } from 'vitest'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'

const redactor = createRedactor({ key: 'a key of these lines' })
/** Made up, and so put together here. */
const made = ['aB3', 'dE6', 'gH9', 'jK2', 'mN5', 'pQ8', 'sT1'].join('')

test.each([
  ['padded', `admin_key=${made}==`],
  ['in YAML, padded', `routing_key: ${made}Y=`],
  ['with its signs', `webhook_key=${made}/x7+yZ2`],
  ['marked as Base64', `app_key=base64:${made}+Q=`],
  ['beside words that are no name of it', `rotate the public key ${['sk9', made].join('_')} now`],
])('a key that is %s is hidden', (_, line) => {
  expect(redactor.text(line)).not.toContain(made)
})

test('what a public key is, and the name by which a cache is asked, stay', () => {
  for (const line of [`public_key: ${made}abc=`, 'cache_key: users-by-email-and-tenant'])
    expect(redactor.text(line)).toBe(line)
})
