import { expect } from 'vitest'
import type { Fields, Row, Table } from '../../../shared/runtime/table.ts'
import type { Claims } from './claims.ts'

async function inserted(table: Table, key: string, fields: Fields = {}, partition = 'p'): Promise<Row> {
  const row = await table.insert(partition, key, fields)
  if (row === undefined) throw new Error(`${key} is there already`)
  return row
}
const keys = (rows: readonly Row[]) => rows.map(({ partition, key }) => `${partition}/${key}`)
const values: Fields = {
  text: "o'clock – ünïcödé 🙂\nsecond line",
  empty: '',
  yes: true,
  no: false,
  zero: 0,
  small: -42,
  time: 1_768_210_860_123,
  edge: 2 ** 31,
  fraction: 0.1,
  huge: 1e300,
}

export const tableClaims: Claims<Table> = [
  [
    'what is written is read back unchanged, with the etag of the write',
    async (table) => {
      const row = await inserted(table, 'a', values)
      expect(row).toMatchObject({ partition: 'p', key: 'a', fields: values })
      expect(await table.get('p', 'a')).toEqual(row)
      expect(await table.get('p', 'b')).toBeUndefined()
      expect(await table.get('q', 'a')).toBeUndefined()
    },
  ],
  [
    'a second insert does nothing and says so',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1 })
      expect(await table.insert('p', 'a', { n: 2 })).toBeUndefined()
      expect(await table.get('p', 'a')).toEqual(row)
    },
  ],
  [
    'replace takes all old fields away and gives a new etag',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1, old: 'x' })
      const next = await table.replace(row, { n: 2 })
      expect(next?.fields).toEqual({ n: 2 })
      expect(next?.etag).not.toBe(row.etag)
      expect(await table.get('p', 'a')).toEqual(next)
    },
  ],
  [
    'replace with a stale etag does nothing and says so',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1 })
      const next = await table.replace(row, { n: 2 })
      expect(await table.replace(row, { n: 3 })).toBeUndefined()
      expect(await table.get('p', 'a')).toEqual(next)
    },
  ],
  [
    'the same fields written again still make the old etag stale',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1 })
      await table.replace(row, { n: 1 })
      expect(await table.replace(row, { n: 1 })).toBeUndefined()
    },
  ],
  [
    'replace brings no removed row back, nor touches the one that took its place',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1 })
      expect(await table.remove(row)).toBe(true)
      expect(await table.replace(row, { n: 2 })).toBeUndefined()
      expect(await table.get('p', 'a')).toBeUndefined()
      const second = await inserted(table, 'a', { n: 3 })
      expect(await table.replace(row, { n: 4 })).toBeUndefined()
      expect(await table.get('p', 'a')).toEqual(second)
    },
  ],
  [
    'remove is refused to a stale etag, and true for what is gone',
    async (table) => {
      const row = await inserted(table, 'a', { n: 1 })
      const next = await table.replace(row, { n: 2 })
      expect(await table.remove(row)).toBe(false)
      expect(await table.get('p', 'a')).toEqual(next)
      expect(await table.remove(next!)).toBe(true)
      expect(await table.remove(next!)).toBe(true)
    },
  ],
  [
    'of twenty who insert at once one wins, and of twenty who replace at once one wins',
    async (table) => {
      const twenty = Array.from({ length: 20 }, (_, n) => n)
      const rows = await Promise.all(twenty.map((n) => table.insert('p', 'a', { n })))
      const [winner, ...others] = rows.filter((row) => row !== undefined)
      expect(others).toEqual([])
      expect(await table.get('p', 'a')).toEqual(winner)
      const next = await Promise.all(twenty.map((n) => table.replace(winner!, { n: n + 100 })))
      const [second, ...rest] = next.filter((row) => row !== undefined)
      expect(rest).toEqual([])
      expect(await table.get('p', 'a')).toEqual(second)
    },
  ],
  [
    'a hundred rows are replaced at once, and their new etags hold',
    async (table) => {
      const names = Array.from({ length: 100 }, (_, n) => `r${String(n).padStart(3, '0')}`)
      const rows = await Promise.all(names.map((name) => inserted(table, name, { n: 0 })))
      const next = await table.replaceAll(rows.map((row, n) => ({ row, fields: { n } })))
      expect(next?.map(({ key, fields }) => [key, fields])).toEqual(names.map((name, n) => [name, { n }]))
      expect(await table.list({ partition: 'p', limit: 200 })).toEqual(next)
      expect(await table.replace(next![57]!, { n: 1000 })).toBeDefined()
      expect(await table.replace(rows[58]!, { n: 1000 })).toBeUndefined()
    },
  ],
  [
    'one stale etag keeps the whole batch from being written',
    async (table) => {
      const [a, b] = [await inserted(table, 'a', { n: 1 }), await inserted(table, 'b', { n: 1 })]
      const stolen = await table.replace(b, { n: 7 })
      const both = [a, b].map((row) => ({ row, fields: { n: 2 } }))
      expect(await table.replaceAll(both)).toBeUndefined()
      expect(await table.list({ limit: 10 })).toEqual([a, stolen])
      await table.remove(stolen!)
      expect(await table.replaceAll(both)).toBeUndefined()
      expect(await table.list({ limit: 10 })).toEqual([a])
    },
  ],
  [
    'a batch of none is written, of two partitions, of one row twice or of 101 is refused',
    async (table) => {
      expect(await table.replaceAll([])).toEqual([])
      const [a, q] = [await inserted(table, 'a'), await inserted(table, 'a', {}, 'q')]
      const write = (row: Row) => ({ row, fields: { n: 1 } })
      await expect(table.replaceAll([write(a), write(q)])).rejects.toThrow()
      await expect(table.replaceAll([write(a), write(a)])).rejects.toThrow()
      const many = Array.from({ length: 101 }, (_, n) => write({ ...a, key: `r${n}` }))
      await expect(table.replaceAll(many)).rejects.toThrow()
      expect((await table.list({ limit: 10 })).map(({ fields }) => fields)).toEqual([{}, {}])
    },
  ],
  [
    'a list is ordered by partition, then key, letter by letter, and stops at its limit',
    async (table) => {
      for (const [partition, key] of [
        ['q', 'a'],
        ['p', 'b'],
        ['p', 'B'],
        ['p', 'a'],
        ['p', '10'],
        ['p', '9'],
        ['P', 'z'],
      ] as const)
        await inserted(table, key, {}, partition)
      const all = ['P/z', 'p/10', 'p/9', 'p/B', 'p/a', 'p/b', 'q/a']
      expect(keys(await table.list({ limit: 100 }))).toEqual(all)
      expect(keys(await table.list({ limit: 3 }))).toEqual(all.slice(0, 3))
      expect(keys(await table.list({ partition: 'p', limit: 100 }))).toEqual(all.slice(1, 6))
      await expect(table.list({ limit: 0 })).rejects.toThrow()
      await expect(table.list({ limit: 10_001 })).rejects.toThrow()
    },
  ],
  [
    'a list leaves out a partition and those before it when told so',
    async (table) => {
      for (const partition of ['a', 'a-b', "b'c", 'c']) await inserted(table, 'k', {}, partition)
      const after = async (afterPartition: string) => keys(await table.list({ afterPartition, limit: 10 }))
      expect(await after('a')).toEqual(['a-b/k', "b'c/k", 'c/k'])
      expect(await after("b'c")).toEqual(['c/k'])
      expect(await after('c')).toEqual([])
    },
  ],
  [
    'a list begins and ends with the keys it was told',
    async (table) => {
      for (const key of ['a', 'b', "c'd", 'd', 'e']) await inserted(table, key)
      const list = async (query: { fromKey?: string; toKey?: string }) =>
        keys(await table.list({ partition: 'p', ...query, limit: 10 }))
      expect(await list({ fromKey: 'b', toKey: "c'd" })).toEqual(['p/b', "p/c'd"])
      expect(await list({ fromKey: 'bb' })).toEqual(["p/c'd", 'p/d', 'p/e'])
      expect(await list({ toKey: 'a~' })).toEqual(['p/a'])
    },
  ],
  [
    'a filter finds equal values of every type, and no row without the field',
    async (table) => {
      await inserted(table, 'a', values)
      await inserted(table, 'b', { text: 'other', yes: false, time: 1, fraction: 2, small: 0 })
      await inserted(table, 'c')
      // Azurite's filters know no exponents, and nothing here asks for numbers of over 21 digits.
      const { huge: _, ...plain } = values
      for (const [name, value] of Object.entries(plain))
        expect(keys(await table.list({ filter: { [name]: value }, limit: 10 })), name).toEqual(['p/a'])
      expect(keys(await table.list({ filter: { yes: false }, limit: 10 }))).toEqual(['p/b'])
      expect(await table.list({ filter: { text: 'other', yes: true }, limit: 10 })).toEqual([])
    },
  ],
  [
    'what comes before a text is found, and no row without the field',
    async (table) => {
      await inserted(table, 'a', { lastSeen: '2026-01-01T00:00:00.000Z', status: 'resolved' })
      await inserted(table, 'b', { lastSeen: '2026-01-02T00:00:00.000Z', status: 'resolved' })
      await inserted(table, 'c', { lastSeen: '2026-01-01T00:00:00.000Z', status: 'reported' })
      await inserted(table, 'd')
      const below = { lastSeen: '2026-01-02T00:00:00.000Z' }
      expect(keys(await table.list({ below, limit: 10 }))).toEqual(['p/a', 'p/c'])
      expect(keys(await table.list({ filter: { status: 'resolved' }, below, limit: 10 }))).toEqual(['p/a'])
    },
  ],
  [
    'more rows than the service gives in one page are all listed',
    async (table) => {
      const names = Array.from({ length: 1_050 }, (_, n) => `r${String(n).padStart(4, '0')}`)
      for (let at = 0; at < names.length; at += 50)
        await Promise.all(names.slice(at, at + 50).map((name) => inserted(table, name)))
      expect((await table.list({ limit: 10_000 })).map(({ key }) => key)).toEqual(names)
      expect(await table.list({ limit: 1_020 })).toHaveLength(1_020)
    },
  ],
  [
    'keys, names and values that the service does not take are refused, and nothing is written',
    async (table) => {
      for (const key of ['a/b', 'a\\b', 'a#b', 'a?b', 'a\nb', 'x'.repeat(513)])
        await expect(table.insert('p', key, {}), JSON.stringify(key)).rejects.toThrow()
      for (const name of ['etag', 'PartitionKey', 'timestamp', 'a-b', '1a', ''])
        await expect(table.insert('p', 'a', { [name]: 1 }), name).rejects.toThrow()
      for (const value of ['x'.repeat(32 * 1024 + 1), Number.NaN, Number.POSITIVE_INFINITY])
        await expect(table.insert('p', 'a', { value })).rejects.toThrow()
      expect(await table.list({ limit: 10 })).toEqual([])
      await inserted(table, 'k:1 =,+%é', { value: 'x'.repeat(32 * 1024) })
      expect(await table.get('p', 'k:1 =,+%é')).toBeDefined()
    },
  ],
]
