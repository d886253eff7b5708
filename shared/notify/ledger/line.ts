import { z } from 'zod'
import { derivedId } from '../../runtime/ids.ts'
import type { Fields, Row } from '../../runtime/table.ts'

/** More than an incident has moments; the oldest are forgotten first. */
const MOST_DONE = 50

/**
 * `posting`: somebody tells it now, or died of it. `sent`: the place has what was told last. `unsure`: it may have it.
 * `pending`: it waits for another try. `refused`: given up. `over`: the subject has ended for this place, nothing but
 * its end is told there any more.
 */
export const LineState = z.enum(['posting', 'sent', 'unsure', 'pending', 'refused', 'over'])

/** One subject (an incident's generation, a trouble) in one place. */
export const Line = z.strictObject({
  place: z.string(),
  /** How the place was reached, for the end of what was told there: its route may be gone by then. */
  target: z.string(),
  subject: z.string(),
  state: LineState,
  /** The place knows of the subject for certain. */
  heard: z.boolean(),
  /** What the place answered last, for later changes. */
  ref: z.string(),
  /** Notices that are done with here: the place has them, or they were given up. */
  done: z.array(z.string()),
  /** Intents: written before the post, taken away by its own answer and by no other's. */
  intended: z.array(z.string()),
  /** Posts of the last intent whose answers are not known. */
  copies: z.number().int(),
  busyUntil: z.string(),
  /** Who tells it: tells our own write, whose answer was lost, from another's. */
  by: z.string(),
  /** The message that ended it, for whoever finds out that it told something after the end. */
  end: z.string(),
})
export type Line = z.infer<typeof Line>
/** Of a row, which has columns of the table's own besides. */
const Columns = Line.strip()

/** Lines of one subject lie together, so that its end finds all places that heard of it. */
export const subjectKey = (since: string, subject: string): string => `${since.slice(0, 10)}-${derivedId(20, subject)}`
export const lineKey = (since: string, subject: string, place: string): string =>
  `${subjectKey(since, subject)}-${derivedId(12, place)}`

export const fresh = (place: string, target: string, subject: string): Line => ({
  ...{ place, target, subject, state: 'pending', heard: false, ref: '', done: [], intended: [], copies: 0 },
  ...{ busyUntil: '', by: '', end: '' },
})

/** Whether the place knows of it, or may. */
export const mayKnow = ({ heard, intended }: Line): boolean => heard || intended.length > 0

/** Its end was told, or somebody has begun to: then nothing else is. */
export const isEnding = ({ state, end }: Line): boolean => state === 'over' || end !== ''

/** The moves of a line. Each is one conditional write. */
export function intend(line: Line, id: string, mark: Pick<Line, 'busyUntil' | 'by'>): Line {
  const again = line.intended.includes(id)
  const intended = [...without(line.intended, id), id].slice(-MOST_DONE)
  return { ...line, state: 'posting', intended, copies: again ? line.copies + 1 : 1, ...mark }
}
export const sent = (line: Line, id: string, ref: string | undefined): Line => ({
  ...finished(line, id),
  state: 'sent',
  heard: true,
  ref: ref ?? line.ref,
})
export const ended = (line: Line, id: string, ref: string | undefined): Line => ({
  ...sent(line, id, ref),
  state: 'over',
})
/**
 * The place did not take it this time; `again`: an earlier try may have arrived all the same. `givenUp`: it is not asked
 * again.
 */
export function declined(line: Line, id: string, { givenUp, again }: { givenUp: boolean; again: boolean }): Line {
  if (givenUp) return { ...finished(line, id), state: 'refused', heard: line.heard || again }
  if (again) return { ...line, state: 'unsure', copies: Math.max(1, line.copies - 1), busyUntil: '' }
  const intended = without(line.intended, id)
  return { ...line, state: 'pending', intended, copies: leftOf(intended), busyUntil: '' }
}
/** The place may have it; `givenUp`: and is not asked again. Its end is told there all the same. */
export const doubted = (line: Line, id: string, givenUp: boolean): Line =>
  givenUp
    ? { ...line, state: 'unsure', done: kept(line, id), heard: true, busyUntil: '' }
    : { ...line, state: 'unsure', busyUntil: '' }

function finished(line: Line, id: string): Line {
  const intended = without(line.intended, id)
  return { ...line, done: kept(line, id), intended, copies: leftOf(intended), busyUntil: '' }
}
/** What is not known of others was posted once: after a second time it would have been given up. */
const leftOf = (intended: readonly string[]): number => (intended.length > 0 ? 1 : 0)
const kept = ({ done }: Line, id: string): string[] => [...without(done, id), id].slice(-MOST_DONE)
const without = (ids: readonly string[], id: string): string[] => ids.filter((one) => one !== id)

export const toFields = ({ done, intended, ...rest }: Line): Fields => ({
  ...rest,
  done: JSON.stringify(done),
  intended: JSON.stringify(intended),
})
const list = (column: unknown): unknown => JSON.parse(String(column))
export const lineOf = ({ fields }: Pick<Row, 'fields'>): Line =>
  Columns.parse({ ...fields, done: list(fields.done), intended: list(fields.intended) })
