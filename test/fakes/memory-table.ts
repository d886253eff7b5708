import { Refused } from '../../shared/runtime/errors.ts'
import type { Fields, Row, Table, Value } from '../../shared/runtime/table.ts'

export type MemoryTable = Table & {
  /** Every row, ordered as `list` orders them. */
  readonly rows: () => readonly Row[]
}

/** Azure's own limits, so that what passes here passes there. */
const MAX_BATCH = 100
const MAX_ROWS = 10_000
const MAX_KEY_LENGTH = 512
const MAX_STRING_LENGTH = 32 * 1024

/** Azure Table Storage as far as the port knows it, without a network. Each call acts at once and in whole. */
export function memoryTable(): MemoryTable {
  const rows = new Map<string, Row>()
  let writes = 0
  const put = (partition: string, key: string, fields: Fields): Row => {
    writes += 1
    const row = { partition, key, etag: `W/"${writes}"`, fields: checkedFields(fields) }
    rows.set(place(partition, key), row)
    return row
  }
  const holds = (row: Row) => rows.get(place(row.partition, row.key))?.etag === row.etag
  const ordered = () => [...rows.values()].sort(byPartitionThenKey)
  return {
    rows: ordered,
    get: async (partition, key) => rows.get(place(partition, key)),
    insert: async (partition, key, fields) =>
      rows.has(place(partition, key)) ? undefined : put(partition, key, fields),
    replace: async (row, fields) => (holds(row) ? put(row.partition, row.key, fields) : undefined),
    replaceAll: async (batch) => {
      if (batch.length > MAX_BATCH) throw new Error(`${batch.length} rows in one batch, ${MAX_BATCH} is the most`)
      if (new Set(batch.map(({ row }) => row.partition)).size > 1) throw new Error('a batch has one partition')
      if (new Set(batch.map(({ row }) => row.key)).size < batch.length) throw new Error('a row twice in one batch')
      for (const { fields } of batch) checkedFields(fields)
      if (!batch.every(({ row }) => holds(row))) return undefined
      return batch.map(({ row, fields }) => put(row.partition, row.key, fields))
    },
    remove: async (row) => {
      const at = place(row.partition, row.key)
      if (!rows.has(at)) return true
      return holds(row) && rows.delete(at)
    },
    list: async ({ partition, afterPartition, fromKey, toKey, filter = {}, below = {}, limit }) => {
      if (!(limit >= 1 && limit <= MAX_ROWS)) throw new Error(`limit ${limit}: 1 to ${MAX_ROWS}`)
      return [...rows.values()]
        .filter((row) => partition === undefined || row.partition === partition)
        .filter((row) => afterPartition === undefined || row.partition > afterPartition)
        .filter((row) => (fromKey === undefined || row.key >= fromKey) && (toKey === undefined || row.key <= toKey))
        .filter((row) => Object.entries(filter).every(([name, value]) => row.fields[name] === value))
        .filter((row) => Object.entries(below).every(([name, value]) => isBelow(row.fields[name], value)))
        .sort(byPartitionThenKey)
        .slice(0, limit)
    },
  }
}

const isBelow = (field: Value | undefined, value: string) => typeof field === 'string' && field < value

function place(partition: string, key: string): string {
  for (const part of [partition, key]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what the service forbids.
    if (part.length > MAX_KEY_LENGTH || /[/\\#?\u0000-\u001f\u007f-\u009f]/.test(part))
      throw new Refused(`no key for a table: ${JSON.stringify(part)}`)
  }
  return `${partition}/${key}`
}

/** Names are few and come again in each row. */
const goodNames = new Set<string>()

function checkedFields(fields: Fields): Fields {
  for (const [name, value] of Object.entries(fields)) {
    if (!goodNames.has(name)) {
      if (['PartitionKey', 'RowKey', 'Timestamp', 'partitionKey', 'rowKey', 'timestamp', 'etag'].includes(name))
        throw new Error(`the field name ${name} is taken`)
      if (!/^[A-Za-z_]\w{0,254}$/.test(name)) throw new Error(`no name for a field: ${JSON.stringify(name)}`)
      goodNames.add(name)
    }
    if (typeof value === 'string' && value.length > MAX_STRING_LENGTH) throw new Refused(`field ${name} is too long`)
    if (typeof value === 'number' && !Number.isFinite(value)) throw new Refused(`field ${name} is ${value}`)
  }
  return Object.freeze({ ...fields })
}

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const byPartitionThenKey = (a: Row, b: Row) => order(a.partition, b.partition) || order(a.key, b.key)
