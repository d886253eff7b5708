import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Suspect } from '../../../shared/artifacts/verdict.ts'
import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import { cite } from '../snapshot/cite.ts'
import { label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { type Candidate, candidates, wordsFor } from '../walk/candidates.ts'
import type { Proven } from './proven.ts'
import type { Ranked } from './rank.ts'

/** More than these nobody looks into before asking again. */
const MOST = 5

type Draft = Suspect & { readonly weight: number }

/**
 * When it is not sure: who else it may be, the likeliest first, each with what speaks for it, what against, and the one
 * read that would tell. Hypotheses of the rules and what the walk over the graph came upon stand in one row.
 */
export function suspectsOf(snapshot: Snapshot, subject: Subject, ranked: Ranked): readonly Suspect[] {
  const drafts = [
    ...ranked.leading.map((one) => ofHypothesis(one, 100)),
    ...ranked.others.map(({ hypothesis }) => ofHypothesis(hypothesis, hypothesis.rejected === undefined ? 50 : 5)),
    ...candidates(snapshot, subject, snapshot.incident.firstSeen).map((one) => ofCandidate(snapshot, one)),
  ].toSorted((a, b) => b.weight - a.weight)
  const found = new Map<string, Draft>()
  for (const draft of drafts) {
    const known = found.get(keyOf(draft))
    if (known === undefined) found.set(keyOf(draft), draft)
    // Two ways that lead to one object make it likelier, and are told together.
    else
      found.set(keyOf(draft), {
        ...known,
        weight: known.weight + 10,
        for: [...known.for, ...draft.for].slice(0, 4),
        against: [...known.against, ...draft.against].slice(0, 4),
      })
  }
  return [...found.values()]
    .toSorted((a, b) => b.weight - a.weight)
    .slice(0, MOST)
    .map(({ weight: _, ...suspect }) => suspect)
}

const grade = { high: 30, medium: 20, low: 0 } as const
function ofHypothesis(one: Proven, base: number): Draft {
  const checks = one.checked.map(({ text, evidence }) => ({ text, evidence: [...evidence] }))
  const bad = one.checked.flatMap(({ result, text, evidence }) =>
    result === 'refuted' || result === 'doubted' ? [{ text, evidence: [...evidence] }] : [],
  )
  const open = one.checked.find(({ result }) => result === 'not-possible')
  return {
    ...one.culprit,
    class: one.class,
    for: [
      { text: one.summary, evidence: one.evidence.slice(0, 3) },
      ...checks.filter((check) => !bad.some(({ text }) => text === check.text) && check.text !== open?.text),
    ].slice(0, 3),
    against: [
      ...bad,
      ...(one.rejected === undefined || bad.length > 0
        ? []
        : [{ text: one.rejected, evidence: [...(one.against ?? [])].slice(0, 3) }]),
    ],
    wouldTell: lookAt(one.culprit, one.falsification),
    weight: base + grade[one.confidence] + one.weight / 10,
  }
}

const base = { dangling: 45, refusing: 40, changed: 25 } as const
function ofCandidate(snapshot: Snapshot, one: Candidate): Draft {
  const { object, found, edge, depth, unread, change } = one
  const from = edge === undefined ? undefined : seek(snapshot, edge.from)
  const seen = seek(snapshot, object)
  const evidence: Citation[] = [...cite(from, object.name), ...cite(seen, `name: ${object.name}`)].slice(0, 2)
  return {
    ...object,
    class: found === 'dangling' ? 'MissingObject' : found === 'refusing' ? 'RefusedByController' : 'Changed',
    for: [{ text: wordsFor(snapshot, one), evidence }],
    against: unread
      .slice(0, 2)
      .map(({ to }) => ({ text: `${label(to)}, which it needs, was not read.`, evidence: [] })),
    wouldTell:
      change === undefined
        ? lookAt(object, 'what its controller says of it now')
        : `kubectl ${at(object.namespace)}get ${object.kind.toLowerCase()} ${object.name} -o yaml --show-managed-fields: what ${change.by} changed at ${change.at}.`,
    weight: base[found] + depth,
  }
}
const at = (namespace: string): string => (namespace === '' ? '' : `-n ${namespace} `)
const lookAt = (
  { kind, namespace, name }: Omit<Suspect, 'for' | 'against' | 'wouldTell' | 'class'>,
  what: string,
): string => `kubectl ${at(namespace)}describe ${kind.toLowerCase()} ${name}: ${what}`
