import { describe, expect, test } from 'vitest'
import { Route } from '../../../../shared/config/notifications.ts'
import { endOfQuiet, type Subject, targetOf, waysFor } from '../../../../shared/notify/route/routing.ts'

const now = new Date('2026-01-12T12:00:00Z')
const route = (given: Record<string, unknown>) => Route.parse({ to: [{ slack: 'keyvault:ops' }], ...given })
const subject = (changes: Partial<Subject> = {}): Subject => ({
  severity: 'warning',
  cluster: 'prod-east',
  environment: 'production',
  labels: { tier: 'gold' },
  ...changes,
})
const fallback = [{ key: 'slack', place: {} }]
const keys = (routes: Route[], about = subject()) =>
  waysFor({ routes, fallback }, about, now).map(({ target }) => target.key)
const ops = targetOf({ slack: 'keyvault:ops' }).key

describe('a route', () => {
  test.each([
    ['nothing', {}, true],
    ['its cluster', { cluster: 'prod-east' }, true],
    ['a pattern', { cluster: 'prod-*' }, true],
    ['a pattern with two stars', { cluster: ['dev-*', '*d-e*t'] }, true],
    ['another pattern', { cluster: '*-west' }, false],
    ['a name that only begins so', { cluster: 'prod' }, false],
    ['its environment', { environment: ['staging', 'production'] }, true],
    ['its labels', { labels: { tier: 'gold' } }, true],
    ['one label that is another', { labels: { tier: 'gold', region: 'eu' } }, false],
    ['all of it', { cluster: 'prod-*', environment: 'production', labels: { tier: 'gold' } }, true],
  ])('that matches %s', (_name, match, fits) => {
    expect(keys([route({ match })])).toEqual([fits ? ops : 'slack'])
  })

  test('below its threshold tells nobody: the default place is for what no route is meant for', () => {
    expect(keys([route({ severity_threshold: 'critical' })])).toEqual([])
  })

  test('one place is told once, however many routes lead there, at the earliest time', () => {
    const quiet = { from: '11:00', to: '13:00' }
    const ways = waysFor({ routes: [route({ quiet_hours: quiet }), route({})], fallback }, subject(), now)
    expect(ways).toEqual([{ target: targetOf({ slack: 'keyvault:ops' }), at: undefined }])
  })

  test('what concerns no cluster goes to the routes for everything, or else to all', () => {
    const everything = route({ to: [{ teams: 'keyvault:all' }] })
    const one = route({ match: { cluster: 'x' } })
    const about = subject({ cluster: undefined, environment: '', labels: {} })
    expect(keys([one, everything], about)).toEqual([targetOf({ teams: 'keyvault:all' }).key])
    expect(keys([one], about)).toEqual([ops])
    expect(keys([], about)).toEqual(['slack'])
  })
})

describe('quiet hours', () => {
  const at = (time: string) => new Date(`2026-01-12T${time}:00Z`)
  const night = { from: '22:00', to: '07:00', timezone: 'UTC' }

  test.each([
    ['21:59', undefined],
    ['22:00', '2026-01-13T07:00:00.000Z'],
    ['23:30', '2026-01-13T07:00:00.000Z'],
    ['03:15', '2026-01-12T07:00:00.000Z'],
    ['07:00', undefined],
  ])('over midnight, at %s: until %s', (time, until) => {
    expect(endOfQuiet(night, 'warning', at(time))?.toISOString()).toBe(until)
  })

  test('are those of the time zone', () => {
    const tokyo = { from: '09:00', to: '10:00', timezone: 'Asia/Tokyo' }
    expect(endOfQuiet(tokyo, 'warning', at('00:30'))?.toISOString()).toBe('2026-01-12T01:00:00.000Z')
    expect(endOfQuiet(tokyo, 'warning', at('09:30'))).toBeUndefined()
  })

  test('wait for nothing that is as bad as `except` says', () => {
    const hours = { ...night, except: 'critical' } as const
    expect(endOfQuiet(hours, 'critical', at('23:00'))).toBeUndefined()
    expect(endOfQuiet(hours, 'warning', at('23:00'))).toBeDefined()
    expect(endOfQuiet(night, 'critical', at('23:00'))).toBeDefined()
  })

  test('of the same begin and end are none', () => {
    expect(endOfQuiet({ from: '08:00', to: '08:00', timezone: 'UTC' }, 'info', at('08:00'))).toBeUndefined()
  })

  test('that end where clocks change end within the hour', () => {
    // Berlin, 2026-03-29: 02:00 becomes 03:00.
    const until = endOfQuiet({ ...night, timezone: 'Europe/Berlin' }, 'info', new Date('2026-03-28T22:00:00Z'))
    expect(Math.abs((until?.getTime() ?? 0) - Date.parse('2026-03-29T05:00:00Z'))).toBeLessThanOrEqual(3_600_000)
  })
})
