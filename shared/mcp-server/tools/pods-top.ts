import { z } from 'zod'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { measured, usageShape } from '../server/usage.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

/** With its lines of text the answer stays within 32 KiB. */
const MAX_BYTES = 20_000

export const podsTop = defineTool({
  name: 'pods_top',
  toolset: 'metrics',
  title: 'Pods: Top',
  description: 'Use when you need how much CPU and memory pods use now, the largest first.',
  input: {
    ...clusterArguments,
    all_namespaces: z.boolean().default(true).describe('Unless namespace is given'),
    namespace: z.string().max(253).optional().describe('Absent and all_namespaces false: the configured one'),
    name: z.string().max(253).optional().describe('Only this pod'),
    label_selector: z.string().max(2_000).optional().describe("Such as 'app=web'"),
  },
  output: {
    cluster: z.string(),
    namespace: z.string().describe('Empty: all namespaces'),
    pods: z.array(
      z.object({
        namespace: z.string(),
        name: z.string(),
        ...usageShape,
        measuredAt: z.string(),
        containers: z.array(z.object({ name: z.string(), ...usageShape })),
      }),
    ),
    complete: z.boolean(),
    notShown: z.int(),
  },
  effects: reads,
  run: async ({ all_namespaces, namespace, name, label_selector, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const where = namespace ?? (all_namespaces && name === undefined ? '' : target.namespace)
    const query = {
      ...(where ? { namespace: where } : {}),
      ...(label_selector ? { labelSelector: label_selector } : {}),
    }
    const { all, cut } = await measured(target.name, api, 'PodMetrics', query, call.signal)
    const pods = all
      .filter((pod) => name === undefined || pod.name === name)
      .map(({ used, containers, ...pod }) => ({ ...pod, ...used, containers: [...containers] }))
      .sort((a, b) => b.memoryMiB - a.memoryMiB || b.cpuMillicores - a.cpuMillicores)
    const shown = withinBytes(pods, MAX_BYTES)
    const notShown = pods.length - shown.length
    return {
      structured: { cluster: target.name, namespace: where, pods: shown, complete: !cut && notShown === 0, notShown },
      text: (answer) =>
        [
          `# Usage of pods in cluster ${answer.cluster}${where === '' ? ', all namespaces' : `, namespace ${where}`}`,
          ...(answer.pods.length === 0 ? ['No measurements: a pod that has just started has none yet.'] : []),
          ...answer.pods.map((pod) => `${pod.namespace}/${pod.name}  ${pod.cpuMillicores}m  ${pod.memoryMiB}Mi`),
          ...(answer.complete ? [] : [`Not complete: ${answer.notShown} more pods. Name a namespace or a selector.`]),
        ].join('\n'),
    }
  },
})
