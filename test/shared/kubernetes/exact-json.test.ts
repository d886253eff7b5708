import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exactText, parseExact } from '../../../shared/kubernetes/exact-json.ts'

test('whole numbers beyond 2^53 keep their digits, as text; all else is as JSON.parse has it', () => {
  const text =
    '{"serial": 9007199254740993, "safe": 9007199254740991, "list":[-9223372036854775808,1],"half": 0.12345678901234567, "big": 1e30, "said": "is: 9007199254740993, \\"9007199254740993\\" \\\\", "last":18446744073709551615}'
  expect(parseExact(text)).toEqual({
    serial: '9007199254740993',
    safe: 9007199254740991,
    list: ['-9223372036854775808', 1],
    half: Number('0.12345678901234567'),
    big: 1e30,
    said: 'is: 9007199254740993, "9007199254740993" \\',
    last: '18446744073709551615',
  })
  expect(parseExact('9007199254740992')).toBe(9007199254740992)
  expect(() => parseExact('{"a": 9007199254740993')).toThrow(SyntaxError)
})

test('whatever JSON there is, nothing but such numbers changes', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, key) => {
      const beside = { [key]: value, long: 1 }
      const text = JSON.stringify(beside).replace(/"long":1\}$/, '"long":9007199254740993}')
      expect(parseExact(text)).toEqual({ ...JSON.parse(JSON.stringify(rounded(beside))), long: '9007199254740993' })
      expect(JSON.parse(exactText(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
    { numRuns: 300 },
  )
})
/** fast-check's own numbers may be beyond 2^53, too. */
function rounded(value: unknown): unknown {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    const text = JSON.stringify(value)
    return /^-?\d+$/.test(text) ? text : value
  }
  if (Array.isArray(value)) return value.map(rounded)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)]))
}

test('a bigint is written with all its digits', () => {
  expect(exactText({ a: 9007199254740993n, b: [undefined, 1], c: undefined, d: 'x"y' })).toBe(
    '{"a":9007199254740993,"b":[null,1],"d":"x\\"y"}',
  )
})
