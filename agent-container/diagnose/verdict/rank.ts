import { label } from '../snapshot/snapshot.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { isWeak } from '../symptoms/symptoms-of.ts'
import type { Proven } from './proven.ts'

export type Ranked = {
  /** The smallest set of causes that explains what is seen. */
  readonly leading: readonly Proven[]
  readonly others: readonly { readonly hypothesis: Proven; readonly why: string }[]
  /** Symptoms for which nothing was found. */
  readonly unexplained: readonly Symptom[]
}

const grade = { high: 2, medium: 1, low: 0 } as const
const score = (one: Proven): number => grade[one.confidence] * 1000 + one.weight

/**
 * For each symptom the best explanation leads; one that explains several is counted once. Causes of one kind that
 * hold a symptom together (three nodes with one taint) lead together.
 */
export function rank(symptoms: readonly Symptom[], hypotheses: readonly Proven[]): Ranked {
  const alive = hypotheses.filter(({ rejected }) => rejected === undefined)
  const leading = new Map<string, Proven>()
  const unexplained: Symptom[] = []
  for (const symptom of symptoms) {
    const candidates = alive
      .filter(({ explains }) => explains.includes(symptom.key))
      // What a healthy program grumbles about counts only when the cluster shows that it is right.
      .filter(({ confidence }) => !isWeak(symptom) || confidence === 'high')
      .toSorted((a, b) => score(b) - score(a))
    const best = candidates[0]
    if (best === undefined || best.confidence === 'low') {
      if (!isWeak(symptom)) unexplained.push(symptom)
      continue
    }
    const together = candidates
      .filter(
        (one) => one === best || (best.confidence === 'high' && one.class === best.class && score(one) === score(best)),
      )
      .slice(0, 5)
    for (const one of together) leading.set(keyOf(one), leading.get(keyOf(one)) ?? one)
  }
  const causes = withoutWeaker([...leading.values()])
  const chosen = new Set(causes.map(keyOf))
  const others = hypotheses
    .filter((one) => !chosen.has(keyOf(one)))
    .map((hypothesis) => ({ hypothesis, why: hypothesis.rejected ?? whyNot(hypothesis, causes) }))
  return { leading: causes, others, unexplained }
}

const keyOf = (one: Proven): string => `${one.class} ${label(one.culprit)}`

/** Next to a certain cause, a merely likely one for the same pods is what happens when one looks too long. */
function withoutWeaker(causes: readonly Proven[]): readonly Proven[] {
  const certain = causes.filter(({ confidence }) => confidence === 'high')
  return certain.length > 0 ? certain : causes
}

function whyNot(one: Proven, leading: readonly Proven[]): string {
  const better = leading.find(({ explains }) => explains.some((key) => one.explains.includes(key)))
  if (better === undefined) return 'The evidence is too thin for it.'
  if (grade[better.confidence] > grade[one.confidence]) return `${better.class} explains the same with better evidence.`
  return `${better.class} explains the same more specifically.`
}
