import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { ToolContext } from '../server/define-tool.ts'
import type { Target } from '../targets/target.ts'

/** Why a node itself is never asked. */
export const REFUSED =
  'Node logs and the kubelet’s own statistics go through nodes/proxy, a right with which commands can be run in every pod of the node. This server never uses it.'

export const conditionShape = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string(),
  message: z.string(),
})
const text = z.string().catch('')
const Node = z.looseObject({
  spec: z.looseObject({ unschedulable: z.boolean().catch(false) }).catch({ unschedulable: false }),
  status: z
    .looseObject({
      conditions: z.array(z.looseObject({ type: text, status: text, reason: text, message: text })).catch([]),
      allocatable: z
        .looseObject({ cpu: z.unknown().optional(), memory: z.unknown().optional(), pods: z.unknown().optional() })
        .catch({}),
      nodeInfo: z.looseObject({ kubeletVersion: text, kernelVersion: text, osImage: text }).optional().catch(undefined),
    })
    .catch({ conditions: [], allocatable: {} }),
})

/** What the API server knows of a node. */
export async function nodeView(
  target: Target,
  api: ClusterApi,
  name: string,
  call: Pick<ToolContext, 'signal' | 'redact'>,
) {
  const object = await api.get({ apiVersion: 'v1', kind: 'Node' }, name, undefined, call.signal)
  if (object === undefined) throw new GiveUp(`Cluster "${target.name}" has no Node "${name}".`)
  const { spec, status } = Node.parse(call.redact.object(object))
  return {
    allocatable: status.allocatable,
    unschedulable: spec.unschedulable,
    conditions: status.conditions.slice(0, 20).map(({ type, status: is, reason, message }) => ({
      type,
      status: is,
      reason,
      message: message.slice(0, 300),
    })),
  }
}
