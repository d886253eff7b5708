import type { EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import { type Checked, checksOf } from '../rules/checks.ts'
import type { Hypothesis } from '../rules/hypothesis.ts'
import { holds } from '../snapshot/cite.ts'
import { label, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { kindsOf } from './evidence-kinds.ts'
import { wasRead } from './reading.ts'

/** A hypothesis whose quotes stand, with the checks that were made of it. */
export type Proven = Hypothesis & {
  readonly checked: readonly Checked[]
  /** Why it is not certain, however sure its rule is; absent: nothing speaks against certainty. */
  readonly doubt?: string
}

/**
 * Quotes that do not stand fall. Certain is only what rests on two kinds of evidence, whose culprit was looked at, and
 * of which no check was refuted or left in doubt.
 */
export function proven(
  snapshot: Snapshot,
  subject: Subject,
  one: Hypothesis,
  outputs: ReadonlyMap<string, string>,
  entries: ReadonlyMap<string, EvidenceEntry>,
): Proven {
  const evidence = one.evidence.filter((citation) => holds(citation, outputs))
  const checked = checksOf(snapshot, subject, one)
  const kept: Proven = { ...one, evidence, checked }
  if (evidence.length === 0)
    return { ...kept, confidence: 'low', reasons: ['No quote of it stands in the journal.', ...one.reasons] }
  const refuted = checked.find(({ result }) => result === 'refuted')
  if (refuted !== undefined)
    return {
      ...kept,
      confidence: 'low',
      rejected: one.rejected ?? refuted.text,
      against: [...(one.against ?? []), ...refuted.evidence],
    }
  const doubt =
    checked.find(({ result }) => result === 'doubted')?.text ??
    (wasRead(snapshot, one.culprit, evidence) ? undefined : `${label(one.culprit)} itself could not be read.`) ??
    (kindsOf(evidence, entries).size < 2 ? 'One kind of evidence speaks for it, and no second.' : undefined)
  return doubt === undefined ? kept : { ...kept, doubt }
}

export const isCertain = ({ confidence, doubt }: Proven): boolean => confidence === 'high' && doubt === undefined

/** What came of the checks, in one sentence; a check that nobody made is never called one. */
export const testWords = ({ checked, falsification }: Proven): string => {
  const made = checked.filter(({ result }) => result !== 'not-possible')
  if (made.length > 0) return made.map(({ result, text }) => `${words[result]}: ${text}`).join(' ')
  return [`Not tested. ${falsification}`, ...checked.map(({ text }) => text)].join(' ')
}
const words = { passed: 'Checked', refuted: 'Refuted', doubted: 'In doubt', 'not-possible': 'Not possible' } as const

const grade = { high: 2, medium: 1, low: 0 } as const
/** What speaks best for an object: a rejected one only where there is no other. */
export const bestOf = (all: readonly Proven[]): Proven | undefined =>
  all.toSorted(
    (a, b) =>
      Number(a.rejected !== undefined) - Number(b.rejected !== undefined) ||
      grade[b.confidence] - grade[a.confidence] ||
      b.weight - a.weight,
  )[0]
