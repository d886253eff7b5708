import type { Severity } from '../faults/fault.ts'
import type { Row, Table, Value } from '../runtime/table.ts'
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

/** Newest first, which no key of the table gives: the rows are sorted here by their columns, and only a page is parsed. */
export async function pageOf(
  table: Table,
  filters: IncidentFilters,
  limit: number,
  cursor: string | undefined,
): Promise<IncidentPage> {
  const filter: Record<string, Value> = {}
  for (const name of ['namespace', 'status', 'severity', 'absent', 'muted'] as const) {
    const value = filters[name]
    if (value !== undefined) filter[name] = value
  }
  const rows = await table.list({
    ...(filters.cluster === undefined ? {} : { partition: filters.cluster }),
    filter,
    limit: MOST_ROWS,
  })
  const since = filters.since?.toISOString() ?? ''
  const wanted = rows
    .filter((row) => String(row.fields.lastSeen) >= since)
    .filter((row) => filters.open === undefined || row.fields.status !== 'resolved')
    .map((row) => ({ row, rank: rankOf(row) }))
    .filter(({ rank }) => cursor === undefined || rank < decode(cursor))
    .sort((a, b) => (a.rank < b.rank ? 1 : -1))

  const items: Stored[] = []
  const unreadable: string[] = []
  const page = wanted.slice(0, limit)
  for (const { row } of page) {
    try {
      items.push({ incident: fromRow(row), row })
    } catch {
      unreadable.push(`${row.partition}/${row.key}`)
    }
  }
  const last = page.at(-1)
  const more = wanted.length > page.length && last !== undefined
  return { items, unreadable, ...(more ? { cursor: encode(last.rank) } : {}) }
}

const rankOf = (row: Row): string => `${String(row.fields.lastSeen)} ${row.partition} ${row.key}`
const encode = (rank: string): string => Buffer.from(rank).toString('base64url')
const decode = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8')
