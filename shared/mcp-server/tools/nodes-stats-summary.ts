import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { errorText } from '../../runtime/errors.ts'
import { conditionShape, nodeView, REFUSED } from '../objects/node-view.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { measured, sum, type Usage, usageOf, usageShape } from '../server/usage.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const resources = z.looseObject({ cpu: z.unknown().optional(), memory: z.unknown().optional() }).catch({})
const Pod = z.looseObject({
  spec: z.looseObject({
    containers: z
      .array(
        z.looseObject({
          resources: z.looseObject({ requests: resources, limits: resources }).catch({ requests: {}, limits: {} }),
        }),
      )
      .catch([]),
  }),
  status: z.looseObject({ phase: z.string().catch('') }).catch({ phase: '' }),
})
const usage = z.object(usageShape)

/** What the scheduler has given away, of pods that still run. */
function given(pods: readonly KubeObject[], what: 'requests' | 'limits'): Usage {
  return sum(
    pods.flatMap((item) => {
      const { spec, status } = Pod.parse(item)
      if (status.phase === 'Succeeded' || status.phase === 'Failed') return []
      return spec.containers.map((container) => usageOf(container.resources[what]))
    }),
  )
}

export const nodesStatsSummary = defineTool({
  name: 'nodes_stats_summary',
  toolset: 'nodes',
  listed: false,
  title: 'Node: Stats Summary',
  description:
    'Use when you need how loaded one node is: use, requests and limits against what it has, its pods and conditions. From the metrics API and the API server; the kubelet itself is not asked.',
  input: { ...clusterArguments, name: z.string().min(1).max(253).describe('Name of the node') },
  output: {
    cluster: z.string(),
    node: z.string(),
    allocatable: usage,
    used: usage.optional(),
    requested: usage,
    limits: usage,
    pods: z.int(),
    conditions: z.array(conditionShape),
    unknown: z.array(z.string()).describe('What cannot be said, and why'),
    complete: z.literal(false),
  },
  effects: reads,
  run: async ({ name, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const onNode = { limit: 500, fieldSelector: `spec.nodeName=${name}` }
    const [snapshot, pods, use] = await Promise.all([
      nodeView(target, api, name, call),
      api.list({ apiVersion: 'v1', kind: 'Pod' }, onNode, call.signal),
      measured(target.name, api, 'NodeMetrics', {}, call.signal).catch((error: unknown) => errorText(error)),
    ])
    const found = typeof use === 'string' ? undefined : use.all.find((one) => one.name === name)
    const unknown = [
      `file systems, network, pressure stall and each container’s share: ${REFUSED}`,
      ...(found === undefined ? [`use: ${typeof use === 'string' ? use : 'this node has not been measured'}`] : []),
      ...(pods.continueToken === undefined ? [] : ['requests and limits of pods beyond the first 500']),
    ]
    return {
      structured: {
        cluster: target.name,
        node: name,
        allocatable: usageOf(snapshot.allocatable),
        ...(found === undefined ? {} : { used: { ...found.used } }),
        requested: given(pods.items, 'requests'),
        limits: given(pods.items, 'limits'),
        pods: pods.items.length,
        conditions: snapshot.conditions,
        unknown,
        complete: false as const,
      },
      text: (answer) => {
        const line = (what: string, one: Usage) => `${what}: ${one.cpuMillicores}m CPU, ${one.memoryMiB}Mi memory`
        return [
          `# Node ${answer.node} in cluster ${answer.cluster}, ${answer.pods} pods`,
          line('allocatable', answer.allocatable),
          ...(answer.used === undefined ? [] : [line('used', answer.used)]),
          line('requested', answer.requested),
          line('limits', answer.limits),
          ...answer.conditions.map((one) => `${one.type}=${one.status}  ${one.reason}  ${one.message}`),
          ...answer.unknown.map((what) => `Unknown: ${what}`),
        ].join('\n')
      },
    }
  },
})
