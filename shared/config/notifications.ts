import { z } from 'zod'
import { Severity } from '../faults/fault.ts'
import { labelKey, labelValue, SecretRef } from './cluster.ts'
import { listOrOne, timeOfDay, timezone } from './one-or-more.ts'
import { OwnText } from './own-text.ts'
import { mentionIn, type PlaceKind, placeKinds } from './place-kinds.ts'

/** One key for each kind, which names its secret. */
const secretOfEachKind = Object.fromEntries(placeKinds.map((kind) => [kind, SecretRef.optional()])) as Record<
  PlaceKind,
  z.ZodOptional<typeof SecretRef>
>
/** Where a notice goes. The addresses themselves let anybody post, so they are kept as secrets. */
export const Place = z
  .strictObject({
    ...secretOfEachKind,
    /** Where a bot of Slack writes. */
    channel: z.string().min(1).max(100).optional(),
    /** The secret that signs what is sent to `webhook`. */
    signing_key: SecretRef.optional(),
    /** Owner, as the label or annotation nightcrier.dev/owner says → whom to mention in this place. */
    owners: z.record(z.string().min(1).max(63), z.string().min(1).max(256)).optional(),
    /** The first line in one's own words, such as "{severity}: {effect} in {cluster}". */
    text: OwnText.optional(),
    /** When PagerDuty hears of something critical: when it is admitted (default), or with its report. */
    page: z.enum(['at-once', 'after-report']).optional(),
  })
  .refine((place) => placeKinds.filter((kind) => place[kind] !== undefined).length === 1, {
    error: `must have exactly one of ${placeKinds.join(', ')}`,
    when: ({ value }) => typeof value === 'object' && value !== null,
  })
  .refine((place) => place.channel === undefined || place.slack !== undefined, {
    path: ['channel'],
    error: 'belongs to slack only',
  })
  .refine((place) => place.signing_key === undefined || place.webhook !== undefined, {
    path: ['signing_key'],
    error: 'belongs to webhook only',
  })
  .refine((place) => place.page === undefined || place.pagerduty !== undefined, {
    path: ['page'],
    error: 'belongs to pagerduty only',
  })
  .refine((place) => place.text === undefined || place.webhook === undefined, {
    path: ['text'],
    error: 'belongs to places that people read, not to webhook',
  })
  .superRefine((place, context) => {
    const kind = kindOf(place)
    const known = kind === undefined ? undefined : mentionIn(kind)
    for (const [owner, mention] of Object.entries(place.owners ?? {}))
      if (known === undefined || !known.like.test(mention))
        context.addIssue({
          code: 'custom',
          path: ['owners', owner],
          message: known === undefined ? `names nobody in ${kind ?? 'a place'}` : `must be ${known.says}`,
        })
  })
export type Place = z.infer<typeof Place>

export const kindOf = (place: Readonly<Partial<Record<PlaceKind, string | undefined>>>): PlaceKind | undefined =>
  placeKinds.find((kind) => place[kind] !== undefined)

export const QuietHours = z
  .strictObject({
    from: timeOfDay,
    to: timeOfDay,
    timezone: timezone.default('UTC'),
    /** This severity and worse are told at once all the same. Absent: all wait. */
    except: Severity.optional(),
  })
  .refine(({ from, to }) => from !== to, {
    path: ['to'],
    error: 'is the same time as from: no hour would be quiet. Use 00:00 to 23:59 for the whole day',
  })
export type QuietHours = z.infer<typeof QuietHours>

export const Route = z.strictObject({
  /** All that is given must fit; nothing given fits all. */
  match: z
    .strictObject({
      cluster: listOrOne.optional(),
      environment: listOrOne.optional(),
      labels: z.record(labelKey, labelValue).optional(),
    })
    .default({}),
  severity_threshold: Severity.default('info'),
  /** What comes in these hours is told at their end, each notice by itself; nothing is left out. */
  quiet_hours: QuietHours.optional(),
  /** Once a day: what was not told, for it was not bad enough or muted. Nothing to tell is not told. */
  digest: z.strictObject({ at: timeOfDay, timezone: timezone.default('UTC') }).optional(),
  to: z.array(Place).min(1).max(20),
})
export type Route = z.infer<typeof Route>
