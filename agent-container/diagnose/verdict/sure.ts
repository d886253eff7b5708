import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import type { Weighed } from '../evidence/score.ts'
import type { Hypothesis } from '../rules/hypothesis.ts'

/** Below this share somebody else was to blame too often among what is known, rules of an unseen kind left out (`npm run fit`). */
const CERTAIN = 0.7
/** What stood in a template for long and worked does not explain by itself why it fails now. */
const CERTAIN_OF_OLD = 0.95

const find = (suspects: readonly Weighed[], { culprit }: Pick<Hypothesis, 'culprit'>): Weighed | undefined =>
  suspects.find(({ object }) => keyOf(object) === keyOf(culprit))

export const likelihood = (suspects: readonly Weighed[], one: Pick<Hypothesis, 'culprit'>): number =>
  find(suspects, one)?.probability ?? 0

/** Whether the evidence as a whole leaves room for nobody else. */
export function sure(suspects: readonly Weighed[], one: Pick<Hypothesis, 'culprit'>): boolean {
  const suspect = find(suspects, one)
  if (suspect === undefined) return false
  return suspect.probability >= (suspect.features.templateOld === 1 ? CERTAIN_OF_OLD : CERTAIN)
}
