import { cite, few } from '../snapshot/cite.ts'
import { heaviest } from '../snapshot/heaviest.ts'
import type { Node } from '../snapshot/shapes-around.ts'
import { label, type Seen, type Snapshot, seek } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import type { FaultClass } from './class.ts'
import { culpritOf, type Hypothesis } from './hypothesis.ts'
import { change } from './remedies.ts'

const shortages: readonly { readonly fault: FaultClass; readonly resource: string }[] = [
  { fault: 'NodeMemoryPressure', resource: 'memory' },
  { fault: 'NodeDiskPressure', resource: 'ephemeral-storage' },
]
export const pressureOf = (lacking: string): FaultClass | undefined =>
  shortages.find(({ resource }) => resource === lacking)?.fault

/** The workload that took what the node lacks, when the kubelet's own figures say so. */
export function filled(
  snapshot: Snapshot,
  at: Seen<Node>,
  fault: FaultClass | undefined,
  key: string,
): Hypothesis | undefined {
  const resource = shortages.find((one) => one.fault === fault)?.resource
  const heavy = resource === undefined ? undefined : heaviest(snapshot, at, resource)
  if (fault === undefined || resource === undefined || heavy === undefined) return undefined
  const owner = topOf(snapshot, heavy.pod)
  return {
    class: fault,
    culprit: culpritOf(owner),
    summary: `${label(owner)} took most of the ${resource} of node ${at.name}, which then evicted pods (${heavy.text}).`,
    mechanism: `The kubelet evicts pods when the node runs short of ${resource}; of those it evicted, ${heavy.pod.name} used by far the most.`,
    evidence: few(
      [
        ...cite(heavy.pod, heavy.text),
        ...cite(at, new RegExp(`^\\s*${resource}: `)),
        ...cite(at, /type: \w+Pressure/),
        ...cite(seek(snapshot, owner), `name: ${owner.name}`),
      ],
      6,
    ),
    confidence: 'high',
    reasons: ['The kubelet gives the figures.', `No request or limit of it covers that use.`],
    falsification: 'Had the node itself filled up (images, logs), no single pod would have used so much.',
    explains: [key],
    chain: [{ ...culpritOf(at), mechanism: `short of ${resource}` }],
    remedies: [
      change(seek(snapshot, owner), owner, {
        title: `Give it a limit for ${resource}, and find what it fills`,
        command: `kubectl -n ${owner.namespace} edit ${owner.kind.toLowerCase()}/${owner.name}`,
        verify: `kubectl describe node ${at.name}`,
      }),
    ],
    prevention: `Set requests and limits for ${resource}.`,
    weight: 92,
  }
}
