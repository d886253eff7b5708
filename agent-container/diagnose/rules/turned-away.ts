import { cite, few } from '../snapshot/cite.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, rolledOut } from './remedies.ts'

/** Refusals that follow from the template alone: every node with this kubelet configuration says the same. */
const byTemplate = /^(SysctlForbidden|AppArmor|SeccompNotSupported|ProcMountNotSupported|PodOSNotSupported)$/

/** A pod that the scheduler placed and the kubelet would not have, for what its template asks. */
export const turnedAway: Analyzer = ({ subject, symptoms }) =>
  of(symptoms, 'rejected').flatMap((symptom): readonly Hypothesis[] => {
    const { reason = '', message = '' } = symptom.pods[0]?.data.status ?? {}
    if (!byTemplate.test(reason)) return []
    return [
      {
        class: 'InvalidConfiguration',
        culprit: culpritOf(subject),
        summary: `The kubelet turns the pods of ${label(subject)} away for what their template asks: ${message}`.slice(
          0,
          590,
        ),
        mechanism: `Each new pod ends as Failed (${reason}) before a container starts: ${message}`.slice(0, 590),
        evidence: few(
          [
            ...symptom.evidence,
            ...cite(symptom.pods[0], message),
            ...cite(subject.seen, /sysctls:|appArmorProfile:|seccompProfile:|procMount:/),
          ],
          6,
        ),
        confidence: 'high',
        reasons: ['The kubelet says so itself.', 'The template asks for exactly that.'],
        falsification: 'A shortage of the node would be told as such (OutOfcpu, OutOfmemory), and pass elsewhere.',
        explains: [symptom.key],
        remedies: [
          change(subject.seen, subject, {
            title: 'Take the demand back, or allow it in the kubelet configuration of nodes set aside for it',
            command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
            verify: rolledOut(subject),
          }),
        ],
        weight: 85,
      },
    ]
  })
