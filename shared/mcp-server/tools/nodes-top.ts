import { z } from 'zod'
import { ageText } from '../objects/age-text.ts'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { measured, usageOf, usageShape } from '../server/usage.ts'
import { clusterArguments, clusterOf } from '../targets/cluster-argument.ts'

const Node = z.looseObject({
  status: z
    .looseObject({ allocatable: z.looseObject({ cpu: z.unknown(), memory: z.unknown() }).optional() })
    .optional(),
})
const MAX_BYTES = 20_000
const percent = (used: number, of: number) => (of === 0 ? undefined : Math.round((100 * used) / of))

export const nodesTop = defineTool({
  name: 'nodes_top',
  toolset: 'metrics',
  title: 'Nodes: Top',
  description: 'Use when you need how much CPU and memory nodes use now, of what they have.',
  input: {
    ...clusterArguments,
    name: z.string().max(253).optional().describe('Only this node'),
    label_selector: z.string().max(2_000).optional().describe("Such as 'node-role.kubernetes.io/worker='"),
  },
  output: {
    cluster: z.string(),
    nodes: z.array(
      z.object({
        name: z.string(),
        ...usageShape,
        cpuPercent: z.int().optional(),
        memoryPercent: z.int().optional(),
        measuredAt: z.string().optional(),
      }),
    ),
    notMeasured: z.array(z.string()).describe('Nodes of which nothing is known'),
    complete: z.boolean(),
  },
  effects: reads,
  run: async ({ name, label_selector, ...args }, call) => {
    const { target, api } = clusterOf(call, args)
    const query = label_selector === undefined ? {} : { labelSelector: label_selector }
    const [{ all, cut }, nodes] = await Promise.all([
      measured(target.name, api, 'NodeMetrics', query, call.signal),
      api.list({ apiVersion: 'v1', kind: 'Node' }, { ...query, limit: 500 }, call.signal),
    ])
    const requested = (one: string) => name === undefined || one === name
    const has = new Map(
      nodes.items.map((item) => [item.metadata.name, usageOf(Node.parse(item).status?.allocatable ?? {})]),
    )
    const rows = all
      .filter((one) => requested(one.name))
      .map((one) => ({
        name: one.name,
        ...one.used,
        ...defined({
          cpuPercent: percent(one.used.cpuMillicores, has.get(one.name)?.cpuMillicores ?? 0),
          memoryPercent: percent(one.used.memoryMiB, has.get(one.name)?.memoryMiB ?? 0),
        }),
        measuredAt: one.measuredAt,
      }))
    const shown = withinBytes(rows, MAX_BYTES)
    const notMeasured = [...has.keys()].filter((one) => requested(one) && !rows.some((row) => row.name === one))
    return {
      structured: {
        cluster: target.name,
        nodes: shown,
        notMeasured: notMeasured.slice(0, 50),
        complete: !cut && shown.length === rows.length && notMeasured.length === 0,
      },
      text: (answer) =>
        [
          `# Usage of nodes in cluster ${answer.cluster}: metrics of ${answer.nodes.length} of ${answer.nodes.length + answer.notMeasured.length} nodes`,
          ...answer.nodes.map(
            (node) =>
              `${node.name}  ${node.cpuMillicores}m (${node.cpuPercent ?? '?'}%)  ${node.memoryMiB}Mi (${node.memoryPercent ?? '?'}%)${oldMeasure(node.measuredAt, call.now())}`,
          ),
          ...(answer.notMeasured.length === 0 ? [] : [`Not measured, so unknown: ${answer.notMeasured.join(', ')}`]),
        ].join('\n'),
    }
  },
})

/** Half a minute is usual, and longer than some means that nobody measures any more. */
const OLD_MS = 180_000
function oldMeasure(at: string | undefined, now: Date): string {
  const time = Date.parse(at ?? '')
  return now.getTime() - time > OLD_MS ? `  measured ${ageText(time, now)} ago` : ''
}

const defined = (values: { readonly cpuPercent: number | undefined; readonly memoryPercent: number | undefined }) => ({
  ...(values.cpuPercent === undefined ? {} : { cpuPercent: values.cpuPercent }),
  ...(values.memoryPercent === undefined ? {} : { memoryPercent: values.memoryPercent }),
})
