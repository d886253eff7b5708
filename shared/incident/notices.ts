import { z } from 'zod'
import type { Queue } from '../runtime/queue.ts'

const common = {
  version: z.literal(1),
  /** Names what is told: the same at each try to tell it, so that each place hears it once. */
  id: z.string().min(1).max(300),
  at: z.iso.datetime(),
  /** Only these places: the others have it, or get it at another time. */
  places: z.array(z.string().max(100)).max(100).optional(),
  /** How often it was sent on to itself because a place did not take it. */
  attempt: z.number().int().nonnegative().optional(),
  /** Its place has counted it among those of a minute already, and found that it is not too much. */
  counted: z.boolean().optional(),
  /** Quiet hours or a mute kept it until then: that is no age of its own. */
  heldUntil: z.iso.datetime().optional(),
  /** How often it was sent anew, since its place may be back; those of an earlier turn are dropped. */
  turn: z.number().int().nonnegative().optional(),
  /** W3C trace context. */
  traceparent: z.string().max(55).optional(),
}
const Reason = z.strictObject({ at: z.iso.datetime(), text: z.string().max(500) })
/** How many, and some of them. */
const Names = z.strictObject({ count: z.number().int().nonnegative(), names: z.array(z.string().max(63)).max(20) })
const breaker = {
  /** What does not work, in words: `agents`, `notices to slack`, `the model`. */
  what: z.string().max(200),
  cluster: z.string().max(63).optional(),
  failures: z.number().int().nonnegative(),
  /** Of the first failure. */
  since: z.iso.datetime(),
  /** The last ones, oldest first. */
  reasons: z.array(Reason).max(5),
}

/** Queue `notices`: something that people should hear of. Told by function `notify`, as the routes say. */
export const NoticeMessage = z.discriminatedUnion('type', [
  /**
   * What the message says is read from the incident when it is told. `skipped` and `resolved` are sent before the move
   * (so that a crash in between loses nothing) and are told only when the move came about.
   */
  z.strictObject({
    ...common,
    type: z.literal('incident'),
    event: z.enum(['opened', 'started', 'reported', 'skipped', 'resolved']),
    incidentId: z.string().min(1).max(200),
  }),
  /** An agent that had to be ended, or vanished; its report follows. */
  z.strictObject({
    ...common,
    type: z.literal('agent-lost'),
    incidentId: z.string().min(1).max(200),
    cluster: z.string().max(63),
    reason: z.string().max(1000),
  }),
  z.strictObject({
    ...common,
    type: z.literal('dead-letter'),
    queue: z.string().max(63),
    reason: z.string().max(1000),
    /** Where it is kept. */
    blob: z.string().max(500),
    incidentId: z.string().max(200).optional(),
    cluster: z.string().max(300).optional(),
  }),
  z.strictObject({ ...common, type: z.literal('degraded'), ...breaker, retryAt: z.iso.datetime().optional() }),
  z.strictObject({ ...common, type: z.literal('recovered'), ...breaker }),
  z.strictObject({
    ...common,
    type: z.literal('unreachable'),
    cluster: z.string().max(63),
    /** Since when nobody hears its faults. */
    since: z.iso.datetime(),
    error: z.string().max(1000),
    /** The last failures, oldest first. */
    reasons: z.array(Reason).max(5).default([]),
    retryAt: z.iso.datetime().optional(),
  }),
  z.strictObject({
    ...common,
    type: z.literal('reachable'),
    cluster: z.string().max(63),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    /** It is not heard again: nobody is to watch it any more. */
    left: z.enum(['removed', 'switched-off']).optional(),
  }),
  /** Many clusters at once: one notice, since what they have in common is the trouble. */
  z.strictObject({
    ...common,
    type: z.literal('outage'),
    over: z.boolean(),
    /** The same at its begin and its end. */
    outage: z.string().max(100),
    clusters: z.number().int().positive(),
    /** Some of them. */
    names: z.array(z.string().max(63)).max(20),
    since: z.iso.datetime(),
    /** Of one of them. */
    error: z.string().max(1000),
  }),
  /** So many of one kind came to one place within a minute that these were not told one by one. */
  z.strictObject({
    ...common,
    type: z.literal('folded'),
    /** `skipped warning` */
    kind: z.string().max(100),
    count: z.number().int().positive(),
    namespaces: z.number().int().nonnegative(),
    clusters: z.number().int().nonnegative(),
    /** Some of them. */
    names: z.array(z.string().max(200)).max(15),
  }),
  /** A place of `discovery:` tells of other clusters than before, or will soon tell of none. */
  z.strictObject({
    ...common,
    type: z.literal('clusters-changed'),
    place: z.string().max(200),
    came: Names,
    went: Names,
    /** What runs out there, and when; '' when nothing does. */
    soon: z.string().max(500),
  }),
  /** Once a day: what was not told in these places. */
  z.strictObject({
    ...common,
    type: z.literal('digest'),
    since: z.iso.datetime(),
    groups: z.array(
      z.strictObject({
        why: z.enum(['muted', 'below']),
        count: z.number().int().positive(),
        names: z.array(z.string().max(200)).max(12),
      }),
    ),
  }),
])
export type NoticeMessage = z.infer<typeof NoticeMessage>
export type SendNotice = (notice: NoticeMessage, options?: { readonly delaySeconds?: number }) => Promise<void>

export const noticesTo =
  (queue: Pick<Queue, 'send'>): SendNotice =>
  (notice, options) =>
    queue.send(JSON.stringify(NoticeMessage.parse(notice)), options)
