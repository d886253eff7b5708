import { cite } from '../snapshot/cite.ts'
import { failuresInLogs } from '../snapshot/log-failures.ts'
import { label, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { objectSymptoms } from './objects.ts'
import { podSymptoms } from './pods.ts'
import type { Symptom } from './symptom.ts'

const kept = new WeakMap<Snapshot, Map<string, readonly Symptom[]>>()

/** All that is seen to be wrong with a subject now. Empty: it looks healthy. */
export function symptomsOf(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const known = kept.get(snapshot) ?? new Map<string, readonly Symptom[]>()
  kept.set(snapshot, known)
  const key = label(subject)
  const before = known.get(key)
  if (before !== undefined) return before
  const hard = [...podSymptoms(snapshot, subject), ...objectSymptoms(snapshot, subject)]
  const all = hard.length > 0 ? hard : complaints(snapshot, subject)
  known.set(key, all)
  return all
}

/** Said by a program that looks healthy: worth a question, and nothing when no rule finds an answer in the cluster. */
export const isWeak = ({ kind }: Symptom): boolean => kind === 'trouble'

function complaints(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const { resource, owner } = snapshot.incident
  const asked = [resource, owner].some(({ kind, name }) => kind === subject.kind && name === subject.name)
  const failure = failuresInLogs(snapshot, subject).find(({ fromEnd, times }) => fromEnd < 5 && times >= 2)
  if (failure === undefined && !asked) return []
  return [
    {
      key: 'trouble',
      kind: 'trouble',
      text:
        failure === undefined
          ? `${label(subject)} was reported and looks healthy`
          : `${label(subject)} logs failing calls: ${failure.line}`.slice(0, 500),
      evidence: failure === undefined ? [] : cite(failure.log, failure.line),
      pods: subject.pods,
    },
  ]
}
