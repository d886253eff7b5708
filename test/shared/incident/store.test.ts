import { describe, expect, test } from 'vitest'
import { allIncidents } from '../../../shared/incident/all-incidents.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import { toFields } from '../../../shared/incident/incident-row.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { at, incident } from './sample.ts'

const now = new Date(at)
function setUp() {
  const incidents = memoryTable()
  const history = memoryTable()
  return { incidents, history, store: incidentStore({ incidents, history }) }
}

describe('one incident', () => {
  test('comes back as it was written, however long', async () => {
    const { store, incidents } = setUp()
    const members = Array.from({ length: 400 }, (_, n) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      name: `p${n}-${'x'.repeat(200)}`,
    }))
    const long = incident({ members, context: 'ü'.repeat(4_000) })
    await store.insert(long)
    expect(Number(incidents.rows()[0]!.fields.parts)).toBeGreaterThan(2)
    expect((await store.read('east', long.identity))!.incident).toEqual(long)
    expect(await store.byId(long.incidentId)).toEqual(long)
  })

  test('too long for a row is refused with its name', async () => {
    const { store } = setUp()
    await expect(store.insert(incident({ context: 'x'.repeat(600_000) }))).rejects.toThrow(
      'Incident east.0123456789abcdef.1 is too large to be kept',
    )
  })

  test('is inserted once', async () => {
    const { store } = setUp()
    const results = await Promise.all([store.insert(incident()), store.insert(incident({ faultId: 'other' }))])
    expect(results.filter((one) => one !== undefined)).toHaveLength(1)
  })

  test('is not found under another generation, or a name that is none', async () => {
    const { store } = setUp()
    await store.insert(incident())
    expect(await store.current('east.0123456789abcdef.2')).toBeUndefined()
    expect(await store.byId('east.0123456789abcdef.2')).toBeUndefined()
    expect(await store.byId('../x')).toBeUndefined()
  })
})

describe('a move', () => {
  test('is one conditional write: of two at once, one is stale', async () => {
    const { store } = setUp()
    const stored = (await store.insert(incident()))!
    const changes = { fence: 1 }
    const moves = await Promise.all([
      store.move(stored, 'running', { at: now, note: 'a', changes }),
      store.move(stored, 'running', { at: now, note: 'b', changes }),
    ])
    expect(moves.filter((one) => one === 'stale')).toHaveLength(1)
  })

  test('that does not exist is refused', async () => {
    const { store } = setUp()
    const stored = (await store.insert(incident()))!
    expect(await store.move(stored, 'reported', { at: now, note: 'x' })).toBe('refused')
  })

  test('of a zombie with an older fence is refused, and no fence shrinks', async () => {
    const { store } = setUp()
    const stored = (await store.insert(incident({ status: 'running', fence: 2 })))!
    expect(await store.move(stored, 'reported', { at: now, note: 'zombie', fence: 1 })).toBe('refused')
    expect(await store.move(stored, 'queued', { at: now, note: 'x', changes: { fence: 1 } })).toBe('refused')
    await expect(store.update(stored, { fence: 1 })).rejects.toThrow('A fence only grows')
    expect(await store.move(stored, 'reported', { at: now, note: 'ours', fence: 2 })).toMatchObject({
      incident: { status: 'reported', steps: [{ at, state: 'reported', note: 'ours' }] },
    })
  })

  test('keeps the beginning and the end of a long life', async () => {
    const { store } = setUp()
    let stored = (await store.insert(incident()))!
    for (let n = 0; n < 100; n++) {
      const next = await store.update(stored, {}, { at: now, note: `step ${n}` })
      if (next === 'stale') throw new Error(next)
      stored = next
    }
    const notes = stored.incident.steps.map(({ note }) => note)
    expect(notes).toHaveLength(60)
    expect([notes[0], notes[9], notes[10], notes[59]]).toEqual(['step 0', 'step 9', 'step 50', 'step 99'])
  })
})

describe('the next generation', () => {
  const over = incident({ status: 'resolved' })
  const next = incident({ generation: 2, incidentId: 'east.0123456789abcdef.2' })

  test('takes the place of one that is over, which stays readable', async () => {
    const { store } = setUp()
    const stored = (await store.insert(over))!
    expect(await store.openNextGeneration(stored, next)).toMatchObject({ incident: { generation: 2 } })
    expect(await store.byId(over.incidentId)).toEqual(over)
    expect((await store.current(next.incidentId))?.incident).toEqual(next)
    expect(await store.current(over.incidentId)).toBeUndefined()
  })

  test('opens once, also after a crash between the two writes', async () => {
    const { store, history } = setUp()
    const stored = (await store.insert(over))!
    await history.insert('east', over.incidentId, { half: true })
    expect(await store.openNextGeneration(stored, next)).toMatchObject({ incident: { generation: 2 } })
    expect(await store.openNextGeneration(stored, next)).toBe('stale')
  })

  test('is refused while the incident is open, or when it is not the next', async () => {
    const { store } = setUp()
    const open = (await store.insert(incident()))!
    expect(await store.openNextGeneration(open, next)).toBe('refused')
    const resolved = { ...open, incident: over }
    expect(await store.openNextGeneration(resolved, { ...next, generation: 3 })).toBe('refused')
  })
})

