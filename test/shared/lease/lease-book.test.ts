import { describe, expect, test } from 'vitest'
import { readClusterRow } from '../../../shared/lease/cluster-row.ts'
import { leaseBook } from '../../../shared/lease/lease-book.ts'
import { Refused } from '../../../shared/runtime/errors.ts'
import type { Table } from '../../../shared/runtime/table.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

const start = Date.parse('2026-01-12T09:00:00Z')
function world() {
  let ms = start
  const table = memoryTable()
  const calls: string[] = []
  const counted: Table = {
    ...table,
    replaceAll: async (writes) => {
      calls.push(`replaceAll ${writes.length}`)
      return table.replaceAll(writes)
    },
    replace: async (row, fields) => {
      calls.push(`replace ${row.key}`)
      return table.replace(row, fields)
    },
  }
  return {
    table,
    calls,
    pass: (seconds: number) => {
      ms += seconds * 1000
    },
    /** A supervisor whose clock is off by so much. */
    book: (owner: string, skewSeconds = 0, through: Table = counted) =>
      leaseBook({
        clock: { now: () => new Date(ms + skewSeconds * 1000) },
        table: through,
        owner,
        leaseMs: 60_000,
        graceMs: 10_000,
      }),
    row: (name: string) => readClusterRow(table.rows().find(({ key }) => key === name)!),
  }
}

describe('a lease', () => {
  test('whose taking was applied while its answer was lost is held, not left blind', async () => {
    const { book, row, table } = world()
    // The library repeats by itself, and the second finds the first.
    const lossy: Table = {
      ...table,
      insert: async (...given) => void (await table.insert(...given)),
      replace: async (...given) => void (await table.replace(...given)),
    }
    const one = book('one', 0, lossy)
    await one.scan()
    expect(await one.take('east', {})).toMatchObject({ owner: 'one', fence: 1 })
    expect(one.held()).toEqual(['east'])
    expect(row('east').owner).toBe('one')
  })

  test('of a row that storage refuses runs out alone', async () => {
    const { book, table, pass } = world()
    const refusing: Table = {
      ...table,
      replaceAll: async (writes) => {
        if (writes.some(({ row }) => row.key === 'c7')) throw new Refused('field labels is too long')
        return table.replaceAll(writes)
      },
      replace: async (row, fields) => {
        if (row.key === 'c7') throw new Refused('field labels is too long')
        return table.replace(row, fields)
      },
    }
    const one = book('one', 0, refusing)
    await one.scan()
    const names = Array.from({ length: 120 }, (_, at) => `c${at}`)
    for (const name of names) await one.take(name, {})
    pass(50)
    await expect(one.renewAll()).rejects.toThrow('too long')
    pass(20)
    expect(one.expired()).toEqual(['c7'])
    expect(one.held()).toHaveLength(119)
  })

  test('when storage is away no row is asked for alone', async () => {
    const { book, table, calls } = world()
    const away = { now: false }
    const gone: Table = {
      ...table,
      replaceAll: async (writes) => {
        if (away.now) throw new Error('503')
        return table.replaceAll(writes)
      },
    }
    const one = book('one', 0, gone)
    await one.scan()
    for (const name of ['a', 'b', 'c']) await one.take(name, {})
    away.now = true
    calls.length = 0
    await expect(one.renewAll()).rejects.toThrow('503')
    expect(calls).toEqual([])
  })

  test('is held by one', async () => {
    const { book, row } = world()
    const [one, two] = [book('one'), book('two')]
    await Promise.all([one.scan(), two.scan()])
    const taken = await Promise.all([one.take('east', { environment: 'production' }), two.take('east', {})])
    expect(taken.filter((state) => state !== undefined)).toHaveLength(1)
    expect(row('east')).toMatchObject({ owner: 'one', fence: 1, environment: 'production', status: 'disconnected' })
  })

  test('taken twice by its owner stays one, with the same fence', async () => {
    const { book, row } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    await one.take('east', {})
    expect(row('east').fence).toBe(1)
  })

  test('given back is free at once, and the fence grows with the next owner', async () => {
    const { book, row } = world()
    const [one, two] = [book('one'), book('two')]
    await one.scan()
    await one.take('east', {})
    await one.release(one.held())
    await two.scan()
    expect(await two.take('east', {})).toMatchObject({ owner: 'two', fence: 2 })
    expect(row('east').blindSince).not.toBe('')
  })

  test('that its owner renews is never taken, by clocks ten minutes ahead or behind', async () => {
    for (const skew of [-600, 600]) {
      const { book, pass } = world()
      const one = book('one')
      const two = book('two', skew)
      await one.scan()
      await one.take('east', {})
      for (let at = 0; at < 40; at++) {
        pass(20)
        await one.renewAll()
        const { seen } = await two.scan()
        expect(seen.get('east')!.free).toBe(false)
        expect(await two.take('east', {})).toBeUndefined()
      }
    }
  })

  test('of an owner that died is taken over after its time, not before, whatever the clocks say', async () => {
    for (const skew of [-600, 0, 600]) {
      const { book, pass } = world()
      const [one, two] = [book('one'), book('two', skew)]
      await one.scan()
      await one.take('east', {})
      await two.scan()
      pass(65)
      expect((await two.scan()).seen.get('east')!.free).toBe(false)
      pass(10)
      expect((await two.scan()).seen.get('east')!.free).toBe(true)
      expect(await two.take('east', {})).toMatchObject({ owner: 'two', fence: 2 })
    }
  })

  test('that ran out long ago is free for a supervisor that has just begun', async () => {
    const { book, pass } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    pass(3_600)
    const two = book('two')
    expect((await two.scan()).seen.get('east')!.free).toBe(true)
  })

  test('does not look over to somebody whose look was long on its way', async () => {
    const { book, table, pass } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    const two = book('two', 0, {
      ...table,
      list: async (query) => {
        pass(300)
        await one.renewAll()
        return table.list(query)
      },
    })
    expect((await two.scan()).seen.get('east')!.free).toBe(false)
    expect(await two.take('east', {})).toBeUndefined()
  })

  test('that is lost is never written again by the loser', async () => {
    const { book, pass, row } = world()
    const [one, two] = [book('one'), book('two')]
    await one.scan()
    await one.take('east', {})
    await two.scan()
    pass(80)
    await two.scan()
    await two.take('east', {})
    one.note('east', { status: 'active', error: 'a zombie was here' })
    expect(await one.flush()).toEqual(['east'])
    expect(one.holds('east')).toBe(false)
    one.note('east', { error: 'again' })
    expect(await one.renewAll()).toEqual([])
    await one.release(['east'])
    expect(row('east')).toMatchObject({ owner: 'two', fence: 2, error: '' })
  })

  test('that could not be renewed for its whole time is let go before anybody may take it', async () => {
    const { book, pass } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    pass(59)
    expect(one.expired()).toEqual([])
    pass(2)
    expect(one.expired()).toEqual(['east'])
    expect(one.holds('east')).toBe(false)
  })

  test('that is offered goes to whoever is first, is no blind time, and its owner sees it go', async () => {
    const { book, row } = world()
    const [one, two, three] = [book('one'), book('two'), book('three')]
    await one.scan()
    await one.take('east', {})
    one.note('east', { status: 'active', blindSince: '' })
    await one.offer(['east'])
    await Promise.all([two.scan(), three.scan()])
    await one.renewAll()
    const taken = await Promise.all([two.take('east', {}), three.take('east', {})])
    expect(taken.filter((state) => state !== undefined)).toHaveLength(1)
    expect(row('east')).toMatchObject({ offered: false, blindSince: '', fence: 2 })
    expect((await one.scan()).lost).toEqual(['east'])
  })
})

