import { z } from 'zod'
import type { Clock } from '../../runtime/clock.ts'
import { contend, STALE } from '../../runtime/contend.ts'
import { derivedId, type Random } from '../../runtime/ids.ts'
import type { Fields, Row, Table } from '../../runtime/table.ts'

/** Rows of table `control`: one for each subject (an incident, or a notice of its own) in each place. */
const PARTITION = 'notices'
/** More than an incident has moments; the oldest are forgotten first. */
const MOST_TOLD = 50
/** Longer than a notifier takes with all its tries: after that its process is dead, and another may take over. */
const BUSY_MS = 3 * 60_000
const KEPT_DAYS = 90

const Entry = z.strictObject({
  place: z.string(),
  subject: z.string(),
  /** What the place answered last, for later changes. */
  ref: z.string(),
  told: z.array(z.string()),
  /** Intents: written before the post, taken away by its own answer and by no other's. */
  intended: z.array(z.string()),
  busyUntil: z.string(),
})
type Entry = z.infer<typeof Entry>
/** Of a row, which has columns of the table's own besides. */
const EntryColumns = Entry.strip()
type Held = { readonly row: Row; readonly entry: Entry; readonly id: string }

export type Claim =
  | { readonly state: 'told' }
  /** Nothing of this subject was told there before, and it is no news by itself. */
  | { readonly state: 'unknown' }
  | { readonly state: 'busy'; readonly seconds: number }
  | { readonly state: 'yours'; readonly held: Held; readonly ref: string | undefined; readonly unsure: boolean }

export type LedgerDeps = {
  readonly control: Table
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
}

/**
 * What was told where. The intent is written before the post and the answer after it, and one at a time tells a place
 * of a subject; so the only double post possible is after a crash between the place's answer and our note of it.
 */
export function noticeLedger(deps: LedgerDeps) {
  const { control, clock } = deps
  const now = () => clock.now().getTime()

  return {
    /** `since` is a time that never changes for a subject: rows are forgotten by it. */
    claim: (asked: {
      readonly place: string
      readonly subject: string
      readonly since: string
      readonly id: string
      /** Told only where something of the subject was told before. */
      readonly onlyIfKnown: boolean
    }): Promise<Claim> =>
      contend(deps, `Notices to ${asked.place}`, async (): Promise<Claim | typeof STALE> => {
        const { place, subject, id } = asked
        const key = `${asked.since.slice(0, 10)}-${derivedId(24, place, subject)}`
        const row = await control.get(PARTITION, key)
        const before =
          row === undefined ? { place, subject, ref: '', told: [], intended: [], busyUntil: '' } : ofFields(row.fields)
        if (before.told.includes(id)) return { state: 'told' }
        if (asked.onlyIfKnown && before.told.length === 0 && before.intended.length === 0) return { state: 'unknown' }
        const busy = Date.parse(before.busyUntil || '1970-01-01') - now()
        if (busy > 0) return { state: 'busy', seconds: Math.ceil(busy / 1000) }
        const intended = [...without(before.intended, id), id].slice(-MOST_TOLD)
        const entry = { ...before, intended, busyUntil: new Date(now() + BUSY_MS).toISOString() }
        const fields = toFields(entry)
        const written = await (row === undefined
          ? control.insert(PARTITION, key, fields)
          : control.replace(row, fields))
        if (written === undefined) return STALE
        const ref = before.ref === '' ? undefined : before.ref
        return { state: 'yours', held: { row: written, entry, id }, ref, unsure: before.intended.length > 0 }
      }),
    /** The place has it. Written also when another has taken over meanwhile: that the place has it is still true. */
    told: (held: Held, ref: string | undefined): Promise<void> =>
      contend(deps, `Notices to ${held.entry.place}`, async () => {
        const row = (await control.get(PARTITION, held.row.key)) ?? held.row
        const entry = ofFields(row.fields)
        const told = [...entry.told, held.id].slice(-MOST_TOLD)
        const next = { ...entry, ...answered(entry, held.id), told, ref: ref ?? entry.ref }
        return (await control.replace(row, toFields(next))) === undefined ? STALE : undefined
      }),
    /** The place answered that it does not have it. */
    failed: async ({ row, entry, id }: Held): Promise<void> => {
      // Stale: another has taken over; its intent stands.
      await control.replace(row, toFields({ ...entry, ...answered(entry, id) }))
    },
    /** The place may have it or not; a new try looks, or tells again. */
    unsure: async ({ row, entry }: Held): Promise<void> => {
      await control.replace(row, toFields({ ...entry, busyUntil: '' }))
    },
    /** Rows of subjects older than anybody asks for; at most `limit` at a time. */
    forget: async (limit: number): Promise<number> => {
      const toKey = new Date(now() - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10)
      const old = await control.list({ partition: PARTITION, toKey, limit })
      await Promise.all(old.map(control.remove))
      return old.length
    },
  }
}
export type NoticeLedger = ReturnType<typeof noticeLedger>

const without = (ids: readonly string[], id: string): string[] => ids.filter((one) => one !== id)
const answered = ({ intended }: Entry, id: string) => ({ intended: without(intended, id), busyUntil: '' })
const toFields = ({ told, intended, ...rest }: Entry): Fields => ({
  ...rest,
  told: JSON.stringify(told),
  intended: JSON.stringify(intended),
})
const list = (column: unknown): unknown => JSON.parse(String(column))
const ofFields = (fields: Fields): Entry =>
  EntryColumns.parse({ ...fields, told: list(fields.told), intended: list(fields.intended) })
