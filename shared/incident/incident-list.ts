import type { Severity } from '../faults/fault.ts'
import type { Row, Table, Value } from '../runtime/table.ts'
import { parseIncidentId } from './identity.ts'
import type { IncidentState } from './incident.ts'
import type { Stored } from './incident-row.ts'
import { fromRow } from './incident-row.ts'

export type IncidentFilters = {
  readonly cluster?: string | undefined
  readonly namespace?: string | undefined
  readonly status?: IncidentState | undefined
  readonly severity?: Severity | undefined
  /** Not found by the last complete look at its cluster. */
  readonly absent?: boolean | undefined
  /** Nobody is told of it for a while. */
  readonly muted?: boolean | undefined
  /** Not resolved yet. */
  readonly open?: true
  /** Last seen at or after this moment. */
  readonly since?: Date | undefined
}
export type IncidentPage = {
  readonly items: readonly Stored[]
  /** Names of rows that could not be read. */
  readonly unreadable: readonly string[]
  /** Present when there are more. */
  readonly cursor?: string
}

/** What one request to the table may read: ten pages of the service. Older rows than these are found by cluster or state. */
const MOST_ROWS = 10_000

/** What is open, and lately was, lies in `incidents`; what is over in `history`, which only those read who ask for it. */
type IncidentTables = { readonly incidents: Pick<Table, 'list'>; readonly history: Pick<Table, 'list'> }

/** Newest first, which no key of the table gives: the rows are sorted here by their columns, and only a page is parsed. */
export async function pageOf(
  tables: IncidentTables,
  filters: IncidentFilters,
  limit: number,
  cursor: string | undefined,
): Promise<IncidentPage> {
  const since = filters.since?.toISOString() ?? ''
  const requested = (await rowsOf(tables, filters))
    .filter((row) => String(row.fields.lastSeen) >= since)
    .map((row) => ({ row, rank: rankOf(row) }))
    .filter(({ rank }) => cursor === undefined || rank < decode(cursor))
    .sort((a, b) => (a.rank < b.rank ? 1 : -1))

  const items: Stored[] = []
  const unreadable: string[] = []
  const page = requested.slice(0, limit)
  for (const { row } of page) {
    try {
      items.push({ incident: fromRow(row), row })
    } catch {
      unreadable.push(`${row.partition}/${row.key}`)
    }
  }
  const last = page.at(-1)
  const more = requested.length > page.length && last !== undefined
  return { items, unreadable, ...(more ? { cursor: encode(last.rank) } : {}) }
}

async function rowsOf({ incidents, history }: IncidentTables, filters: IncidentFilters): Promise<readonly Row[]> {
  const { cluster, open, status } = filters
  const mayBeOver = open === undefined && (status === undefined || status === 'resolved')
  const place = { ...(cluster === undefined ? {} : { partition: cluster }), limit: MOST_ROWS }
  const rows = await incidents.list({ ...place, filter: equals(filters, !mayBeOver) })
  const asked = rows.filter(({ fields }) => (open ? fields.status !== 'resolved' : true))
  if (!mayBeOver) return asked
  const past = await history.list({ ...place, filter: equals(filters, false) })
  // Of each identity the current generation alone; one that is being put aside stands in both.
  const current = new Map(rows.map((row) => [`${row.partition}/${row.key}`, row]))
  for (const row of past) {
    const identity = `${row.partition}/${parseIncidentId(row.key)?.key ?? row.key}`
    const there = current.get(identity)
    if (there === undefined || Number(there.fields.generation) < Number(row.fields.generation))
      current.set(identity, row)
  }
  const requested = Object.entries(equals(filters, true))
  return [...current.values()].filter(({ fields }) => requested.every(([name, value]) => fields[name] === value))
}

/** What must be equal. Whoever looks for the current generation of each identity needs to see those in any state. */
function equals(filters: IncidentFilters, byState: boolean): Record<string, Value> {
  const filter: Record<string, Value> = {}
  for (const name of ['namespace', 'status', 'severity', 'absent', 'muted'] as const) {
    const value = filters[name]
    if (value !== undefined && (byState || name === 'namespace')) filter[name] = value
  }
  return filter
}

const rankOf = (row: Row): string => `${String(row.fields.lastSeen)} ${row.partition} ${row.key}`
const encode = (rank: string): string => Buffer.from(rank).toString('base64url')
/** A page goes on behind a row's own moment and name. */
export const isCursor = (cursor: string): boolean =>
  encode(decode(cursor)) === cursor && /^\d{4}-\d\d-\d\dT[\d:.]+Z \S+ \S+$/.test(decode(cursor))
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8')
