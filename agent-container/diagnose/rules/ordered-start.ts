import { cite, few } from '../snapshot/cite.ts'
import { isReady } from '../snapshot/services.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { tail } from './last-words.ts'

/** Members of a set that wait for one another, while the set makes the next only when the one before is ready. */
export const orderedStart: Analyzer = ({ snapshot, subject, symptoms }) => {
  const spec = subject.workload?.data.spec
  if (subject.kind !== 'StatefulSet' || spec === undefined || spec.podManagementPolicy === 'Parallel') return []
  const requested = spec.replicas ?? 1
  const alive = new Set(subject.pods.map(({ name }) => name))
  const unmade = Array.from({ length: Math.min(requested, 100) }, (_, at) => `${subject.name}-${at}`).filter(
    (name) => !alive.has(name),
  )
  const first = subject.pods.find((pod) => !isReady(pod))
  if (unmade.length === 0 || first === undefined) return []
  return of(symptoms, 'crash', 'ends', 'not-ready').flatMap((symptom): readonly Hypothesis[] => {
    const said = tail(snapshot, symptom, 40).find(({ line }) =>
      unmade.some((name) => new RegExp(`\\b${name}\\b`).test(line)),
    )
    if (said === undefined) return []
    const missed = unmade.filter((name) => said.line.includes(name))
    return [
      {
        class: 'OrderedStartDeadlock',
        culprit: culpritOf(subject),
        summary: `Pod ${first.name} of ${label(subject)} waits for its peers ${missed.join(', ')}, which are made only when it is ready (podManagementPolicy OrderedReady).`,
        mechanism:
          `The set starts its members one by one, and the first needs the others to become ready: ${said.line}`.slice(
            0,
            590,
          ),
        evidence: few(
          [...cite(said.log, said.line), ...cite(subject.seen, /podManagementPolicy|replicas: /), ...symptom.evidence],
          6,
        ),
        confidence: 'high',
        reasons: [
          `${label(subject)} wants ${requested} pods; ${missed.join(', ')} do not exist.`,
          'The log of the first names them.',
        ],
        falsification: 'A member that becomes ready alone would let the next be made.',
        explains: [symptom.key],
        remedies: [
          {
            title:
              'Let all members start together (podManagementPolicy: Parallel): the field cannot be changed, so the set is made anew with its pods left alone',
            command: `kubectl -n ${subject.namespace} delete statefulset/${subject.name} --cascade=orphan`,
            changesState: true,
            risk: 'Until it is applied again with podManagementPolicy: Parallel, nobody keeps its pods.',
            rollback: 'Apply the former manifest again.',
            verify: `kubectl -n ${subject.namespace} get pods`,
          },
        ],
        weight: 84,
      },
    ]
  })
}
