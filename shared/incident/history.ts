import type { Fields, Row, Table } from '../runtime/table.ts'
import { incidentId, parseIncidentId } from './identity.ts'

/**
 * So long an incident that is over stays where the open ones are, and so long it then stands in both places. Whoever
 * looks into the history before it opens an incident is done long before: no invocation lives for half of this.
 */
const STAYS_MS = 60 * 60_000
/** Generations of one identity; between two of them lies a quiet period. */
const MOST_GENERATIONS = 1_000
/** The column that says since when a row stands in the history; no part of the incident. */
const ARCHIVED = 'asideSince'

/** A generation that is over is kept under its own id, and not under its identity. */
export const isArchived = ({ key }: Row): boolean => parseIncidentId(key) !== undefined

export const archivedOf = ({ fields }: Row): Fields => {
  const since = fields[ARCHIVED]
  return since === undefined ? {} : { [ARCHIVED]: since }
}

/** The last generation in the history: its identity's current one, when it has no row elsewhere. */
export async function lastOf(history: Table, cluster: string, identity: string): Promise<Row | undefined> {
  const first = incidentId(cluster, identity, 0)
  // All digits come before this.
  const last = `${first.slice(0, -1)}:`
  const rows = await history.list({ partition: cluster, fromKey: first, toKey: last, limit: MOST_GENERATIONS })
  return [...rows].sort((a, b) => Number(b.fields.generation) - Number(a.fields.generation))[0]
}

/** First a copy, and when that has stood for long enough the original goes; a crash in between is put right by the next. */
export async function archive(
  { incidents, history }: { readonly incidents: Table; readonly history: Table },
  now: Date,
  limit: number,
): Promise<number> {
  const before = new Date(now.getTime() - STAYS_MS).toISOString()
  const over = await incidents.list({ filter: { status: 'resolved' }, below: { lastSeen: before }, limit })
  let left = 0
  for (const row of over) {
    const since = await keep(history, row, now)
    if (since === undefined || since > before) continue
    // Stale: it has come back.
    if (await incidents.remove(row)) left += 1
  }
  return left
}

/** Keeps what stands there now as it is; answers since when it has stood here, `undefined` when somebody else writes it. */
export async function keep(history: Table, { partition, key, fields }: Row, now?: Date): Promise<string | undefined> {
  const id = incidentId(partition, key, Number(fields.generation))
  const mark = now === undefined ? {} : { [ARCHIVED]: now.toISOString() }
  const made = await history.insert(partition, id, { ...fields, ...mark })
  const there = made ?? (await history.get(partition, id))
  if (there === undefined) return undefined
  // Kept by somebody who has died since, or written in since it was copied.
  const complete = { ...fields, ...mark, ...archivedOf(there) }
  if (!same(there.fields, complete) && (await history.replace(there, complete)) === undefined) return undefined
  return String(complete[ARCHIVED] ?? '')
}

const same = (a: Fields, b: Fields): boolean => {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}