describe('writing', () => {
  test('renews a thousand leases in ten requests', async () => {
    const { book, calls } = world()
    const one = book('one')
    await one.scan()
    for (let at = 0; at < 1_000; at++) await one.take(`c${at}`, {})
    calls.length = 0
    expect(await one.renewAll()).toEqual([])
    expect(calls).toEqual(Array.from({ length: 10 }, () => 'replaceAll 100'))
  })

  test('falls back row by row when one of a batch was lost, and loses no other', async () => {
    const { book, pass } = world()
    const [one, two] = [book('one'), book('two')]
    await one.scan()
    for (let at = 0; at < 5; at++) await one.take(`c${at}`, {})
    await two.scan()
    pass(80)
    await two.scan()
    await two.take('c3', {})
    expect(await one.renewAll()).toEqual(['c3'])
    expect(one.held()).toEqual(['c0', 'c1', 'c2', 'c4'])
  })

  test('a write whose answer was lost is no lost lease', async () => {
    const { book, table, row } = world()
    let lose = false
    const one = book('one', 0, {
      ...table,
      replace: async (before, fields) => {
        const written = await table.replace(before, fields)
        if (lose) throw new Error('socket hang up')
        return written
      },
    })
    await one.scan()
    await one.take('east', {})
    one.note('east', { status: 'connecting' })
    lose = true
    await expect(one.flush()).rejects.toThrow('socket hang up')
    lose = false
    one.note('east', { status: 'active' })
    expect(await one.flush()).toEqual([])
    expect(row('east').status).toBe('active')
  })

  test('a take whose answer was lost can be taken again', async () => {
    const { book, table, row } = world()
    let lose = true
    const one = book('one', 0, {
      ...table,
      insert: async (partition, key, fields) => {
        const written = await table.insert(partition, key, fields)
        if (lose) throw new Error('socket hang up')
        return written
      },
    })
    await one.scan()
    await expect(one.take('east', {})).rejects.toThrow('socket hang up')
    lose = false
    await one.scan()
    expect(await one.take('east', {})).toMatchObject({ owner: 'one' })
    expect(row('east').fence).toBe(2)
  })

  test('what is not urgent waits for the renewal', async () => {
    const { book, calls, row } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    calls.length = 0
    one.note('east', { eventCount: 7 }, false)
    await one.flush()
    expect(calls).toEqual([])
    await one.renewAll()
    expect(row('east').eventCount).toBe(7)
  })

  test('a cluster that comes back after it was removed is not blind for the time in between', async () => {
    const { book, pass, row } = world()
    const one = book('one')
    await one.scan()
    await one.take('east', {})
    await one.retire(['east'], { removed: true })
    expect(row('east')).toMatchObject({ removed: true, owner: '', blindSince: '', status: 'disconnected' })
    pass(3_600)
    await one.scan()
    await one.take('east', {})
    expect(row('east')).toMatchObject({ removed: false, blindSince: '2026-01-12T10:00:00.000Z' })
  })
})
