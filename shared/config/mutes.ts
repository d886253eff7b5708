import { z } from 'zod'
import { listOrOne, timeOfDay, timezone } from './one-or-more.ts'

const names = listOrOne.optional()
/** What a mute is about: all that is given must fit. Names and patterns (`sandbox-*`), or lists of them. */
export const matchShape = {
  cluster: names,
  namespace: names,
  /** Of the object that an incident is about: `Deployment`, `Node`. */
  kind: names,
  name: names,
  /** `key=value`, of the cluster or of the fault. */
  label: z
    .string()
    .regex(/^[\w\-./]{1,253}=[\w\-.]{0,63}$/, 'must be key=value')
    .optional(),
  /** `crash`, `image`, … or a fault's type such as `CrashLoop`. */
  class: names,
} as const
export const MATCH_KEYS = ['cluster', 'namespace', 'kind', 'name', 'label', 'class'] as const
export const Match = z.strictObject(matchShape)
export type Match = z.infer<typeof Match>

const saysWhat = (given: Match): boolean => MATCH_KEYS.some((key) => given[key] !== undefined)
const nothingSaid = {
  error: `must say what is muted: one of ${MATCH_KEYS.join(', ')} (cluster: "*" for everything)`,
  when: ({ value }: { readonly value: unknown }) => typeof value === 'object' && value !== null,
}
const reason = z.string().min(1).max(300)
/** YAML reads a time without quotes as a text here, and a time zone must be said. */
const moment = z.iso.datetime({ offset: true, error: 'must be a time such as 2026-12-24T18:00:00Z' })

/** A mute with an end. */
export const MuteEntry = z
  .strictObject({ ...matchShape, from: moment.optional(), until: moment, reason })
  .refine(saysWhat, nothingSaid)
  .refine(({ from, until }) => from === undefined || Date.parse(from) < Date.parse(until), {
    path: ['until'],
    error: 'is not after from: it would never begin. Swap the two, or correct one',
  })
export type MuteEntry = z.infer<typeof MuteEntry>

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
/** A mute that comes again: every day, or on some days of the week, between two times of the day. Equal ones: 24 hours. */
export const Maintenance = z
  .strictObject({
    ...matchShape,
    /** The days on which it begins; absent: every day. */
    days: z.array(z.enum(weekdays)).min(1).max(7).optional(),
    from: timeOfDay,
    to: timeOfDay,
    timezone: timezone.default('UTC'),
    reason,
  })
  .refine(saysWhat, nothingSaid)
export type Maintenance = z.infer<typeof Maintenance>
