import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Capability, capabilityIn, signWith } from '../../../shared/access/capability.ts'
import { newLinkKeys, parseLinkKeys } from '../../../shared/access/link-keys.ts'

const keys = parseLinkKeys(`old:${'o'.repeat(40)}`)
const report: Capability = { purpose: 'report', about: 'east.0123456789abcdef.1' }

describe('a link', () => {
  test('opens what it was signed for, and says so in few characters', () => {
    const token = signWith(keys)(report)
    expect(token.length).toBeLessThan(70)
    expect(capabilityIn(token, keys)).toEqual(report)
  })

  test('opens nothing when any character of it is another', () => {
    const token = signWith(keys)(report)
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        fc.pre(token[at] !== other)
        return capabilityIn(token.slice(0, at) + other + token.slice(at + 1), keys) === undefined
      }),
    )
  })

  test('of one purpose or incident is no link of another', () => {
    const token = signWith(keys)(report)
    expect(capabilityIn(token.replace('.r-', '.f-'), keys)).toBeUndefined()
    expect(capabilityIn(token.replace('east', 'west'), keys)).toBeUndefined()
    expect(capabilityIn('', keys)).toBeUndefined()
    expect(capabilityIn('x'.repeat(100_000), keys)).toBeUndefined()
  })

  test('lives through a new key, and ends with its own', () => {
    const token = signWith(keys)(report)
    const turned = parseLinkKeys(`new:${'n'.repeat(40)}\nold:${'o'.repeat(40)}\n`)
    expect(capabilityIn(token, turned)).toEqual(report)
    expect(signWith(turned)(report)).toContain('.r-new.')
    expect(capabilityIn(token, parseLinkKeys(`new:${'n'.repeat(40)}`))).toBeUndefined()
    // The same id with another secret: what the old one signed is void.
    expect(capabilityIn(token, parseLinkKeys(`old:${'x'.repeat(40)}`))).toBeUndefined()
  })
})

describe('keys of links', () => {
  test('that we make are read', () => expect(parseLinkKeys(newLinkKeys())).toHaveLength(1))

  test.each([
    ['', 'There are no keys'],
    ['k1', 'line 1: the id before the colon'],
    [`k1:${'a'.repeat(40)}\nk2:short`, 'line 2: the secret after the colon must have at least 32'],
    [`k1:${'a'.repeat(40)}\nk1:${'b'.repeat(40)}`, 'name k1 twice'],
    [Array.from({ length: 11 }, (_, at) => `k${at}:${'a'.repeat(40)}`).join('\n'), 'keep at most 10'],
  ])('that are wrong say which line and never what it holds: %j', (text, words) => {
    expect(() => parseLinkKeys(text)).toThrow(words)
    expect(() => parseLinkKeys(text)).not.toThrow(/short|aaaa/)
  })
})
