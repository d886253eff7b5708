import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { ClusterApiError } from '../../kubernetes/cluster-api.ts'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { credentialText, DescribedCredential, describeCredential } from '../server/given-credential.ts'
import { clusterArguments, nameOf } from '../targets/cluster-argument.ts'
import {
  clusterStatus,
  fanOut,
  fanOutArguments,
  missingFrom,
  problemLines,
  problemsOutput,
  tally,
} from '../targets/fan-out.ts'

const Row = z.object({
  cluster: z.string(),
  status: clusterStatus,
  milliseconds: z.int(),
  version: z.string().optional(),
  nodes: z.object({ ready: z.int(), all: z.int() }).optional(),
  limited: z.string().optional().describe('It answers, and not all of it may be seen'),
  error: z.string().optional(),
  credential: DescribedCredential.optional(),
})
const Node = z.looseObject({
  status: z.looseObject({ conditions: z.array(z.looseObject({ type: z.string(), status: z.string() })).catch([]) }),
})
/** One page: a cluster beyond that is told by its first 500 nodes. */
const MAX_NODES = 500

/** With its lines of text the answer stays within 32 KiB for some hundred clusters; more are counted. */
const MAX_BYTES = 20_000

async function probe(api: ClusterApi, signal: AbortSignal) {
  const version = await api.version(signal)
  try {
    const { items } = await api.list({ apiVersion: 'v1', kind: 'Node' }, { limit: MAX_NODES }, signal)
    const ready = items.filter((item) =>
      Node.safeParse(item).data?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    )
    return { version, nodes: { ready: ready.length, all: items.length } }
  } catch (error) {
    // Many credentials may not see nodes; the cluster answers all the same.
    if (error instanceof ClusterApiError && error.status === 403)
      return { version, limited: 'its account may not list nodes' }
    throw error
  }
}

export const clustersStatus = defineTool({
  name: 'clusters_status',
  toolset: 'clusters',
  title: 'Clusters: Status',
  description:
    'Use when you need to know which clusters answer, with what version, how many nodes are ready, and when their credentials run out.',
  input: { ...clusterArguments, ...fanOutArguments },
  output: {
    complete: z.boolean().describe('False: of some clusters nothing is known'),
    ...problemsOutput,
    counts: z.string(),
    clusters: z.array(Row).describe('Those that are not ok first'),
    notShown: z.int().describe('So many further ones are counted only'),
  },
  effects: reads,
  run: async ({ clusters, timeout_seconds, ...named }, { targets, signal, now, redact }) => {
    const one = nameOf(named)
    const asked = { clusters: one === undefined ? clusters : [...(clusters ?? []), one], timeout_seconds }
    const results = await fanOut(targets, asked, { signal, redact }, (name, until) => probe(targets.at(name), until))
    const rows = results.map((result) => {
      const { cluster, status, milliseconds } = result
      const credential = describeCredential(() => targets.at(cluster), now())
      const known = result.status === 'ok' ? result.value : { error: result.error.slice(0, 300) }
      return { cluster, status, milliseconds, ...known, ...(credential === undefined ? {} : { credential }) }
    })
    const sorted = [...rows.filter(({ status }) => status !== 'ok'), ...rows.filter(({ status }) => status === 'ok')]
    const shown = withinBytes(sorted, MAX_BYTES)
    const missing = missingFrom(targets, asked)
    return {
      structured: {
        complete: rows.every(({ status }) => status === 'ok') && missing.problems === undefined,
        ...missing,
        counts: tally(rows),
        clusters: shown,
        notShown: rows.length - shown.length,
      },
      text: ({ clusters: all, counts, complete, notShown, problems }) =>
        [
          `# Status of ${all.length + notShown} clusters: ${counts}`,
          ...(complete ? [] : ['Of those that are not ok nothing is known: that is not the same as healthy.']),
          ...problemLines({ problems }),
          '',
          ...all.map(lineOf),
          ...(notShown === 0 ? [] : [`and ${notShown} more`]),
        ].join('\n'),
    }
  },
})

function lineOf({ cluster, status, version, nodes, limited, error, credential }: z.infer<typeof Row>): string {
  const parts = [
    version ?? error?.replace(/\s+/g, ' ').slice(0, 160),
    nodes === undefined ? undefined : `${nodes.ready}/${nodes.all} nodes ready`,
    limited,
    credentialText(credential),
  ].filter((part) => part !== undefined)
  return `${cluster}  ${status}  ${parts.join('  ')}`
}
