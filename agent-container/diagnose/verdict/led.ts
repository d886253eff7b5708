import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import { implicated } from '../evidence/implicated.ts'
import type { Weighed } from '../evidence/score.ts'
import { byWords } from '../evidence/suspect-pool.ts'
import { tellingTexts } from '../evidence/telling-texts.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'
import { isWeak } from '../symptoms/symptoms-of.ts'
import { isCertain, type Proven } from './proven.ts'
import type { Ranked } from './rank.ts'
import { likelihood } from './sure.ts'

/** An answer that is right less often than this is no answer: then all suspects are shown alike. */
const ENOUGH = 0.3
/**
 * Who takes the place of a rule's own answer has to be so many times as likely: a rule that knows a mechanism knows
 * something, and so does an object that bears it out itself.
 */
const better = (one: Proven, first: Weighed): number =>
  byWords.test(one.class) || first.features.verified === 1 ? 1.25 : 4

const refuted = ({ others }: Ranked): boolean =>
  others.some(({ hypothesis }) => hypothesis.checked.some(({ result }) => result === 'refuted'))

/** Without these nobody can tell what a name in a sentence means. */
const blinding = new Set(['Pod', 'Event', 'ConfigMap'])
/** Somebody has to say something of it: that a thing is near what fails is no argument. */
const spokenFor = ({ hypotheses, links, features }: Weighed, reported: boolean): boolean =>
  hypotheses.some(({ rejected }) => rejected === undefined) ||
  links.length > 0 ||
  (features.dangling ?? features.refusing ?? 0) > 0 ||
  (reported && (features.subject === 1 || features.onlyHere === 1))

const MOST_ALIKE = 10
const isAlike = (one: Weighed, first: Weighed): boolean =>
  one.object.kind === first.object.kind &&
  first.features.verified === 1 &&
  one.features.verified === 1 &&
  Math.abs(one.probability - first.probability) < first.probability / 20

/** Who leads in the end: the rules' answer, unless the evidence as a whole speaks for somebody else. */
export function led(
  snapshot: Snapshot,
  subject: Subject,
  ranked: Ranked,
  symptoms: readonly Symptom[],
  suspects: readonly Weighed[],
): Ranked {
  const reported = tellingTexts(snapshot, subject).some(({ detected }) => detected !== true)
  const [first, ...rest] = suspects.filter((one) => spokenFor(one, reported))
  const { leading } = ranked
  if (first === undefined || symptoms.every(isWeak)) return ranked
  if (leading.some(({ culprit }) => keyOf(culprit) === keyOf(first.object)) || leading.some(isCertain)) return ranked
  // Those whom the same things are said of (three nodes with one taint) are one answer.
  const alike = [first, ...rest.filter((one) => isAlike(one, first))].slice(0, MOST_ALIKE)
  const share = alike.reduce((sum, { probability }) => sum + probability, 0)
  const best = Math.max(0, ...leading.map((one) => better(one, first) * likelihood(suspects, one)))
  if (share < best || share < ENOUGH || snapshot.gaps.some(({ kind }) => blinding.has(kind))) return ranked
  // What a check has refuted leaves a question, and no second best answer.
  const ruled = first.hypotheses.some(({ rejected }) => rejected === undefined)
  if (!ruled && leading.length === 0 && refuted(ranked)) return ranked
  const own = alike.flatMap((one) => implicated(snapshot, subject, symptoms, one) ?? [])
  if (own.length === 0) return ranked
  const taken = new Set(own.map(({ culprit, class: fault }) => `${fault} ${keyOf(culprit)}`))
  return {
    leading: own,
    others: [
      ...ranked.leading.map((hypothesis) => ({
        hypothesis,
        why: 'The evidence as a whole speaks more for another object.',
      })),
      ...ranked.others.filter(({ hypothesis }) => !taken.has(`${hypothesis.class} ${keyOf(hypothesis.culprit)}`)),
    ],
    unexplained: [],
  }
}
