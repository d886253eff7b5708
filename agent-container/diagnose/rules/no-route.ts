import { cite, few } from '../snapshot/cite.ts'
import { agentPods, unrouted } from '../snapshot/node-agents.ts'
import { label } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import { type Analyzer, culpritOf, of } from './hypothesis.ts'

/** Pods that find no way to others, on a node whose network agent is not well: the agent is asked for its own cause. */
export const noRoute: Analyzer = ({ snapshot, subject, symptoms, diagnose }) => {
  const keys = of(symptoms, 'crash', 'not-ready', 'ends', 'init-waits', 'trouble', 'job').map(({ key }) => key)
  const [said] = unrouted(snapshot, subject)
  if (keys.length === 0 || said === undefined) return []
  const ill = [...new Set(subject.pods.flatMap(({ data }) => data.spec.nodeName ?? []))].flatMap((node) =>
    agentPods(snapshot, node),
  )
  const tops = new Map(ill.map((pod) => [label(topOf(snapshot, pod)), { top: topOf(snapshot, pod), pod }]))
  return [...tops.values()].flatMap(({ top, pod }) =>
    diagnose(top).map((root) => ({
      ...root,
      summary:
        `Pods of ${label(subject)} find no way to others, and ${label(top)}, which sets up the network of their node, is not ready: ${root.summary}`.slice(
          0,
          590,
        ),
      evidence: few([...cite(said.log, said.line), ...root.evidence.slice(0, 5), ...cite(pod, 'ready: false')], 8),
      explains: keys,
      chain: [
        { ...root.culprit, mechanism: root.mechanism.slice(0, 300) },
        { ...culpritOf(top), mechanism: 'does not set up the network' },
      ],
      weight: root.weight + 25,
    })),
  )
}
