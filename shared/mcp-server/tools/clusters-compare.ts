import { z } from 'zod'
import { compareObjects, MAX_OBJECTS } from '../objects/compare-objects.ts'
import { selectorArguments } from '../objects/list-objects.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import {
  clusterStatus,
  fanOut,
  fanOutArguments,
  missingFrom,
  problemLines,
  problemsOutput,
  tally,
} from '../targets/fan-out.ts'

export const clustersCompare = defineTool({
  name: 'clusters_compare',
  toolset: 'clusters',
  title: 'Clusters: Compare',
  description:
    'Use when something works in one cluster and not in another, or to compare versions: where the objects of one kind drift apart (missing, other image, replicas, setting). Status, uid and times are left out.',
  input: {
    apiVersion: z.string().min(1).max(253).describe('Such as apps/v1'),
    kind: z.string().min(1).max(100).describe('Such as Deployment'),
    namespace: z.string().max(253).optional().describe('Absent: all'),
    name: z.string().max(253).optional().describe('Absent: all'),
    labelSelector: selectorArguments.labelSelector,
    ...fanOutArguments,
  },
  output: {
    complete: z.boolean().describe('False: a cluster has not answered, or there is more than is shown'),
    ...problemsOutput,
    counts: z.string(),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        status: clusterStatus,
        objects: z.int().optional(),
        error: z.string().optional(),
      }),
    ),
    compared: z.int().describe('Objects, by namespace and name'),
    same: z.int(),
    drift: z.array(
      z.object({
        object: z.string(),
        missingIn: z.array(z.string()).optional(),
        differences: z
          .array(z.object({ path: z.string(), values: z.array(z.object({ clusters: z.string(), value: z.string() })) }))
          .optional(),
        more: z.int().optional().describe('So many further differences of this object'),
      }),
    ),
    notShown: z.int().describe('So many further objects differ'),
  },
  effects: reads,
  run: async ({ apiVersion, kind, namespace, name, labelSelector, ...asked }, { targets, signal, redact }) => {
    const results = await fanOut(targets, asked, { signal, redact }, (cluster, until) =>
      targets.at(cluster).list(
        { apiVersion, kind },
        {
          limit: MAX_OBJECTS,
          ...(namespace ? { namespace } : {}),
          ...(labelSelector ? { labelSelector } : {}),
          ...(name ? { fieldSelector: `metadata.name=${name}` } : {}),
        },
        until,
      ),
    )
    // Redacted first: equal secrets stay equal, and nothing else of them enters the comparison.
    const snapshots = results.flatMap((result) =>
      result.status === 'ok'
        ? [{ cluster: result.cluster, objects: result.value.items.map((item) => redact.object(item)) }]
        : [],
    )
    const cut = results.some((result) => result.status === 'ok' && result.value.continueToken !== undefined)
    const found = compareObjects(snapshots)
    const missing = missingFrom(targets, asked)
    const whole = results.every(({ status }) => status === 'ok') && missing.problems === undefined
    return {
      structured: {
        complete: whole && !cut && found.notShown === 0,
        ...missing,
        counts: tally(results),
        clusters: results.map((result) => {
          const { cluster, status } = result
          if (result.status === 'ok') return { cluster, status, objects: result.value.items.length }
          return { cluster, status, error: result.error.slice(0, 300) }
        }),
        ...found,
      },
      text: (answer) => {
        const head = `# ${kind} in ${answer.clusters.length} clusters (${answer.counts}): ${answer.compared} compared, ${answer.same} the same everywhere`
        const unknown = answer.clusters.filter(({ status }) => status !== 'ok')
        const drift = answer.drift.map(({ object, missingIn = [], differences = [], more }) =>
          [
            `\n## ${object}`,
            ...(missingIn.length === 0 ? [] : [`missing in ${missingIn.join(', ')}`]),
            ...differences.map(
              ({ path, values }) => `${path}: ${values.map((one) => `${one.value} (${one.clusters})`).join(' | ')}`,
            ),
            ...(more === undefined ? [] : [`and ${more} more differences`]),
          ].join('\n'),
        )
        return [
          head,
          ...problemLines(answer),
          ...unknown.map(({ cluster, status, error }) => `${cluster} is not in it: ${status}, ${error}`),
          ...(cut ? [`Only the first ${MAX_OBJECTS} objects of a cluster are compared: name a namespace.`] : []),
          ...drift,
          ...(answer.notShown === 0 ? [] : [`\n${answer.notShown} further objects differ.`]),
        ].join('\n')
      },
    }
  },
})