describe('what is over', () => {
  const HOUR = 60 * 60_000
  const later = (hours: number) => new Date(now.getTime() + hours * HOUR)
  const over = incident({ status: 'resolved' })
  const next = incident({ generation: 2, incidentId: 'east.0123456789abcdef.2' })

  async function aside() {
    const all = setUp()
    await all.store.insert(over)
    expect(await all.store.archive(later(0.9), 100)).toBe(0)
    expect(await all.store.archive(later(1.1), 100)).toBe(0)
    expect(all.incidents.rows()).toHaveLength(1)
    expect(await all.store.archive(later(2.2), 100)).toBe(1)
    expect(all.incidents.rows()).toHaveLength(0)
    return all
  }

  test('leaves the open ones after a while, and is found, listed and written in as before', async () => {
    const { store } = await aside()
    expect(await store.byId(over.incidentId)).toEqual(over)
    const stored = (await store.current(over.incidentId))!
    expect(await store.update(stored, { notices: { slack: { state: 'sent', at } } })).not.toBe('stale')
    expect(await store.update(stored, {})).toBe('stale')
    expect((await store.read('east', over.identity))?.incident.notices).toEqual({ slack: { state: 'sent', at } })
    for (const filters of [{}, { status: 'resolved' as const }, { cluster: 'east', namespace: 'shop' }])
      expect((await store.list(filters, 10)).items.map((one) => one.incident.incidentId)).toEqual([over.incidentId])
    expect((await store.list({ severity: 'info' }, 10)).items).toEqual([])
  })

  test('comes back once, as its next generation and never as its first', async () => {
    const { store } = await aside()
    expect(await store.insert(incident())).toBeUndefined()
    const stored = (await store.read('east', over.identity))!
    expect(await store.openNextGeneration(stored, next)).toMatchObject({ incident: { generation: 2 } })
    expect(await store.openNextGeneration(stored, next)).toBe('stale')
    expect((await store.list({}, 10)).items.map((one) => one.incident.incidentId)).toEqual([next.incidentId])
    expect((await store.list({ status: 'resolved' }, 10)).items).toEqual([])
  })

  test('stays when it comes back while it is put aside, and is kept as it was at its end', async () => {
    const { store, incidents } = setUp()
    await store.insert(over)
    await store.archive(later(1.1), 100)
    const told = await store.update((await store.current(over.incidentId))!, {
      notices: { slack: { state: 'sent', at } },
    })
    if (told === 'stale') throw new Error(told)
    expect(await store.openNextGeneration(told, next)).toMatchObject({ incident: { generation: 2 } })
    expect(await store.archive(later(2.2), 100)).toBe(0)
    expect(incidents.rows()).toHaveLength(1)
    expect((await store.byId(over.incidentId))?.notices).toEqual({ slack: { state: 'sent', at } })
  })

  test('is not read by whoever looks for what waits, however much it is', async () => {
    const { incidents, history } = setUp()
    let read = 0
    const counted = (table: typeof incidents) => ({
      ...table,
      list: async (query: Parameters<typeof table.list>[0]) => {
        // The service looks at every row of the partitions that are asked for, whatever the filter keeps of them.
        read += table.rows().filter(({ partition }) => partition === (query.partition ?? partition)).length
        return table.list(query)
      },
    })
    const store = incidentStore({ incidents: counted(incidents), history: counted(history) })
    const key = (n: number) => n.toString(16).padStart(16, '0')
    for (let n = 0; n < 300; n++) {
      const status = n < 3 ? 'queued' : 'resolved'
      const one = { identity: key(n), incidentId: `east.${key(n)}.1`, status } as const
      await incidents.insert('east', one.identity, toFields(incident(one)))
    }
    for (const hours of [1.1, 2.2]) await store.archive(later(hours), 1_000)
    read = 0
    expect((await store.list({ status: 'queued' }, 100)).items).toHaveLength(3)
    expect((await store.list({ absent: true, open: true }, 100)).items).toHaveLength(0)
    expect((await store.list({ cluster: 'east', open: true }, 100)).items).toHaveLength(3)
    expect(read).toBe(9)
  })
})

