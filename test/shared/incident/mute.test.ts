import { describe, expect, test } from 'vitest'
import { parseClusters } from '../../../shared/config/clusters-file.ts'
import { endOfWindow, type Mute, muteOf, muteOfCluster, mutesOfFile } from '../../../shared/incident/mute.ts'
import { muteBook } from '../../../shared/incident/mute-book.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { incident } from '../report/sample.ts'

const head = 'clusters:\n  - { name: east, mcp: { endpoint: https://mcp.example/mcp } }\n'
const now = new Date('2026-01-12T09:41:00Z')
const mute = (match: Mute['match'], until = '2026-01-12T10:00:00.000Z'): Mute => ({
  ...{ id: until, match, until, reason: 'load test', source: 'asked' },
})

describe('what a mute is about', () => {
  const one = incident({ labels: { tier: 'batch' } })
  test.each([
    [{ cluster: ['ea*'] }, true],
    [{ namespace: ['shop'] }, true],
    [{ namespace: ['other', 'sh*'] }, true],
    [{ kind: ['deployment'] }, true],
    [{ kind: ['Pod'] }, true],
    [{ name: ['web'] }, true],
    [{ class: ['crash'] }, true],
    [{ class: ['CrashLoop'] }, true],
    [{ label: 'tier=batch' }, true],
    [{ label: 'tier=web' }, false],
    [{ cluster: ['east'], namespace: ['bank'] }, false],
  ] satisfies [Mute['match'], boolean][])('%j', (match, fits) => {
    expect(muteOf([mute(match)], one) !== undefined).toBe(fits)
  })
  test('of two the longer one counts', () => {
    const long = mute({ cluster: ['east'] }, '2026-01-13T10:00:00.000Z')
    expect(muteOf([mute({ name: ['web'] }), long], one)).toBe(long)
  })
  test('trouble with the watch is muted with the whole cluster only', () => {
    expect(muteOfCluster([mute({ cluster: ['east'], namespace: ['shop'] })], 'east')).toBeUndefined()
    expect(muteOfCluster([mute({ cluster: ['e*'] })], 'east')).toBeDefined()
  })
})

describe('in clusters.yaml', () => {
  test('mutes have an end and a reason, and are in force from their time on', () => {
    const { mutes, maintenance, errors } = parseClusters(
      `${head}mutes:\n  - { namespace: sandbox-*, until: 2026-01-14T00:00:00Z, reason: tests }\n  - { name: web, from: 2026-01-13T00:00:00Z, until: 2026-01-14T00:00:00Z, reason: later }\n  - { name: old, until: 2026-01-11T00:00:00Z, reason: over }\n`,
    )
    expect(errors).toEqual([])
    expect(mutesOfFile({ mutes, maintenance }, now)).toMatchObject([
      { match: { namespace: ['sandbox-*'] }, until: '2026-01-14T00:00:00.000Z', source: 'file' },
    ])
  })
  test.each([
    ['mutes:\n  - { until: 2026-01-14T00:00:00Z, reason: all }', 'mutes[0]: must say what is muted'],
    ['mutes:\n  - { name: web, reason: x }', 'mutes[0].until'],
    ['mutes:\n  - { name: web, until: tomorrow, reason: x }', 'must be a time such as'],
    [
      'mutes:\n  - { name: web, from: 2026-01-14T00:00:00Z, until: 2026-01-13T00:00:00Z, reason: x }',
      'mutes[0].until: is not after from: it would never begin',
    ],
    ['maintenance:\n  - { cluster: east, from: "22:00", to: "4", reason: x }', 'must be a time such as "22:00"'],
  ])('%s says what is wrong', (text, said) => {
    const { errors, clusters } = parseClusters(head + text)
    expect(errors.join('\n')).toContain(said)
    expect(clusters).toHaveLength(1)
  })
})

