import { z } from 'zod'
import { Citation } from './evidence.ts'

/** `namespace` is '' for cluster-scoped objects. */
export const Culprit = z.strictObject({
  kind: z.string().max(100),
  namespace: z.string().max(253),
  name: z.string().max(253),
})
export type Culprit = z.infer<typeof Culprit>
const sentence = z.string().max(600)

export const Confidence = z.enum(['high', 'medium', 'low'])
export type Confidence = z.infer<typeof Confidence>
export const RootCause = Culprit.extend({
  /** The mechanism in one word, such as `BadCommand`: see `agent-container/diagnose/rules`. */
  class: z.string().max(60),
  summary: sentence,
  mechanism: sentence,
  confidence: Confidence,
  confidenceReasons: z.array(sentence).max(10),
  evidence: z.array(Citation).max(20),
  /** Who named it; absent where only one of them was asked. */
  by: z.enum(['rules', 'model', 'both']).optional(),
})
export type RootCause = z.infer<typeof RootCause>

export const Remedy = z.strictObject({
  title: sentence,
  command: z.string().max(1000).optional(),
  changesState: z.boolean(),
  risk: sentence,
  rollback: sentence,
  verify: sentence,
})
export type Remedy = z.infer<typeof Remedy>

const argument = z.strictObject({ text: sentence, evidence: z.array(Citation).max(5) })
/** Somebody it may be, when it is not sure: what speaks for it, what against, and the one look that would tell. */
export const Suspect = Culprit.extend({
  class: z.string().max(60),
  for: z.array(argument).max(5),
  against: z.array(argument).max(5),
  wouldTell: sentence,
})
export type Suspect = z.infer<typeof Suspect>

/** What an investigation found: by the rules, or by a model on top of them. Nothing here is believed before it is checked. */
export const Verdict = z.strictObject({
  version: z.literal(1),
  by: z.string().max(100),
  outcome: z.enum(['cause', 'likely', 'contested', 'inconclusive', 'none']),
  /** What is broken, for whom, since when: one sentence. */
  headline: sentence,
  rootCauses: z.array(RootCause).max(10),
  /** The likeliest first; only when no cause is certain. */
  suspects: z.array(Suspect).max(5).optional(),
  hypotheses: z
    .array(
      z.strictObject({
        text: sentence,
        state: z.enum(['leading', 'rejected', 'open']),
        for: z.array(Citation).max(10),
        against: z.array(Citation).max(10),
        /** The check that would have shown it wrong, and what came of it. */
        falsification: sentence,
        why: sentence,
      }),
    )
    .max(20),
  /** `by`: the words are a model's, of which only the quote was checked. */
  facts: z
    .array(
      z.strictObject({ text: sentence, evidence: z.array(Citation).min(1).max(10), by: z.literal('model').optional() }),
    )
    .max(60),
  inferences: z.array(z.strictObject({ text: sentence, evidence: z.array(Citation).max(10) })).max(30),
  timeline: z
    .array(
      z.strictObject({
        at: z.iso.datetime(),
        kind: z.enum(['change', 'symptom', 'detection', 'step', 'verdict', 'resolution']),
        text: sentence,
        evidence: z.array(Citation).max(5),
      }),
    )
    .max(60),
  /** From cause to symptom. */
  chain: z.array(Culprit.extend({ mechanism: sentence })).max(12),
  gaps: z
    .array(z.strictObject({ what: sentence, why: sentence, wouldSettle: sentence, by: z.literal('model').optional() }))
    .max(30),
  /** Of contested causes: the one look that would tell them apart. */
  tellApart: sentence.optional(),
  impact: z.strictObject({
    summary: sentence,
    desired: z.number().int().optional(),
    ready: z.number().int().optional(),
    /** It was deleted: what is not there is not healthy. */
    gone: z.literal(true).optional(),
    affected: z.array(Culprit).max(100),
    /** Who answers for it: its label or annotation nightcrier.dev/owner, else its namespace's. */
    owner: z.string().max(63).optional(),
  }),
  remedies: z.array(Remedy).max(6),
  prevention: z.array(sentence).max(3),
})
export type Verdict = z.infer<typeof Verdict>

/** What the investigation cost. Money is in US dollars. */
export const Usage = z.strictObject({
  apiCalls: z.number().int().nonnegative(),
  toolCalls: z.number().int().nonnegative(),
  model: z.string().max(200),
  turns: z.number().int().nonnegative(),
  inputTokens: z.number().int().nonnegative(),
  outputTokens: z.number().int().nonnegative(),
  costUsd: z.number().nonnegative().optional(),
  seconds: z.number().nonnegative(),
  /** The model came to nothing: for the vendor's sake, or for something that only this incident holds. */
  fault: z.enum(['vendor', 'incident']).optional(),
  /** What the model could have spent; absent when none was asked. */
  budget: z.strictObject({ turns: z.number(), tokens: z.number(), costUsd: z.number() }).optional(),
  /** By what it was made: two reports of equal versions can be compared. */
  versions: z
    .strictObject({ runner: z.string().max(40), prompt: z.string().max(40), prices: z.string().max(40) })
    .optional(),
})
export type Usage = z.infer<typeof Usage>
