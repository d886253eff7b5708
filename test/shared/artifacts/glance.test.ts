import { describe, expect, test } from 'vitest'
import { dayAndMinute, glance } from '../../../shared/artifacts/glance.ts'
import { incident, verdict } from '../report/sample.ts'

const owner = (name: string) =>
  incident({ owner: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name } })
const told = (changes: Parameters<typeof verdict>[0] = {}) => ({ outcome: 'cause' as const, verdict: verdict(changes) })
const impact = (ready: number, desired: number) => ({ summary: 's', ready, desired, affected: [] })

describe('what is taken in at one look', () => {
  test('is the effect, the harm, the cause and since when', () => {
    expect(glance(owner('web'), told())).toEqual({
      since: '2026-01-12T09:40:58.000Z',
      harm: '0 of 3 ready',
      isCounted: true,
      effect: 'web has 0 of 3 replicas ready',
      because: 'The container command /bin/srvr does not exist in the image',
      whole: true,
      headline: 'web 0/3 ready: the container command /bin/srvr does not exist in the image',
      short: 'web 0/3 ready, east: the container command /bin/srvr does not exist in…',
    })
  })

  test('fits its lines with every name and cause at its longest, and has no stamp of a machine', () => {
    const [name, stamp] = ['n'.repeat(253), '2026-01-12T09:41:00.123Z']
    const cause = { ...verdict().rootCauses[0]!, summary: `It ended at ${stamp} and ${'went on '.repeat(60)}` }
    for (const one of [told({ rootCauses: [cause] }), told({ rootCauses: [] }), told({ outcome: 'none' }), undefined]) {
      const { effect, because, short } = glance({ ...owner(name), cluster: 'c'.repeat(60) }, one)
      expect(effect.length).toBeLessThanOrEqual(80)
      expect(because.length).toBeLessThanOrEqual(80)
      expect(short.length).toBeLessThanOrEqual(72)
      expect(`${effect}${because}${short}`).not.toMatch(/\d\d:\d\d:\d\d|\dT\d/)
    }
  })

  test('claims no loss where all is ready, and no cause where none was found', () => {
    const { effect, short } = glance(owner('web'), told({ impact: impact(2, 2), rootCauses: [] }))
    expect(effect).toBe('web: crash loop, 2 of 2 replicas ready now')
    expect(short).toBe('web crash loop, east: no cause found; the template sets the command…')
    expect(glance(owner('web'), told({ outcome: 'none' })).effect).toBe('web is healthy now')
    const gone = { summary: 's', gone: true as const, affected: [] }
    expect(glance(owner('web'), told({ outcome: 'none', impact: gone })).effect).toBe('web is no longer there')
    // Who asked may have mistyped the name: nobody knows that it was ever there.
    const asked = { ...owner('web'), faultType: 'Asked' }
    expect(glance(asked, told({ outcome: 'none' })).effect).toBe('web is healthy')
    expect(glance(asked, told({ outcome: 'none', impact: gone })).effect).toBe('web does not exist')
  })

  test.each([
    ['The command of container web in Deployment shop/web is wrong.', 'The command of container web is wrong'],
    ['Deployment shop/web waits for ConfigMap shop/settings.', 'It waits for ConfigMap settings'],
    ['Deployment shop/web-2 took the port.', 'Deployment web-2 took the port'],
    ['Image registry.example.net:5000/a/b/web:1.2 does not exist.', 'Image web:1.2 does not exist'],
    ['PersistentVolumeClaim db/data names no class.', 'PVC db/data names no class'],
  ])('does not say what stands beside it: %s', (summary, because) => {
    const cause = { ...verdict().rootCauses[0]!, summary }
    expect(glance(owner('web'), told({ rootCauses: [cause] })).because).toBe(because)
  })

  test('says a day and a minute as people do', () => {
    expect(dayAndMinute('2026-11-27T14:43:59.5Z')).toBe('Fri 27 Nov 14:43 UTC')
    expect(dayAndMinute('soon')).toBe('soon')
  })
})
