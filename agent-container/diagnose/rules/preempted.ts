import { cite, few } from '../snapshot/cite.ts'
import { preemptors } from '../snapshot/preemption.ts'
import { label, seek } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { change, inspect } from './remedies.ts'

/** Pods that had a place and were pushed out of it: to blame is who took the place, not who now finds none. */
export const preempted: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'unschedulable', 'no-pods').flatMap((symptom): readonly Hypothesis[] =>
    preemptors(snapshot, subject)
      .slice(0, 1)
      .map(({ event, pod }) => {
        const owner = topOf(snapshot, pod)
        const priority = pod.data.spec.priorityClassName
        return {
          class: 'Preempted',
          culprit: culpritOf(owner),
          summary: `${label(owner)} took the place of the pods of ${label(subject)}${priority === undefined ? ' by a higher priority' : `: its priority class is ${priority}`}.`,
          mechanism:
            `The scheduler removed running pods to make room for one of a higher priority: ${event.message}`.slice(
              0,
              590,
            ),
          evidence: few(
            [
              ...cite(event, event.message),
              ...cite(pod, /priorityClassName:/),
              ...cite(pod, `name: ${pod.name}`),
              ...cite(seek(snapshot, owner), `name: ${owner.name}`),
              ...symptom.evidence,
            ],
            8,
          ),
          confidence: 'high',
          reasons: ['The scheduler says by whom they were preempted.', `That pod belongs to ${label(owner)}.`],
          falsification: 'Nodes that were merely full would have let the older pods stay.',
          explains: [symptom.key],
          remedies: [
            inspect('See which priorities there are', 'kubectl get priorityclass'),
            change(seek(snapshot, owner), owner, {
              title: 'Give it a priority class that preempts nobody, or fewer requests',
              command: `kubectl -n ${owner.namespace} edit ${owner.kind.toLowerCase()}/${owner.name}`,
              verify: `kubectl -n ${subject.namespace} get pods`,
            }),
          ],
          prevention: 'Give batch work `preemptionPolicy: Never`.',
          weight: 92,
        }
      }),
  )
