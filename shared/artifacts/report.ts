import { z } from 'zod'
import { Incident } from '../incident/incident.ts'
import { EvidenceEntry } from './evidence.ts'
import { Feedback } from './feedback.ts'
import { ClusterPermissions } from './permissions.ts'
import { Usage, Verdict } from './verdict.ts'

/** Decided by code from what survived the evidence check; `evidence-only` when no verdict came at all. */
export const Outcome = z.enum(['cause', 'likely', 'contested', 'inconclusive', 'none', 'evidence-only'])
export type Outcome = z.infer<typeof Outcome>

/** `report.json`: the truth of which `index.html` is the rendering. */
export const Report = z.strictObject({
  version: z.literal(1),
  generatedAt: z.iso.datetime(),
  outcome: Outcome,
  headline: z.string().max(600),
  incident: Incident,
  verdict: Verdict.optional(),
  /** What the check took away, one sentence each. */
  dropped: z.array(z.string().max(600)).max(200),
  /** What went wrong on the way: agent crashed, model refused, budget spent, logs denied. */
  notes: z.array(z.string().max(600)).max(50),
  permissions: ClusterPermissions.optional(),
  /** Without their outputs when these are long: the whole is in evidence.jsonl. */
  evidence: z.array(EvidenceEntry).max(400),
  usage: Usage.optional(),
  phases: z.array(z.strictObject({ name: z.string().max(60), seconds: z.number().nonnegative() })).max(20),
  redactions: z.record(z.string(), z.number().int()),
  injectionFlags: z.array(z.string().max(300)).max(50),
  artifacts: z.array(z.string().max(200)).max(60),
  /** What people said of it since; the truth is `feedback.json`. */
  feedback: Feedback.shape.entries.optional(),
})
export type Report = z.infer<typeof Report>
