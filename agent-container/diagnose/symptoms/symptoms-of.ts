import { cite } from '../snapshot/cite.ts'
import { failuresInLogs } from '../snapshot/log-failures.ts'
import { refusalsIn } from '../snapshot/refusals.ts'
import { eventsOf, label, type Snapshot, seek } from '../snapshot/snapshot.ts'
import { stillSeenAt } from '../snapshot/still-seen.ts'
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
  const symptoms = hard.length > 0 ? hard : seenByWatch(snapshot, subject)
  const all = symptoms.length > 0 ? symptoms : complaints(snapshot, subject)
  known.set(key, all)
  return all
}

/** Said by a program that looks healthy: worth a question, and nothing when no rule finds an answer in the cluster. */
export const isWeak = ({ kind, detected }: Symptom): boolean => kind === 'trouble' && detected !== true

/** What opens an incident is not over while it would open it again. */
function seenByWatch(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const [fault] = stillSeenAt(snapshot, subject)
  if (fault === undefined) return []
  const { kind, namespace = '', name } = fault.resource
  const at = seek(snapshot, { kind, namespace, name })
  const field = fault.field.split(/[.[]/).findLast((one) => /^[a-z]\w+$/i.test(one)) ?? ''
  const pod = subject.pods.filter((one) => kind === 'Pod' && one.name === name)
  const said = eventsOf(snapshot, { kind, namespace, name }).findLast(({ type }) => type === 'Warning')
  return [
    {
      key: 'trouble',
      kind: 'trouble',
      detected: true,
      text: `${label({ kind, namespace, name })}: ${fault.faultType}: ${fault.context}`.slice(0, 500),
      evidence: [...(field === '' ? [] : cite(at, `${field}: `)), ...cite(said, said?.message ?? '')],
      pods: pod.length > 0 ? pod : subject.pods,
    },
  ]
}

function complaints(snapshot: Snapshot, subject: Subject): readonly Symptom[] {
  const { resource, owner } = snapshot.incident
  const asked = [resource, owner].some(({ kind, name }) => kind === subject.kind && name === subject.name)
  const failure = failuresInLogs(snapshot, subject).find(({ fromEnd, times }) => fromEnd < 5 && times >= 2)
  const [refused] = failure === undefined ? refusalsIn(snapshot, subject) : []
  if (failure === undefined && refused === undefined && !asked) return []
  const said = failure ?? refused
  return [
    {
      key: 'trouble',
      kind: 'trouble',
      text:
        said === undefined
          ? `${label(subject)} was reported and looks healthy`
          : `${label(subject)} logs failing calls: ${said.line}`.slice(0, 500),
      evidence: said === undefined ? [] : cite(said.log, said.line),
      pods: subject.pods,
    },
  ]
}
