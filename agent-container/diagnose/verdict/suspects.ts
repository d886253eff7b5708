import type { Suspect } from '../../../shared/artifacts/verdict.ts'
import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import type { Link } from '../evidence/link.ts'
import type { Weighed } from '../evidence/score.ts'
import { cite } from '../snapshot/cite.ts'
import { label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import { wordsFor } from '../walk/candidates.ts'
import { bestOf, type Proven } from './proven.ts'

/** More than these nobody looks into before asking again. */
const MOST = 5

/**
 * When it is not sure: who else it may be, the likeliest first, each with what speaks for it, what against, and the one
 * read that would tell.
 */
export function suspectsOf(
  snapshot: Snapshot,
  suspects: readonly Weighed[],
  leading: readonly Proven[],
): readonly Suspect[] {
  const leads = new Set(leading.map(({ culprit }) => keyOf(culprit)))
  return suspects
    .toSorted((a, b) => Number(leads.has(keyOf(b.object))) - Number(leads.has(keyOf(a.object))))
    .slice(0, MOST)
    .map((one) => suspectOf(snapshot, one))
}

function suspectOf(snapshot: Snapshot, { object, hypotheses, links, features, walked }: Weighed): Suspect {
  const own = bestOf(hypotheses)
  const [link] = links.toSorted((a, b) => b.strength - a.strength)
  const seen = seek(snapshot, object)
  const bad = (own?.checked ?? []).filter(({ result }) => result === 'refuted' || result === 'doubted')
  const open = own?.checked.find(({ result }) => result === 'not-possible')
  const good = (own?.checked ?? []).filter((check) => !bad.includes(check) && check !== open)
  const change = walked?.change
  return {
    ...object,
    class: own?.class ?? (features.absent === 1 || features.dangling === 1 ? 'MissingObject' : 'Implicated'),
    for: [
      ...(own === undefined ? [] : [{ text: own.summary, evidence: own.evidence.slice(0, 3) }]),
      ...good.map(({ text, evidence }) => ({ text, evidence: evidence.slice(0, 5) })),
      ...(link === undefined
        ? []
        : [{ text: saidOf(link), evidence: [...link.text.evidence, ...cite(seen, link.word)].slice(0, 3) }]),
      ...(walked === undefined
        ? []
        : [{ text: wordsFor(snapshot, walked), evidence: cite(seen, `name: ${object.name}`).slice(0, 2) }]),
      ...(features.onlyHere === 1
        ? [{ text: 'The same runs well elsewhere, and fails only there.', evidence: [] }]
        : []),
    ].slice(0, 4),
    against: [
      ...bad.map(({ text, evidence }) => ({ text, evidence: evidence.slice(0, 5) })),
      ...(own?.rejected === undefined || bad.length > 0
        ? []
        : [{ text: own.rejected, evidence: [...(own.against ?? [])].slice(0, 3) }]),
      ...((features.othersWell ?? 0) > 0 ? [{ text: 'Others that use it are well.', evidence: [] }] : []),
      ...(walked?.unread ?? [])
        .slice(0, 2)
        .map(({ to }) => ({ text: `${label(to)}, which it needs, was not read.`, evidence: [] })),
    ].slice(0, 4),
    wouldTell:
      own !== undefined
        ? nextRead(object, own.falsification)
        : change === undefined
          ? nextRead(object, 'what it says, and who changed it last')
          : `kubectl ${at(object.namespace)}get ${object.kind.toLowerCase()} ${object.name} -o yaml --show-managed-fields: what ${change.by} changed at ${change.at}.`,
  }
}
const saidOf = ({ text, word, relation, object }: Link): string =>
  `${label(text.at)} says “${text.text.replace(/\s+/g, ' ').slice(0, 300)}”: ${label(object)} ${relation} (${word}).`
const at = (namespace: string): string => (namespace === '' ? '' : `-n ${namespace} `)
const nextRead = ({ kind, namespace, name }: Weighed['object'], what: string): string =>
  `kubectl ${at(namespace)}describe ${kind.toLowerCase()} ${name}: ${what}`
