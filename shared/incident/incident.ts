import { z } from 'zod'
import { ObjectRef, Severity } from '../faults/fault.ts'
import { skipKinds } from './skipped.ts'

/**
 * open → queued → running → reported | evidence-only | failed | skipped → resolved, and from a report back to queued when
 * its cause has changed. `open` is recorded and may never
 * need an agent (muted, below threshold); `queued` waits for a free agent.
 */
export const IncidentState = z.enum([
  'open',
  'queued',
  'running',
  'reported',
  'evidence-only',
  'failed',
  'skipped',
  'resolved',
])
export type IncidentState = z.infer<typeof IncidentState>

/** Moves that exist. Everything else is a bug or a zombie, and is refused. */
const moves: Readonly<Record<IncidentState, readonly IncidentState[]>> = {
  open: ['queued', 'skipped', 'failed', 'resolved'],
  queued: ['running', 'skipped', 'failed', 'resolved'],
  running: ['reported', 'evidence-only', 'failed', 'queued'],
  // Another cause, or the same once more: investigated again. Explained by an incident with the same cause: skipped.
  reported: ['queued', 'skipped', 'resolved'],
  'evidence-only': ['queued', 'resolved'],
  failed: ['queued', 'resolved'],
  skipped: ['queued', 'resolved'],
  resolved: [],
}
export const mayMove = (from: IncidentState, to: IncidentState): boolean => moves[from].includes(to)

/** One line of an incident's life, shown as it happens. */
export const Step = z.strictObject({ at: z.iso.datetime(), state: IncidentState, note: z.string().max(500) })
export type Step = z.infer<typeof Step>

/** Why no agent was started, where that says nothing of agents: its cluster's kubeconfig cannot be had. */
export const EndCause = z.literal('no-kubeconfig')
export type EndCause = z.infer<typeof EndCause>

/** `incident.json` and the table row: the seeds' names in camelCase, then ours. Times are ISO 8601 UTC. */
export const Incident = z.strictObject({
  version: z.literal(1),
  incidentId: z.string(),
  faultId: z.string(),
  status: IncidentState,
  createdAt: z.iso.datetime(),
  startedAt: z.iso.datetime().optional(),
  completedAt: z.iso.datetime().optional(),
  cluster: z.string(),
  environment: z.string().default(''),
  labels: z.record(z.string(), z.string()).default({}),
  namespace: z.string(),
  resource: ObjectRef,
  owner: ObjectRef,
  faultType: z.string(),
  faultClass: z.string(),
  severity: Severity,
  /** What is unavailable, in words, where the server tells: then the severity follows from it. */
  harm: z.string().max(200).optional(),
  context: z.string(),
  timestamp: z.iso.datetime({ offset: true }),
  image: z.string().optional(),
  node: z.string().optional(),
  identity: z.string(),
  generation: z.number().int().min(1),
  occurrences: z.number().int().min(1),
  /** Marks of the last messages and faults counted, so that a message delivered twice does not count twice. */
  countedFaults: z.array(z.string()).max(100),
  /** Its faults that were told and not told to be over, with what tells each from others of its type. */
  openFaults: z
    .array(z.strictObject({ fault: z.string().max(20), mark: z.string().max(400).optional() }))
    .max(50)
    .optional(),
  /** Marks that were known when the last investigation began: others are news. */
  investigated: z.array(z.string().max(400)).max(50).optional(),
  /** What an earlier report named, when a later one names something else. */
  causeBefore: z.string().max(1000).optional(),
  firstSeen: z.iso.datetime(),
  lastSeen: z.iso.datetime(),
  /** Since when a complete look at the cluster no longer finds it. */
  absentSince: z.iso.datetime().optional(),
  /** Grows with every launch; a result, upload or post that carries an older one is refused. */
  fence: z.number().int().nonnegative(),
  deadline: z.iso.datetime().optional(),
  /** When the container group of this fence was accepted; without it the group may never have been started. */
  agentStartedAt: z.iso.datetime().optional(),
  /** When the sweep spoke for an agent that does not speak itself, so that it does not do so at every pass. */
  resultSentAt: z.iso.datetime().optional(),
  /** How this attempt ended, decided once before anything is published: whoever publishes it again publishes the same. */
  concluded: z
    .strictObject({
      at: z.iso.datetime(),
      ended: z.enum(['completed', 'failed', 'timeout', 'lost', 'not-started']),
      reason: z.string().max(1000).optional(),
      cause: EndCause.optional(),
      /** Whether the agent's bundle was there; one that comes later counts no more. */
      bundle: z.boolean(),
    })
    .optional(),
  /** Why it got no agent, while it is skipped; `reason` says it in words. */
  skip: z.enum(skipKinds).optional(),
  reason: z.string().max(1000).optional(),
  /** Why nobody looks any more whether it is over; `undefined` when it was seen to be over. */
  unwatched: z.enum(['cluster-removed', 'cluster-disabled']).optional(),
  failureReason: z.string().max(1000).optional(),
  /** When people were told that it waits for a free agent. */
  waitingNotifiedAt: z.iso.datetime().optional(),
  rootCause: z.string().max(1000).optional(),
  outcome: z.string().max(50).optional(),
  reportedAt: z.iso.datetime().optional(),
  /** Of the attempt whose report stands. */
  reportedFence: z.number().int().nonnegative().optional(),
  /** Where notices went, by notifier: the intent is written before the post, the answer after it. */
  notices: z.record(
    z.string(),
    z.strictObject({
      state: z.enum(['intended', 'sent', 'failed']),
      at: z.iso.datetime(),
      ref: z.string().max(500).optional(),
    }),
  ),
  members: z.array(ObjectRef).max(500).default([]),
  /** Identities of what this incident explains; they have no incident of their own while it lasts. */
  memberKeys: z.array(z.string().max(32)).max(500).optional(),
  related: z.array(z.string()).max(50).default([]),
  mutedBy: z.string().optional(),
  /** Nobody is told of it until then; whoever holds something back writes this first, so that it surfaces again. */
  muted: z
    .strictObject({
      id: z.string().max(60),
      since: z.iso.datetime(),
      until: z.iso.datetime(),
      reason: z.string().max(300),
    })
    .optional(),
  /** Somebody is at it. */
  acknowledged: z.strictObject({ at: z.iso.datetime(), by: z.string().max(100), note: z.string().max(500) }).optional(),
  steps: z.array(Step).max(60),
  traceparent: z.string().max(55).optional(),
})
export type Incident = z.infer<typeof Incident>
