import { z } from 'zod'
import { Severity } from '../faults/fault.ts'
import { labelKey, labelValue, SecretRef } from './cluster.ts'
import { listOrOne, timeOfDay, timezone } from './one-or-more.ts'
import { OwnText } from './own-text.ts'

/** In the order in which they are looked for. */
export const placeKinds = ['slack', 'teams', 'webhook', 'pagerduty', 'mattermost', 'google_chat'] as const
export type PlaceKind = (typeof placeKinds)[number]
/** Each key of a place that names a secret. */
export const placeSecrets = [...placeKinds, 'signing_key'] as const
export type PlaceSecret = (typeof placeSecrets)[number]
/** How each names somebody; the others wake nobody by a name. */
const mentions: Partial<Record<PlaceKind, { readonly like: RegExp; readonly says: string }>> = {
  slack: { like: /^[UWS][A-Z0-9]{5,20}$/, says: 'the id of a member (U…) or of a user group (S…)' },
  teams: {
    like: /^([^\s@<>]{1,64}@[^\s@<>]{1,190}|[0-9a-f-]{36})$/,
    says: 'a sign-in address or an object id of Entra',
  },
  mattermost: { like: /^@?[a-z0-9][a-z0-9._-]{0,63}$/, says: 'a user or group name' },
  google_chat: { like: /^users\/[\w.@-]{1,100}$/, says: 'users/ and the id of a member' },
}
/** Where a notice goes. The addresses themselves let anybody post, so they are kept as secrets. */
export const Place = z
  .strictObject({
    /** The secret: an incoming webhook's address, or a bot's token (`xoxb-…`; then `channel` is needed). */
    slack: SecretRef.optional(),
    channel: z.string().min(1).max(100).optional(),
    /** The secret: a workflow's webhook address. */
    teams: SecretRef.optional(),
    /** The secret: an address that takes CloudEvents. */
    webhook: SecretRef.optional(),
    /** The secret that signs what is sent to `webhook`. */
    signing_key: SecretRef.optional(),
    /** The secret: an integration's routing key (Events API v2). */
    pagerduty: SecretRef.optional(),
    /** The secret: an incoming webhook's address. */
    mattermost: SecretRef.optional(),
    /** The secret: the address of a space's webhook. */
    google_chat: SecretRef.optional(),
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
    const kind = placeKinds.find((one) => place[one] !== undefined)
    const known = kind === undefined ? undefined : mentions[kind]
    for (const [owner, mention] of Object.entries(place.owners ?? {}))
      if (known === undefined || !known.like.test(mention))
        context.addIssue({
          code: 'custom',
          path: ['owners', owner],
          message: known === undefined ? `names nobody in ${kind ?? 'a place'}` : `must be ${known.says}`,
        })
  })
export type Place = z.infer<typeof Place>

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
