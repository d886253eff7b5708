import { lastChanges } from '../snapshot/changes.ts'
import { cite, few } from '../snapshot/cite.ts'
import { label } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, rolledOut, undo } from './remedies.ts'

const user = /runAsNonRoot|run as root|non-numeric user|runAsUser|allowPrivilegeEscalation|must not be root/i

/** What the kubelet or the runtime says against the container as the template has it, when no other rule knows it. */
export const kubeletRefusal: Analyzer = ({ subject, symptoms }) =>
  of(symptoms, 'config', 'start').flatMap((symptom): readonly Hypothesis[] => {
    const said = symptom.container?.status.state.waiting?.message
    if (said === undefined || /^back-off /i.test(said)) return []
    const rights = user.test(said)
    const changes = lastChanges(subject).filter(
      ({ container }) => container === symptom.container?.name || container === '',
    )
    return [
      {
        class: rights ? 'PermissionDenied' : 'InvalidConfiguration',
        culprit: culpritOf(subject),
        summary:
          `The kubelet cannot make container ${symptom.container?.name} of ${label(subject)} as its template says: ${said}`.slice(
            0,
            590,
          ),
        mechanism: `The container is refused before it starts, at each try: ${said}`.slice(0, 590),
        evidence: few(
          [
            ...symptom.evidence,
            ...cite(subject.seen, rights ? /runAsNonRoot|runAsUser/ : `name: ${symptom.container?.name}`),
            ...changes.flatMap((one) => one.evidence),
          ],
          6,
        ),
        confidence: rights ? 'high' : 'medium',
        reasons: ['The kubelet says why.', ...(rights ? ['The template asks for exactly that.'] : [])],
        falsification: 'A fault of the node would keep containers of other workloads from being made as well.',
        explains: [symptom.key],
        remedies: [
          ...(changes.length > 0 ? undo(subject, 'this change') : []),
          change(subject.seen, subject, {
            title: rights
              ? 'Run the image as a user that is not root (runAsUser), or take the demand back'
              : 'Correct the template',
            command: `kubectl -n ${subject.namespace} edit ${subject.kind.toLowerCase()}/${subject.name}`,
            verify: rolledOut(subject),
          }),
        ],
        weight: rights ? 80 : 20,
      },
    ]
  })
