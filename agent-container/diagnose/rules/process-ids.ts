import { cite, few } from '../snapshot/cite.ts'
import { nodes } from '../snapshot/kinds.ts'
import { label, present } from '../snapshot/snapshot.ts'
import { type Analyzer, culpritOf, type Hypothesis, of } from './hypothesis.ts'
import { tail } from './last-words.ts'
import { inspect } from './remedies.ts'

/** How programs say that the kernel gives them no further thread or process. */
const exhausted =
  /can(?:'|no)?t start new thread|unable to create (?:new )?native thread|pthread_create failed|fork\w*: .*(?:temporarily unavailable|cannot allocate)|newosproc|\bEAGAIN\b|Resource temporarily unavailable/i

/** A program that gets no thread on a node that has no process ids left: the node explains it, not the program. */
export const processIds: Analyzer = ({ snapshot, subject, symptoms }) =>
  of(symptoms, 'crash', 'start', 'not-ready').flatMap((symptom): readonly Hypothesis[] => {
    const said = tail(snapshot, symptom, 20).find(({ line }) => exhausted.test(line))
    const node = symptom.pods
      .flatMap((pod) => present(snapshot, nodes, '', pod.data.spec.nodeName ?? '') ?? [])
      .find((one) => one.data.status.conditions.some(({ type, status }) => type === 'PIDPressure' && status === 'True'))
    if (said === undefined || node === undefined) return []
    return [
      {
        class: 'NodePidPressure',
        culprit: culpritOf(node),
        summary: `${label(node)} has no process ids left, so that ${label(subject)} gets no further thread.`,
        mechanism: `The kernel refuses a new thread or process: ${said.line}`.slice(0, 590),
        evidence: few(
          [...cite(said.log, said.line), ...cite(node, /PIDPressure|KubeletHasInsufficientPID/), ...symptom.evidence],
          6,
        ),
        confidence: 'high',
        reasons: ['The program says that it gets no thread.', 'Its node says that it is short of process ids.'],
        falsification: 'A limit of the container alone (pids.max) would leave the node without PIDPressure.',
        explains: [symptom.key],
        remedies: [inspect('See what fills the node', `kubectl describe node ${node.name}`)],
        weight: 82,
      },
    ]
  })
