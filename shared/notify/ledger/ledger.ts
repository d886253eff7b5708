import type { Clock } from '../../runtime/clock.ts'
import { contend, STALE } from '../../runtime/contend.ts'
import { type Random, randomId } from '../../runtime/ids.ts'
import type { Row, Table } from '../../runtime/table.ts'
import {
  declined,
  doubted,
  ended,
  fresh,
  intend,
  isEnding,
  type Line,
  lineKey,
  lineOf,
  mayKnow,
  sent,
  subjectKey,
  toFields,
} from './line.ts'

/** Rows of table `control`: one line for each subject in each place. */
const PARTITION = 'notices'
/** Longer than a notifier takes with all its tries: after that its process is dead, and another may take over. */
const BUSY_MS = 3 * 60_000
/** A post that begins later than this before the end of its time might come after whoever takes over. */
const LONGEST_POST_MS = 90_000
/** How soon it is looked at again whether another is done. */
const BUSY_SECONDS = 10
const KEPT_DAYS = 90
/** The routes' own limits: 20 places each. */
const MOST_PLACES = 1_000

export type Held = {
  readonly row: Row
  readonly line: Line
  readonly id: string
  /** An earlier post of it may have arrived. */
  readonly again: boolean
}
/** Of which subject, in which place, which notice. `since` never changes for a subject: rows are forgotten by it. */
export type Asked = {
  readonly place: string
  /** How the place is reached, as text. */
  readonly target: string
  readonly subject: string
  readonly since: string
  readonly id: string
  /** The message of the end, as text; absent: it is none. */
  readonly end?: string
}
export type Claim =
  | { readonly state: 'told' }
  /** It is an end, and the place never heard of it. */
  | { readonly state: 'unknown' }
  /** The subject has ended there. */
  | { readonly state: 'overtaken' }
  | { readonly state: 'busy'; readonly seconds: number }
  | {
      readonly state: 'yours'
      readonly held: Held
      readonly ref: string | undefined
      readonly unsure: boolean
      /** Earlier posts of this notice whose answers are not known. */
      readonly copies: number
    }

export type LedgerDeps = {
  readonly control: Table
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
}

/**
 * What was told where, in one ordered line for each subject and place. The intent is written before the post and the
 * answer after it, and one at a time tells a place of a subject; so the only double post possible is one whose answer is
 * not known. What has ended is never told as open: an end closes the line, also where nothing was told yet.
 */
export function noticeLedger(deps: LedgerDeps) {
  const { control, clock } = deps
  const now = () => clock.now().getTime()
  const read = async ({ place, target, subject, since }: Asked) => {
    const key = lineKey(since, subject, place)
    const row = await control.get(PARTITION, key)
    return { key, row, line: row === undefined ? fresh(place, target, subject) : lineOf(row) }
  }
  const write = (key: string, row: Row | undefined, line: Line) =>
    row === undefined ? control.insert(PARTITION, key, toFields(line)) : control.replace(row, toFields(line))
  /** One move, on what stands there now. */
  const move = (held: Held, change: (line: Line) => Line) =>
    contend(deps, `Notices to ${held.line.place}`, async () => {
      const row = (await control.get(PARTITION, held.row.key)) ?? held.row
      return (await control.replace(row, toFields(change(lineOf(row))))) === undefined ? STALE : undefined
    })

  return {
    /** Whether there is anything to tell; changes nothing. */
    query: async (asked: Asked): Promise<'told' | 'unknown' | 'overtaken' | 'to-tell'> => {
      const { line, row } = await read(asked)
      if (line.done.includes(asked.id)) return 'told'
      if (asked.end === undefined) return isEnding(line) ? 'overtaken' : 'to-tell'
      return row !== undefined && mayKnow(line) ? 'to-tell' : 'unknown'
    },
    claim: (asked: Asked): Promise<Claim> => {
      const by = randomId()
      return contend(deps, `Notices to ${asked.place}`, async (): Promise<Claim | typeof STALE> => {
        const { key, row, line } = await read(asked)
        const { id, end } = asked
        const yours = (written: Row, next: Line, before: Pick<Line, 'copies' | 'intended'>): Claim => ({
          state: 'yours',
          held: { row: written, line: next, id, again: before.intended.includes(id) },
          ref: next.ref === '' ? undefined : next.ref,
          unsure: before.intended.length > 0,
          copies: before.copies,
        })
        if (row !== undefined && line.by === by) {
          // Written by us; only its answer did not arrive.
          const others = line.intended.filter((one) => one !== id)
          return yours(row, line, { copies: line.copies - 1, intended: line.copies > 1 ? line.intended : others })
        }
        if (line.done.includes(id)) return { state: 'told' }
        if (end === undefined && isEnding(line)) return { state: 'overtaken' }
        if (end !== undefined && !mayKnow(line)) {
          if (line.state === 'over') return { state: 'unknown' }
          const closed = await write(key, row, { ...line, state: 'over', end })
          return closed === undefined ? STALE : { state: 'unknown' }
        }
        if (Date.parse(line.busyUntil || '1970-01-01') > now()) return { state: 'busy', seconds: BUSY_SECONDS }
        const busyUntil = new Date(now() + BUSY_MS).toISOString()
        const next = intend({ ...line, end: end ?? line.end }, id, { busyUntil, by })
        const written = await write(key, row, next)
        if (written === undefined) return STALE
        return yours(written, next, { intended: line.intended, copies: line.intended.includes(id) ? line.copies : 0 })
      })
    },
    /** Whether there is still time for a post before another may take over. */
    inTime: ({ line }: Held): boolean => Date.parse(line.busyUntil) - now() >= LONGEST_POST_MS,
    /**
     * The place has it. Written also when another has taken over meanwhile: that the place has it is still true. Answers
     * the message of the end when that was told first: it must be told once more.
     */
    delivered: async (held: Held, ref: string | undefined, isEnd: boolean): Promise<string | undefined> => {
      let late: string | undefined
      await move(held, (line) => {
        late = !isEnd && line.state === 'over' ? line.end : undefined
        return isEnd ? ended(line, held.id, ref) : sent(line, held.id, ref)
      })
      return late === '' ? undefined : late
    },
    /** The place answered that it does not have it. */
    failed: async ({ row, line, id, again }: Held, givenUp = false): Promise<void> => {
      // Stale: another has taken over; its intent stands.
      await control.replace(row, toFields(declined(line, id, { givenUp, again })))
    },
    /** The place may have it or not; a new try looks, or tells again. */
    unsure: async ({ row, line, id }: Held, givenUp = false): Promise<void> => {
      await control.replace(row, toFields(doubted(line, id, givenUp)))
    },
    /** Places that heard of a subject, or may have. */
    heardBy: async (since: string, subject: string): Promise<readonly Line[]> => {
      const key = subjectKey(since, subject)
      const rows = await control.list({ partition: PARTITION, fromKey: key, toKey: `${key}~`, limit: MOST_PLACES })
      return rows.map(lineOf).filter(mayKnow)
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
