import { quantity } from '../snapshot/quantity.ts'
import { holds, matchesLabels } from '../snapshot/selectors.ts'
import type { PodSpec, Toleration } from '../snapshot/shapes.ts'
import type { Node, Taint } from '../snapshot/shapes-around.ts'
import type { Seen } from '../snapshot/snapshot.ts'

export type Need = Readonly<Record<string, { readonly amount: number; readonly text: string }>>

/** What a pod requests: the sum of its containers; a limit without a request counts as one. */
export function needOf(spec: PodSpec): Need {
  const need: Record<string, { amount: number; text: string }> = {}
  for (const { resources } of spec.containers) {
    for (const [resource, text] of Object.entries({ ...resources.limits, ...resources.requests })) {
      const amount = quantity(text)
      if (Number.isNaN(amount)) continue
      const before = need[resource]
      need[resource] = {
        amount: (before?.amount ?? 0) + amount,
        text: before === undefined ? text : `${before.text} + ${text}`,
      }
    }
  }
  return need
}

/** Which of these even an empty node does not have enough of. */
export const lacking = (node: Seen<Node> | undefined, need: Need): readonly string[] => {
  const has = node?.data.status.allocatable ?? {}
  // A snapshot without sizes proves nothing.
  if (Object.keys(has).length === 0) return []
  return Object.entries(need).flatMap(([resource, { amount }]) =>
    amount > (quantity(has[resource]) || 0) ? [resource] : [],
  )
}

/** Nodes that nodeSelector and required node affinity allow. */
export const selectable = (nodes: readonly Seen<Node>[], spec: PodSpec): readonly Seen<Node>[] => {
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  return nodes.filter(({ object }) => {
    const labels = { 'kubernetes.io/hostname': object.metadata.name, ...object.metadata.labels }
    if (!matchesLabels(spec.nodeSelector, labels)) return false
    return (
      terms.length === 0 || terms.some(({ matchExpressions }) => matchExpressions.every((one) => holds(one, labels)))
    )
  })
}

/** `cordoned`, or the first taint that the pod does not tolerate, as kubectl writes it. */
export function closedBy(node: Seen<Node>, spec: PodSpec): string | undefined {
  const hard = node.data.spec.taints.filter(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute')
  const open = hard.filter((taint) => !spec.tolerations.some((one) => tolerates(one, taint)))
  if (
    node.data.spec.unschedulable === true &&
    !spec.tolerations.some((one) =>
      tolerates(one, {
        key: 'node.kubernetes.io/unschedulable',
        effect: 'NoSchedule',
        value: undefined,
        timeAdded: undefined,
      }),
    )
  )
    return 'cordoned'
  const first = open[0]
  return first === undefined
    ? undefined
    : `${first.key}${first.value === undefined || first.value === '' ? '' : `=${first.value}`}:${first.effect}`
}

function tolerates(one: Toleration, taint: Taint): boolean {
  if (one.effect !== undefined && one.effect !== '' && one.effect !== taint.effect) return false
  if (one.key === undefined || one.key === '') return one.operator === 'Exists'
  if (one.key !== taint.key) return false
  return one.operator === 'Exists' || (one.value ?? '') === (taint.value ?? '')
}