describe('maintenance', () => {
  const nightly = { from: '22:00', to: '04:00', timezone: 'Europe/Berlin', cluster: ['east'], reason: 'patches' }
  test.each([
    ['2026-01-12T21:30:00Z', '2026-01-13T03:00:00.000Z'],
    ['2026-01-13T02:59:30Z', '2026-01-13T03:00:00.000Z'],
    ['2026-01-13T03:00:00Z', undefined],
    ['2026-01-13T12:00:00Z', undefined],
  ])('%s is inside until %s', (at, end) => {
    expect(endOfWindow(nightly, new Date(at))?.toISOString()).toBe(end)
  })
  test('from a time to the same time it is 24 hours', () => {
    const saturday = { ...nightly, from: '00:00', to: '00:00', timezone: 'UTC', days: ['sat' as const] }
    const end = (one: typeof saturday, at: string) => endOfWindow(one, new Date(at))?.toISOString()
    expect(end(saturday, '2026-01-09T23:59:59Z')).toBeUndefined()
    for (const at of ['2026-01-10T00:00:00Z', '2026-01-10T12:00:30Z', '2026-01-10T23:59:59Z'])
      expect(end(saturday, at)).toBe('2026-01-11T00:00:00.000Z')
    expect(end(saturday, '2026-01-11T00:00:00Z')).toBeUndefined()
    const evening = { ...saturday, from: '22:00', to: '22:00' }
    expect(end(evening, '2026-01-10T21:59:00Z')).toBeUndefined()
    expect(end(evening, '2026-01-11T21:59:00Z')).toBe('2026-01-11T22:00:00.000Z')
    expect(end(evening, '2026-01-11T22:00:00Z')).toBeUndefined()
    const { errors } = parseClusters(
      `${head}maintenance:\n  - { cluster: east, days: [sat], from: "00:00", to: "00:00", reason: move }`,
    )
    expect(errors).toEqual([])
  })
  test('over midnight it belongs to the day on which it began', () => {
    // 2026-01-10 is a Saturday.
    const weekly = { ...nightly, days: ['sat' as const], timezone: 'UTC' }
    expect(endOfWindow(weekly, new Date('2026-01-10T23:00:00Z'))).toBeDefined()
    expect(endOfWindow(weekly, new Date('2026-01-11T03:00:00Z'))).toBeDefined()
    expect(endOfWindow(weekly, new Date('2026-01-10T03:00:00Z'))).toBeUndefined()
    expect(endOfWindow(weekly, new Date('2026-01-11T23:00:00Z'))).toBeUndefined()
  })
})

describe('mutes that are asked for', () => {
  const book = () =>
    muteBook({ control: memoryTable(), clock: { now: () => now, sleep: async () => {} }, random: () => 0 })
  test('said twice is one, until what was said last; taken back it is gone', async () => {
    const { add, list, remove } = book()
    const match = { name: ['web'] }
    await add({ match, until: new Date('2026-01-12T10:00:00Z'), reason: 'x' })
    const { id } = await add({ match, until: new Date('2026-01-12T12:00:00Z'), reason: 'x' })
    expect(await list()).toMatchObject([{ id, until: '2026-01-12T12:00:00.000Z' }])
    expect([await remove(id), await remove(id), await list()]).toEqual([true, false, []])
  })
  test('one for each match, whatever the words; also where an older version kept one for each reason', async () => {
    const control = memoryTable()
    const { add, list } = muteBook({ control, clock: { now: () => now, sleep: async () => {} }, random: () => 0 })
    const until = new Date('2026-01-12T10:00:00Z')
    const fields = { match: '{"name":["web"]}', until: '2026-01-15T10:00:00.000Z', reason: 'old', by: '' }
    await control.insert('mutes', 'of-an-older-version', fields)
    for (let at = 0; at < 600; at++) await add({ match: { name: ['web'] }, until, reason: `reason ${at}` })
    expect(await list()).toMatchObject([{ until: until.toISOString(), reason: 'reason 599' }])
  })
  test('neither for ever nor for what is past', async () => {
    const { add } = book()
    await expect(add({ match: {}, until: new Date('2027-01-12'), reason: 'x' })).rejects.toThrow('clusters.yaml')
    await expect(add({ match: {}, until: new Date('2025-01-12'), reason: 'x' })).rejects.toThrow('past')
  })
})
