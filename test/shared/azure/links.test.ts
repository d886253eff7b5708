import { expect, test } from 'vitest'
import { delegationKeys, linkWindow, within } from '../../../shared/azure/links.ts'

function clockAt(start: string) {
  let now = new Date(start).getTime()
  return {
    now: () => new Date(now),
    sleep: async () => {},
    pass: (minutes: number) => {
      now += minutes * 60_000
    },
  }
}

test('a link begins five minutes early, so that a slow clock on the other side takes it', () => {
  const expires = new Date('2026-01-13T09:00:00Z')
  expect(linkWindow(clockAt('2026-01-12T09:00:00Z'), expires)).toEqual({
    startsOn: new Date('2026-01-12T08:55:00Z'),
    expiresOn: expires,
  })
})

test('a link ends with the key that signs it at the latest', () => {
  const window = linkWindow(clockAt('2026-01-12T09:00:00Z'), new Date('2026-01-19T09:00:00Z'))
  const ends = (at: string) => within(window, { signedExpiresOn: new Date(at) }).expiresOn
  expect(ends('2026-01-18T00:00:00Z')).toEqual(new Date('2026-01-18T00:00:00Z'))
  expect(ends('2026-01-20T00:00:00Z')).toEqual(window.expiresOn)
})

test('one key serves all links of an hour, is asked for less than a week, and a failure is not kept', async () => {
  const clock = clockAt('2026-01-12T09:00:00Z')
  const asked: (readonly [Date, Date])[] = []
  let away = true
  const key = delegationKeys(clock, async (from, until) => {
    asked.push([from, until])
    if (away) throw new Error('away')
    return { signedExpiresOn: until }
  })
  await expect(Promise.all([key(), key()])).rejects.toThrow('away')
  away = false
  const [first, second] = await Promise.all([key(), key()])
  expect(first).toBe(second)
  clock.pass(59)
  expect(await key()).toBe(first)
  clock.pass(2)
  expect(await key()).not.toBe(first)
  expect(asked).toHaveLength(3)
  for (const [from, until] of asked) expect(until.getTime() - from.getTime()).toBeLessThan(7 * 24 * 3_600_000)
})
