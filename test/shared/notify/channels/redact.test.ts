import { expect, test } from 'vitest'
import { redactor } from '../../../../shared/notify/channels/redact.ts'

const sig = 'a-b_C%2Bd45-67890efGH'
const address = `https://flows.example/workflows/0f1e2d3c4b5a69788/triggers/manual/run?api-version=1&sig=${sig}`
const redact = redactor(address, 'R0123456789aBcDeF0123456789aBcDeF')

test.each([
  ['as it stands in the address', sig],
  ['decoded', 'a-b_C+d45-67890efGH'],
  ['decoded as a form', 'a-b_C d45-67890efGH'],
  ['encoded once more', 'a-b_C%252Bd45-67890efGH'],
  ['with the other case of its percent signs', 'a-b_C%2bd45-67890efGH'],
  ['in capitals', sig.toUpperCase()],
  ['its first half', sig.slice(0, 12)],
  ['its second half', sig.slice(-10)],
  ['in Base64', Buffer.from(sig).toString('base64')],
  ['in Base64 for addresses, with what follows', Buffer.from(`${sig}&more`).toString('base64url')],
  ['the id in its path', '0f1e2d3c4b5a69788'],
  ['a key beside the address', 'R0123456789aBcDeF0123456789aBcDeF'],
  ['the end of a key beside it', '9aBcDeF01234'],
])('a secret of an address is not repeated: %s', (_, said) => {
  const text = redact(`{"error":"InvalidRequest","detail":"${said}"}`)
  expect(text).toContain('‹redacted›')
  const left = text.replace('{"error":"InvalidRequest","detail":"', '').replaceAll('‹redacted›', '')
  // Of a piece that reaches into what is no secret less than eight characters may stay.
  expect(left.length).toBeLessThan(12)
})

test('user and password of an address, also as a header has them', () => {
  const text = redactor('https://ops:pass-word-1@hook.example/x')
  const header = Buffer.from('ops:pass-word-1').toString('base64')
  expect(text(`Basic ${header}, pass-word-1`)).not.toMatch(/b3BzO|pass-word/)
})

test('words that an address has in common with others stay: an answer must be understood', () => {
  expect(redact('WorkflowTriggerIsNotEnabled: the trigger of version 1 may not run')).toBe(
    'WorkflowTriggerIsNotEnabled: the trigger of version 1 may not run',
  )
})

test('a very long answer costs no time', () => {
  const from = performance.now()
  expect(redact(sig.repeat(200_000)).length).toBeLessThan(30_000)
  expect(performance.now() - from).toBeLessThan(5_000)
})
