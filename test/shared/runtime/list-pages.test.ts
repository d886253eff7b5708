import { expect, test } from 'vitest'
import { listPages } from '../../../shared/runtime/list-pages.ts'
import type { Fields, Row } from '../../../shared/runtime/table.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

const numbered = (at: number) => `a-${String(at).padStart(6, '0')}`

async function filled(rows: number) {
  const table = memoryTable()
  for (let at = 0; at < rows; at++) await table.insert('kept', numbered(at), { at })
  return table
}

test('every row once, also where one key begins another, and none of another range', async () => {
  const table = await filled(5_000)
  const keys = ['a-004999-', 'a-004999--x', 'a-004999.']
  for (const key of keys) await table.insert('kept', key, {})
  for (const key of ['Z', 'b-1']) await table.insert('kept', key, {})
  await table.insert('others', 'a-1', {})
  const read: Row[] = []
  for await (const page of listPages(table, { partition: 'kept', fromKey: 'a-', toKey: 'a-~' }, 100_000))
    read.push(...page)
  expect(read.map(({ key }) => key)).toEqual([...Array.from({ length: 5_000 }, (_, at) => numbered(at)), ...keys])
})

test('a row that goes between two pages takes no other along, and enough is enough', async () => {
  const table = await filled(12_000)
  const keys: string[] = []
  for await (const page of listPages(table, { partition: 'kept' }, 9_000)) {
    keys.push(...page.map(({ key }) => key))
    const last = page.at(-1)
    if (last !== undefined) await table.remove(last)
  }
  expect(keys).toEqual(Array.from({ length: 10_000 }, (_, at) => numbered(at)))
})

test('without a partition all partitions, one after another, each row once', async () => {
  const table = memoryTable()
  const sizes = { a: 4_999, 'a-b': 2, b: 10_001, c: 1 }
  for (const [partition, size] of Object.entries(sizes))
    for (let at = 0; at < size; at++) await table.insert(partition, numbered(at), { odd: at % 2 === 1 })
  const read = async (filter: Fields) => {
    const keys: string[] = []
    for await (const page of listPages(table, { filter }, 100_000))
      keys.push(...page.map(({ partition, key }) => `${partition}/${key}`))
    return keys
  }
  const every = table.rows()
  expect(await read({})).toEqual(every.map(({ partition, key }) => `${partition}/${key}`))
  const odd = every.filter(({ fields }) => fields.odd === true)
  expect(await read({ odd: true })).toEqual(odd.map(({ partition, key }) => `${partition}/${key}`))
}, 60_000)
