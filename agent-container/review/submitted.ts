import { z } from 'zod'
import type { Citation } from '../../shared/artifacts/evidence.ts'
import { EXTERNAL, externals } from '../../shared/artifacts/external.ts'
import { faultClasses } from '../diagnose/rules/class.ts'

const sentence = z.string().max(600)
/** As a model may cite: a line, a value by its path, or that nothing stands at a path. */
const Cited = z.object({
  id: z.string().max(10).describe('Such as e7'),
  quote: z.string().max(1000).optional().describe('One line, or part of one, letter for letter'),
  path: z.string().max(300).optional().describe('In place of a quote: spec.template.spec.containers[web].image'),
  value: z.string().max(1000).optional().describe('What stands at the path'),
  absent: z.boolean().optional().describe('true: nothing stands at the path'),
})
export type Cited = z.infer<typeof Cited>
const citations = z.array(Cited).max(20)

const Cause = z.object({
  kind: z.string().max(100).describe(`The object's kind; ${EXTERNAL} for what lies outside the cluster`),
  namespace: z.string().max(253).default('').describe("'' for objects of the whole cluster"),
  name: z
    .string()
    .max(253)
    .describe(`For ${EXTERNAL} one of: ${externals.join(', ')}`),
  class: z
    .string()
    .max(60)
    .describe(`The mechanism in one word, one of these where one fits: ${Object.keys(faultClasses).join(' ')}`),
  summary: sentence.describe('What is wrong with it, one sentence of at most 80 characters'),
  mechanism: sentence.describe('How that leads to what is seen'),
  confidence: z.enum(['high', 'medium', 'low']),
  confidenceReasons: z.array(sentence).max(10).default([]),
  evidence: citations.describe('Quotes that show what is wrong; its name alone shows nothing'),
  refutes: citations.default([]).describe('Quotes that show that what the rules concluded cannot be, if they do'),
})

const Found = z.object({ text: sentence, evidence: citations })
const beside = {
  facts: z.array(Found).max(60).default([]),
  gaps: z
    .array(z.object({ what: sentence, why: sentence.default(''), wouldSettle: sentence.default('') }))
    .max(30)
    .default([]),
  remedies: z
    .array(
      z.object({
        title: sentence,
        command: z.string().max(1000).optional().describe('One kubectl call'),
        changesState: z.boolean().default(true),
        risk: sentence.default(''),
        rollback: sentence.default(''),
        verify: sentence.default(''),
      }),
    )
    .max(6)
    .default([]),
}
/** What a model hands in. The rest of a verdict (timeline, impact, chain) is written by code. */
export const submittedShape = {
  headline: sentence.describe('What is broken, for whom: one sentence'),
  outcome: z
    .enum(['cause', 'likely', 'inconclusive', 'none'])
    .describe('likely: a cause with quotes; inconclusive: none can be shown; none: nothing is broken now'),
  rootCauses: z
    .array(Cause)
    .max(10)
    .default([])
    .describe('The smallest set of objects whose change would end the trouble: the cause, not what merely shows it'),
  hypotheses: z
    .array(
      z.object({
        text: sentence,
        state: z.enum(['leading', 'rejected', 'open']).default('open'),
        for: citations.default([]),
        against: citations.default([]),
        falsification: sentence.default(''),
        why: sentence.default(''),
      }),
    )
    .max(20)
    .default([]),
  inferences: z
    .array(z.object({ text: sentence, evidence: citations.default([]) }))
    .max(30)
    .default([]),
  prevention: z.array(sentence).max(3).default([]),
  tellApart: sentence
    .optional()
    .describe('If the rules name another cause: the one look that would tell the two apart'),
  ...beside,
}
/** What a model adds to a verdict of the rules that it agrees with. */
export const confirmedShape = beside

/** What a model says when another incident of the cluster has the cause of this one. */
export const sameShape = {
  incident: z.string().max(10).describe('As the list of other incidents calls it, such as i2'),
  evidence: citations.describe('Quotes from this incident that show that cause at work here'),
  mechanism: sentence.default('').describe('How that cause leads to what is seen here'),
  ...beside,
}

export const HandedIn = z.object(submittedShape)
export type HandedIn = z.infer<typeof HandedIn>

type Proven<T> = T extends readonly (infer E)[]
  ? Proven<E>[]
  : T extends Cited
    ? Citation
    : T extends object
      ? { [K in keyof T]: Proven<T[K]> }
      : T
/** The same with citations as a journal can be asked for them. `confirms`: it agrees with the rules and names nothing new. */
export type Submitted = Proven<HandedIn> & { readonly confirms: boolean }
