import { z } from 'zod'

/** `patrol`: it was looked at, and will be again. */
export const ConnectionStatus = z.enum([
  'disconnected',
  'connecting',
  'connected',
  'subscribing',
  'active',
  'patrol',
  'failed',
])
export type ConnectionStatus = z.infer<typeof ConnectionStatus>
/** All is as it is meant to be. */
export const isWell = (status: ConnectionStatus): boolean => status === 'active' || status === 'patrol'

/**
 * How faults are heard of, from best to worst: the server sends them; it should, and nothing proves it; the cluster is
 * looked at on a beat; not at all.
 */
export const watchSteps = ['subscribed', 'unconfirmed', 'polled', 'unreachable'] as const
export type WatchStep = (typeof watchSteps)[number]

/**
 * The columns of a row in table `clusters` that tell how its watch is doing, beside those of the lease. The supervisor
 * that holds the lease writes them; health and metrics read them. '' where a time or text is not known.
 */
export const ClusterStatus = z.looseObject({
  status: ConnectionStatus.default('disconnected'),
  statusSince: z.string().default(''),
  lastEvent: z.string().default(''),
  /** Of the last failure, while it lasts. */
  error: z.string().default(''),
  /** JSON: the last failures, oldest first, also when they are over. */
  reasons: z.string().default('[]'),
  /** When the next try is due, while there is a failure. */
  retryAt: z.string().default(''),
  eventCount: z.number().default(0),
  errorCount: z.number().default(0),
  reconnectCount: z.number().default(0),
  /** Sum of the time in which nobody was subscribed, in milliseconds. */
  blindMilliseconds: z.number().default(0),
  /** Since when nobody is subscribed; '' while somebody is. Not part of the sum yet. */
  blindSince: z.string().default(''),
  /** Since when there is anything to be blind for. */
  watchedSince: z.string().default(''),
  /** The end of the last visit, and the time from one to the next, where clusters are visited. */
  visitedAt: z.string().default(''),
  /** One of `watchSteps`, and since when. */
  source: z.string().default(''),
  sourceSince: z.string().default(''),
  /** What keeps the watch from being whole, while it works. */
  note: z.string().default(''),
  /** A fault that nobody sends is found so much later at most. */
  delaySeconds: z.number().default(0),
  /** The last time of trouble: since when, how often it was blind in it, and for how long in all. */
  troubledSince: z.string().default(''),
  troubledMilliseconds: z.number().default(0),
  troubles: z.number().default(0),
  patrolSeconds: z.number().default(0),
})
export type ClusterStatus = z.infer<typeof ClusterStatus>

const Reasons = z.array(z.strictObject({ at: z.string(), text: z.string() }))
export type Reason = z.infer<typeof Reasons>[number]
/** Three are shown, two more help whoever reads the table. */
const MOST_REASONS = 5
export const reasonsOf = (json: string): readonly Reason[] => Reasons.parse(JSON.parse(json))
export const withReason = (json: string, reason: Reason): string =>
  JSON.stringify([...reasonsOf(json), reason].slice(-MOST_REASONS))

/** A row of table `control`, partition `supervisors`, key = the supervisor's name: written at least every 30 s. */
export const Heartbeat = z.looseObject({
  at: z.iso.datetime(),
  /** Of a patrol, which sleeps in between. */
  patrolSeconds: z.number().default(0),
})
export type Heartbeat = z.infer<typeof Heartbeat>
