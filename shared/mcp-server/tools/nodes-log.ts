import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { conditionShape, nodeView, REFUSED } from '../objects/node-view.ts'
import { defineTool, reads, type ToolContext } from '../server/define-tool.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const text = z.string().catch('')
const NodeEvent = z.looseObject({
  type: text,
  reason: text,
  message: text,
  lastTimestamp: text,
  count: z.number().catch(1),
})
const MAX_EVENTS = 30

async function eventsOf(api: ClusterApi, name: string, { signal, redact }: Pick<ToolContext, 'signal' | 'redact'>) {
  const fieldSelector = `involvedObject.kind=Node,involvedObject.name=${name}`
  const { items } = await api.list({ apiVersion: 'v1', kind: 'Event' }, { limit: 200, fieldSelector }, signal)
  return items
    .map((item) => NodeEvent.parse(redact.object(item)))
    .sort((a, b) => (a.lastTimestamp < b.lastTimestamp ? 1 : -1))
    .slice(0, MAX_EVENTS)
    .map(({ type, reason, message, lastTimestamp, count }) => ({
      type,
      reason,
      message: message.slice(0, 300),
      lastSeen: lastTimestamp,
      count,
    }))
}

export const nodesLog = defineTool({
  name: 'nodes_log',
  toolset: 'nodes',
  listed: false,
  title: 'Node: Log',
  description:
    'Use when you wonder what a node has to say. Its log files themselves cannot be read here (that needs nodes/proxy); the answer is what the kubelet has reported: conditions and events of the node.',
  input: {
    ...clusterArguments,
    name: z.string().min(1).max(253).describe('Name of the node'),
    query: z.string().min(1).max(253).describe("Such as 'kubelet'; kept for callers of other servers"),
    tailLines: z.int().min(0).max(5_000).default(100).describe('Kept for callers of other servers'),
  },
  output: {
    cluster: z.string(),
    node: z.string(),
    available: z.literal(false).describe('The log itself is not shown'),
    reason: z.string(),
    conditions: z.array(conditionShape),
    events: z.array(
      z.object({
        type: z.string(),
        reason: z.string(),
        message: z.string(),
        lastSeen: z.string(),
        count: z.number(),
      }),
    ),
  },
  effects: reads,
  run: async ({ name, query: _, tailLines: __, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const [{ conditions }, events] = await Promise.all([nodeView(target, api, name, call), eventsOf(api, name, call)])
    return {
      structured: {
        cluster: target.name,
        node: name,
        available: false as const,
        reason: REFUSED,
        conditions,
        events,
      },
      text: (answer) =>
        [
          `# The log of node ${answer.node} in cluster ${answer.cluster} is not shown`,
          answer.reason,
          '',
          'What its kubelet has reported:',
          ...answer.conditions.map((one) => `${one.type}=${one.status}  ${one.reason}  ${one.message}`),
          ...answer.events.map((one) => `${one.lastSeen}  ${one.type}  ${one.reason} ×${one.count}  ${one.message}`),
          ...(answer.events.length === 0
            ? ['No events of this node are kept (clusters forget them after an hour).']
            : []),
        ].join('\n'),
    }
  },
})
