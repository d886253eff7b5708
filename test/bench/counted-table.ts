import type { Fields, Row, Table } from '../../shared/runtime/table.ts'

/** Requests as the service would count them, and rows that went over the wire. */
export type Counts = { reads: number; writes: number; rowsRead: number }
/** The service's largest page; each costs a request. */
const PAGE = 1_000

/**
 * One table of a simulated fleet. It has the meaning of the real one, and none of its checks: `test/fakes/memory-table.ts`
 * sorts and copies at each list, which forty supervisors over 20,000 rows cannot afford.
 */
export function countedTable(counts: Counts, onWrite: (before: Row | undefined, after: Row) => void = () => {}) {
  const rows = new Map<string, Row>()
  let sorted: Row[] | undefined
  let version = 0
  function put(partition: string, key: string, fields: Fields): Row {
    version += 1
    const at = `${partition}/${key}`
    const row = { partition, key, etag: String(version), fields: { ...fields } }
    onWrite(rows.get(at), row)
    rows.set(at, row)
    sorted = undefined
    return row
  }
  const holds = (row: Row) => rows.get(`${row.partition}/${row.key}`)?.etag === row.etag
  const ordered = () => {
    sorted ??= [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
    return sorted
  }
  const table: Table = {
    get: async (partition, key) => {
      counts.reads += 1
      counts.rowsRead += 1
      return rows.get(`${partition}/${key}`)
    },
    insert: async (partition, key, fields) => {
      counts.writes += 1
      return rows.has(`${partition}/${key}`) ? undefined : put(partition, key, fields)
    },
    replace: async (row, fields) => {
      counts.writes += 1
      return holds(row) ? put(row.partition, row.key, fields) : undefined
    },
    replaceAll: async (writes) => {
      counts.writes += 1
      if (!writes.every(({ row }) => holds(row))) return undefined
      return writes.map(({ row, fields }) => put(row.partition, row.key, fields))
    },
    remove: async (row) => {
      counts.writes += 1
      sorted = undefined
      return rows.delete(`${row.partition}/${row.key}`)
    },
    list: async ({ partition, fromKey = '', limit }) => {
      const found = ordered()
        .filter((row) => row.partition === partition && row.key >= fromKey)
        .slice(0, limit)
      counts.reads += Math.max(1, Math.ceil(found.length / PAGE))
      counts.rowsRead += found.length
      return found
    },
  }
  return { table, rows: (): IterableIterator<Row> => rows.values() }
}