describe('more than one answer of storage holds', () => {
  const key = (n: number) => n.toString(16).padStart(16, '0')
  const at = (n: number) => new Date(now.getTime() + n * 1_000).toISOString()
  const named = (n: number, more: Partial<Incident> = {}) =>
    incident({ cluster: `c${n % 3}`, identity: key(n), incidentId: `c${n % 3}.${key(n)}.1`, lastSeen: at(n), ...more })
  const all = 10_500

  test('the newest are listed wherever their keys stand, page after page, and none twice', async () => {
    const { store, incidents, history } = setUp()
    // The newest stand last in the order of keys, in the last of three clusters.
    for (let n = 0; n < all; n++) {
      const one = named(n)
      await incidents.insert(one.cluster, one.identity, toFields(one))
      const past = named(n + all, { status: 'resolved' })
      await history.insert(past.cluster, past.incidentId, toFields(past))
    }
    const open = await store.list({ open: true }, 2)
    expect(open.items.map((one) => one.incident.lastSeen)).toEqual([at(all - 1), at(all - 2)])
    const any = await store.list({}, 2)
    expect(any.items.map((one) => one.incident.lastSeen)).toEqual([at(2 * all - 1), at(2 * all - 2)])
    const next = await store.list({}, 2, any.cursor)
    expect(next.items.map((one) => one.incident.lastSeen)).toEqual([at(2 * all - 3), at(2 * all - 4)])
    const said: object[] = []
    const log = { warn: (fields: object) => void said.push(fields) }
    expect(new Set((await allIncidents({ store, log }, { open: true })).map(({ row }) => row.key)).size).toBe(all)
    expect(said).toEqual([])
  }, 60_000)

  test('whoever cannot look at all of them says so', async () => {
    const { incident: one, row } = (await setUp().store.insert(incident()))!
    const store = { list: async () => ({ items: [{ incident: one, row }], unreadable: [], cursor: 'more' }) }
    const said: string[] = []
    await allIncidents(
      { store, log: { warn: (_: object, text?: string) => void said.push(text ?? '') } },
      { open: true },
    )
    expect(said).toEqual(['More than 50000 incidents: the oldest of them are not looked at'])
  })

  test('each pass puts others aside, although all stand in both places for an hour', async () => {
    const { store, incidents, history } = setUp()
    for (let n = 0; n < 60; n++) {
      const one = named(n, { status: 'resolved' })
      await incidents.insert(one.cluster, one.identity, toFields(one))
    }
    const later = (minutes: number) => new Date(now.getTime() + (120 + minutes) * 60_000)
    for (const minute of [0, 1, 2]) expect(await store.archive(later(minute), 20)).toBe(0)
    expect(history.rows()).toHaveLength(60)
    expect(incidents.rows()).toHaveLength(60)
    expect(await store.archive(later(61.5), 40)).toBe(40)
    expect(await store.archive(later(62.5), 40)).toBe(20)
    expect(incidents.rows()).toEqual([])
    expect((await store.list({}, 100)).items).toHaveLength(60)
    expect(history.rows().every(({ fields }) => typeof fields.asideSince === 'string')).toBe(true)
  })

  test('the last of over a thousand generations is found', async () => {
    const { store, history } = setUp()
    for (let generation = 1; generation <= 1_100; generation++) {
      const one = incident({ generation, incidentId: `east.0123456789abcdef.${generation}`, status: 'resolved' })
      await history.insert('east', one.incidentId, toFields(one))
    }
    expect((await store.read('east', '0123456789abcdef'))?.incident.generation).toBe(1_100)
  })
})

describe('lists', () => {
  async function filled() {
    const all = setUp()
    for (let n = 0; n < 7; n++) {
      const key = `${n}123456789abcdef`
      const cluster = n < 4 ? 'east' : 'west'
      await all.store.insert(
        incident({
          incidentId: `${cluster}.${key}.1`,
          cluster,
          identity: key,
          namespace: n % 2 === 0 ? 'shop' : 'bank',
          severity: n === 3 ? 'critical' : 'warning',
          status: n === 6 ? 'resolved' : 'queued',
          lastSeen: `2026-01-12T09:0${n}:00.000Z`,
        }),
      )
    }
    return all
  }
  const digits = (items: readonly { incident: { identity: string } }[]) =>
    items.map(({ incident: { identity } }) => identity[0])

  test('are newest first, a page at a time, and whole over all pages', async () => {
    const { store } = await filled()
    const pages: (string | undefined)[][] = []
    let cursor: string | undefined
    do {
      const page = await store.list({}, 3, cursor)
      pages.push(digits(page.items))
      cursor = page.cursor
    } while (cursor !== undefined)
    expect(pages).toEqual([['6', '5', '4'], ['3', '2', '1'], ['0']])
  })

  test.each([
    [{ cluster: 'west' }, ['6', '5', '4']],
    [{ namespace: 'bank' }, ['5', '3', '1']],
    [{ severity: 'critical' as const }, ['3']],
    [{ status: 'resolved' as const }, ['6']],
    [{ open: true as const, cluster: 'west' }, ['5', '4']],
    [{ since: new Date('2026-01-12T09:05:00.000Z') }, ['6', '5']],
    [{ absent: true }, []],
  ])('are filtered by %j', async (filters, expected) => {
    const { store } = await filled()
    expect(digits((await store.list(filters, 100)).items)).toEqual(expected)
  })

  test('name a row that cannot be read, and show the others', async () => {
    const { store, incidents } = await filled()
    await incidents.insert('east', 'broken', { lastSeen: at, parts: 1, json0: '{' })
    const page = await store.list({}, 100)
    expect(page.unreadable).toEqual(['east/broken'])
    expect(page.items).toHaveLength(7)
  })
})
