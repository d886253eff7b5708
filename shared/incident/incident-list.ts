import type { Severity } from '../faults/fault.ts'
import { listPages } from '../runtime/list-pages.ts'
import type { Fields, Row, Table, Value } from '../runtime/table.ts'
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
  /** There are more rows than one question reads: name a cluster, a namespace or a state. */
  readonly cut?: true
}

/** What one question reads of each table, page by page: more than a large fleet has in the time its incidents are kept. */
const MOST_ROWS = 500_000
/** As many as anybody gets at once: whoever must miss none asks for these, and says so when there are more. */
export const MOST_INCIDENTS = 50_000

/** What is open, and lately was, lies in `incidents`; what is over in `history`, which only those read who ask for it. */
type IncidentTables = { readonly incidents: Pick<Table, 'list'>; readonly history: Pick<Table, 'list'> }

/**
 * Newest first, which no key of the table gives: all rows are read, of which only those that may come to stand on the
 * page are kept, and only a page is parsed.
 */
export async function pageOf(
  tables: IncidentTables,
  filters: IncidentFilters,
  limit: number,
  cursor: string | undefined,
): Promise<IncidentPage> {
  const since = filters.since?.toISOString() ?? ''
  const before = cursor === undefined ? undefined : decode(cursor)
  const newest = newestRows(limit + 1)
  const whole = await eachRow(tables, filters, (row) => {
    const rank = rankOf(row)
    if (String(row.fields.lastSeen) >= since && (before === undefined || rank < before)) newest.add({ row, rank })
  })
  const requested = newest.all()

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
  return { items, unreadable, ...(more ? { cursor: encode(last.rank) } : {}), ...(whole ? {} : { cut: true as const }) }
}

type Ranked = { readonly row: Row; readonly rank: string }

/** Keeps the highest ranks of what it is given, without holding all of it. */
function newestRows(most: number) {
  let kept: Ranked[] = []
  const sorted = () => kept.sort((a, b) => (a.rank < b.rank ? 1 : -1)).slice(0, most)
  return {
    add: (one: Ranked): void => {
      kept.push(one)
      if (kept.length >= 2 * most + 1_000) kept = sorted()
    },
    all: (): readonly Ranked[] => sorted(),
  }
}

/** Of each identity the current generation that fits the filters; answers whether all rows were read. */
async function eachRow(
  { incidents, history }: IncidentTables,
  filters: IncidentFilters,
  visit: (row: Row) => void,
): Promise<boolean> {
  const { cluster, open, status } = filters
  const mayBeOver = open === undefined && (status === undefined || status === 'resolved')
  const place = cluster === undefined ? {} : { partition: cluster }
  const requested = Object.entries(equals(filters, true))
  const fits = ({ fields }: Row) =>
    (open === undefined || fields.status !== 'resolved') && requested.every(([name, value]) => fields[name] === value)

  // One that is being put aside stands in both, with the same generation.
  const current = new Set<string>()
  const whole = await readAll(incidents, { ...place, filter: equals(filters, !mayBeOver) }, (row) => {
    if (mayBeOver) current.add(`${row.partition}/${row.key}`)
    if (fits(row)) visit(row)
  })
  if (!mayBeOver) return whole
  // Generations of one identity stand one after another there.
  let last: Row | undefined
  const ended = () => {
    if (last !== undefined && !current.has(identityIn(last)) && fits(last)) visit(last)
  }
  const wholePast = await readAll(history, { ...place, filter: equals(filters, false) }, (row) => {
    const same = last !== undefined && identityIn(last) === identityIn(row)
    if (!same) ended()
    if (!same || Number(last?.fields.generation) < Number(row.fields.generation)) last = row
  })
  ended()
  return whole && wholePast
}

async function readAll(
  table: Pick<Table, 'list'>,
  range: { readonly partition?: string; readonly filter: Fields },
  visit: (row: Row) => void,
): Promise<boolean> {
  let read = 0
  for await (const page of listPages(table, range, MOST_ROWS)) {
    for (const row of page) visit(row)
    read += page.length
  }
  return read < MOST_ROWS
}

const identityIn = ({ partition, key }: Row): string => `${partition}/${parseIncidentId(key)?.key ?? key}`

/** What must be equal. Whoever looks for the current generation of each identity needs to see those in any state. */
function equals(filters: IncidentFilters, byState: boolean): Fields {
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
