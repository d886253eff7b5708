import { z } from 'zod'
import { Verdict } from '../../shared/artifacts/verdict.ts'

const { headline, outcome, rootCauses, hypotheses, facts, inferences, gaps, remedies, prevention } = Verdict.shape

/** What a model hands in. The rest of a verdict (timeline, impact, chain) is written by code. */
export const submittedShape = {
  headline: headline.describe('What is broken, for whom, since when: one sentence'),
  outcome: outcome.describe(
    'cause: the mechanism is quoted and the object was read; likely: one of these is missing; inconclusive: neither; none: nothing is broken now',
  ),
  rootCauses: rootCauses.describe(
    'The smallest set of objects whose change would end the trouble: the cause, not what merely shows it. Each with the ids of evidence and a quote that stands there letter for letter',
  ),
  hypotheses: hypotheses.default([]),
  facts: facts.default([]),
  inferences: inferences.default([]),
  gaps: gaps.default([]),
  remedies: remedies.default([]),
  prevention: prevention.default([]),
}
export const Submitted = z.strictObject(submittedShape)
export type Submitted = z.infer<typeof Submitted>
