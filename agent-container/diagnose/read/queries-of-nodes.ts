import { devicesRequested } from '../snapshot/devices.ts'
import { heaviest } from '../snapshot/heaviest.ts'
import { nodes } from '../snapshot/kinds.ts'
import { preemptionsOf, preemptors } from '../snapshot/preemption.ts'
import { all, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import { k, type Queries, type Query } from './query.ts'

const owners = (namespace: string): readonly Query[] => [
  { tool: 'list', kind: k('apps/v1', 'ReplicaSet'), namespace },
  { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace },
]

/** Who took the place of pods that were preempted: any pod of the cluster, then its owner. */
export const placeTakers: Queries = (snapshot, subjects) =>
  subjects.slice(0, 1).flatMap((subject): readonly Query[] => {
    if (preemptionsOf(snapshot, subject).length === 0) return []
    const known = preemptors(snapshot, subject)[0]
    return [
      { tool: 'list', kind: k('v1', 'Pod') },
      ...(known === undefined || known.pod.namespace === subject.namespace ? [] : owners(known.pod.namespace)),
    ]
  })

/** What filled a node that evicts its pods. */
export const nodeFillers: Queries = (snapshot, subjects) =>
  evicting(snapshot, subjects).flatMap((node): readonly Query[] => {
    const heavy = ['ephemeral-storage', 'memory'].flatMap((one) => heaviest(snapshot, node, one) ?? [])[0]
    return [
      { tool: 'list', kind: k('v1', 'Pod'), fieldSelector: `spec.nodeName=${node.name}` },
      ...(heavy === undefined ? [] : owners(heavy.pod.namespace)),
    ]
  })
const evicting = (snapshot: Snapshot, subjects: readonly Subject[]) => {
  const names = subjects
    .slice(0, 1)
    .flatMap((subject) =>
      subject.kind === 'Node'
        ? [subject.name]
        : subject.pods.flatMap(({ data }) => (data.status.reason === 'Evicted' ? (data.spec.nodeName ?? []) : [])),
    )
  return all(snapshot, nodes)
    .filter(({ name }) => names.includes(name))
    .slice(0, 1)
}

/** Devices that no node offers: the DaemonSet that should announce them, wherever it runs. */
export const deviceAgents: Queries = (snapshot, subjects) =>
  subjects.slice(0, 1).flatMap((subject): readonly Query[] => {
    const { requested, agents } = devicesRequested(snapshot, subject)
    if (requested.length === 0) return []
    return [
      { tool: 'list', kind: k('apps/v1', 'DaemonSet') },
      ...agents.slice(0, 2).flatMap(({ namespace }): readonly Query[] => [
        { tool: 'list', kind: k('v1', 'Pod'), namespace },
        { tool: 'list', kind: k('v1', 'Event'), namespace },
      ]),
    ]
  })
