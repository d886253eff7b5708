import { atOnce } from '../runtime/at-once.ts'
import { STALE } from '../runtime/contend.ts'
import type { Table } from '../runtime/table.ts'
import { archive, archivedOf, isArchived, keep, lastOf } from './history.ts'
import { parseIncidentId } from './identity.ts'
import { Incident, type IncidentState, mayMove, type Step } from './incident.ts'
import { type IncidentFilters, type IncidentPage, pageOf } from './incident-list.ts'
import { fromRow, type Stored, toFields } from './incident-row.ts'

/** What may change; who and what an incident is about may not. `undefined` takes an optional field away. */
type Fixed = 'version' | 'incidentId' | 'cluster' | 'identity' | 'generation' | 'status' | 'steps'
type Changes = { readonly [Key in Exclude<keyof Incident, Fixed>]?: Incident[Key] | undefined }

/** Requests at once. */
const AT_ONCE = 16

type Move = {
  readonly at: Date
  /** One line of the incident's life, for people. */
  readonly note: string
  /** The fence under which the mover acts; refused when the incident has another. */
  readonly fence?: number
  readonly changes?: Changes
}

export type IncidentStore = {
  /** The current generation of an identity. */
  readonly read: (cluster: string, identity: string) => Promise<Stored | undefined>
  /** The current generation, if it is this incident; only such a one can be changed. */
  readonly current: (incidentId: string) => Promise<Stored | undefined>
  /** Any generation, over or not. */
  readonly byId: (incidentId: string) => Promise<Incident | undefined>
  /** `undefined` when the identity has a row already. */
  readonly insert: (incident: Incident) => Promise<Stored | undefined>
  /** One conditional write without a change of state; with a note it adds a line to the incident's life. */
  readonly update: (
    stored: Stored,
    changes: Changes,
    step?: { readonly at: Date; readonly note: string },
  ) => Promise<Stored | typeof STALE>
  /** One conditional write. `refused`: no such move, or the mover's fence is not the incident's. */
  readonly move: (stored: Stored, to: IncidentState, move: Move) => Promise<Stored | typeof STALE | 'refused'>
  /** Keeps the generation that is over in the history, then puts the next one in its place. */
  readonly openNextGeneration: (over: Stored, next: Incident) => Promise<Stored | typeof STALE | 'refused'>
  /**
   * Takes rows of incidents that are over out of the way of those that are not, at most so many, and answers how many
   * left: what waits or runs is found by reading that table. Call it now and then.
   */
  readonly archive: (now: Date, limit: number) => Promise<number>
  /** Removes generations that are over and were last seen before this, at most so many; answers how many there were. */
  readonly forget: (before: Date, limit: number) => Promise<number>
  /** Current generations, newest first. Rows that cannot be read are named, and hide no other. */
  readonly list: (filters: IncidentFilters, limit: number, cursor?: string) => Promise<IncidentPage>
}

export function incidentStore(tables: { readonly incidents: Table; readonly history: Table }): IncidentStore {
  const { incidents, history } = tables

  const read: IncidentStore['read'] = async (cluster, identity) => {
    const row = (await incidents.get(cluster, identity)) ?? (await lastOf(history, cluster, identity))
    return row === undefined ? undefined : { incident: fromRow(row), row }
  }
  const current: IncidentStore['current'] = async (id) => {
    const parsed = parseIncidentId(id)
    const stored = parsed === undefined ? undefined : await read(parsed.cluster, parsed.key)
    return stored?.incident.incidentId === id ? stored : undefined
  }
  const replace = async (stored: Stored, next: Incident): Promise<Stored | typeof STALE> => {
    const { row: before } = stored
    // One that is over may have been put aside.
    const row = isArchived(before)
      ? await history.replace(before, { ...toFields(next), ...archivedOf(before) })
      : await incidents.replace(before, toFields(next))
    return row === undefined ? STALE : { incident: next, row }
  }

  return {
    read,
    current,
    async byId(id) {
      const parsed = parseIncidentId(id)
      if (parsed === undefined) return undefined
      const row = await incidents.get(parsed.cluster, parsed.key)
      if (row !== undefined && Number(row.fields.generation) === parsed.generation) return fromRow(row)
      const past = await history.get(parsed.cluster, id)
      return past === undefined ? undefined : fromRow(past)
    },
    async insert(incident) {
      const checked = Incident.parse(incident)
      // It was here before, and is over: the next generation is opened by who has read it.
      if ((await lastOf(history, checked.cluster, checked.identity)) !== undefined) return undefined
      const row = await incidents.insert(checked.cluster, checked.identity, toFields(checked))
      return row === undefined ? undefined : { incident: checked, row }
    },
    async update(stored, changes, step) {
      const { incident } = stored
      if (changes.fence !== undefined && changes.fence < incident.fence) throw new Error('A fence only grows')
      const steps = step === undefined ? incident.steps : withStep(incident.steps, step, incident.status)
      return replace(stored, Incident.parse({ ...incident, ...changes, steps }))
    },
    async move(stored, to, { at, note, fence, changes }) {
      const { incident } = stored
      if (!mayMove(incident.status, to)) return 'refused'
      if (fence !== undefined && fence !== incident.fence) return 'refused'
      if (changes?.fence !== undefined && changes.fence < incident.fence) return 'refused'
      const steps = withStep(incident.steps, { at, note }, to)
      return replace(stored, Incident.parse({ ...incident, ...changes, status: to, ...skipOf(to, changes), steps }))
    },
    async openNextGeneration(over, next) {
      const { incident } = over
      const follows = next.identity === incident.identity && next.generation === incident.generation + 1
      if (incident.status !== 'resolved' || !follows) return 'refused'
      // Kept first: a crash between the two writes leaves it in both places, never in none. That it is there already is
      // the trace of such a crash, and of others who do the same at this moment.
      const checked = Incident.parse(next)
      if (isArchived(over.row)) {
        const row = await incidents.insert(checked.cluster, checked.identity, toFields(checked))
        return row === undefined ? STALE : { incident: checked, row }
      }
      await keep(history, over.row)
      return replace(over, checked)
    },
    archive: (now, limit) => archive({ incidents, history }, now, limit),
    async forget(before, limit) {
      const below = { lastSeen: before.toISOString() }
      // The current row last: a new generation takes its number from it.
      const past = await history.list({ below, limit })
      const over = await incidents.list({ filter: { status: 'resolved' }, below, limit })
      // Stale: the incident has come back, or another is at it.
      await atOnce(AT_ONCE, past, (row) => history.remove(row))
      await atOnce(AT_ONCE, over, (row) => incidents.remove(row))
      return past.length + over.length
    },
    list: (filters, limit, cursor) => pageOf({ incidents, history }, filters, limit, cursor),
  }
}

/** Why it was skipped goes with the state of being skipped. */
const skipOf = (to: IncidentState, changes: Changes | undefined) => ({
  skip: to === 'skipped' ? changes?.skip : undefined,
})

/** An incident's life is cut in its middle: how it began and what happened last are what readers look for. */
const MOST_STEPS = 60
const FIRST_STEPS = 10
function withStep(
  steps: readonly Step[],
  { at, note }: { readonly at: Date; readonly note: string },
  state: IncidentState,
): readonly Step[] {
  const all = [...steps, { at: at.toISOString(), state, note: note.slice(0, 500) }]
  if (all.length <= MOST_STEPS) return all
  return [...all.slice(0, FIRST_STEPS), ...all.slice(FIRST_STEPS - MOST_STEPS)]
}
