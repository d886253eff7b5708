import { atOnce } from '../runtime/at-once.ts'
import { listPages } from '../runtime/list-pages.ts'
import type { Fields, Row, Table } from '../runtime/table.ts'
import { incidentId, parseIncidentId } from './identity.ts'

/**
 * So long an incident that is over stays where the open ones are, and so long it then stands in both places. Whoever
 * looks into the history before it opens an incident is done long before: no invocation lives for half of this.
 */
const STAYS_MS = 60 * 60_000
/** Generations of one identity; between two of them lies a quiet period: more than ten years of the shortest. */
const MOST_GENERATIONS = 1_000_000
/** What one pass looks at. Those that lie in both places already cost a line of an answer, and no request. */
const MOST_READ = 200_000
/** Requests at once: a thousand rows take seconds, and storage is left to others. */
const AT_ONCE = 16
/** The column that says, in both places, since when a row stands in the history; no part of the incident. */
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
  let newest: Row | undefined
  const range = { partition: cluster, fromKey: first, toKey: last }
  for await (const page of listPages(history, range, MOST_GENERATIONS))
    for (const row of page)
      if (newest === undefined || Number(newest.fields.generation) < Number(row.fields.generation)) newest = row
  return newest
}

/**
 * First a copy, then the mark that it was made, and when that has stood for long enough the original goes; a crash in
 * between is put right by the next. Copies and goes at most `limit` of each, however many stand in both places.
 */
export async function archive(
  tables: { readonly incidents: Table; readonly history: Table },
  now: Date,
  limit: number,
): Promise<number> {
  const { incidents } = tables
  const before = new Date(now.getTime() - STAYS_MS).toISOString()
  const over = { filter: { status: 'resolved' } }
  let left = 0
  // What has changed since it was copied has lost its mark, or is refused.
  const stood = await incidents.list({ ...over, below: { [ARCHIVED]: before }, limit })
  await atOnce(AT_ONCE, stood, async (row) => {
    if (await incidents.remove(row)) left += 1
  })
  let room = limit
  for await (const page of listPages(incidents, { ...over, below: { lastSeen: before } }, MOST_READ)) {
    const fresh = page.filter(({ fields }) => fields[ARCHIVED] === undefined).slice(0, room)
    await atOnce(AT_ONCE, fresh, (row) => copy(tables, row, now))
    room -= fresh.length
    if (room <= 0) break
  }
  return left
}

async function copy({ incidents, history }: { incidents: Table; history: Table }, row: Row, now: Date): Promise<void> {
  const since = await keep(history, row, now)
  // Stale: it has come back, or was written in; then it is copied anew.
  if (since !== undefined) await incidents.replace(row, { ...row.fields, [ARCHIVED]: since })
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
