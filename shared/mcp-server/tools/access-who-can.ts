import { z } from 'zod'
import { ownNamespace } from '../objects/all-objects.ts'
import { type Grant, whoCan } from '../objects/who-can.ts'
import { withinBytes } from '../server/bounds.ts'
import { defineTool, reads } from '../server/define-tool.ts'
import { clusterArguments } from '../targets/cluster-argument.ts'
import {
  clusterStatus,
  fanOut,
  fanOutArguments,
  missingFrom,
  problemLines,
  problemsOutput,
  tally,
} from '../targets/fan-out.ts'
import { clustersOf, inClusters } from '../targets/which-clusters.ts'

const MAX_BYTES = 8_000

export const accessWhoCan = defineTool({
  name: 'access_who_can',
  toolset: 'access',
  title: 'Access: Who Can',
  description:
    'Use when you need who may do something by roles and bindings (such as delete pods), or whether this server’s own account may.',
  input: {
    ...clusterArguments,
    ...fanOutArguments,
    verb: z.string().min(1).max(50).describe('Such as get, delete, create'),
    resource: z.string().min(1).max(200).describe('Plural, such as pods, pods/exec, deployments.apps'),
    namespace: z.string().max(253).optional().describe('Absent: any'),
  },
  output: {
    complete: z.boolean(),
    ...problemsOutput,
    counts: z.string(),
    subjects: z.array(
      z.object({
        subject: z.string(),
        where: z.string(),
        by: z.string(),
        names: z.string().optional(),
        clusters: z.array(z.string()),
      }),
    ),
    found: z.int(),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        status: clusterStatus,
        own: z.boolean().optional().describe('Whether this server’s own account may'),
        notSeen: z.array(z.string()).optional(),
        error: z.string().optional(),
      }),
    ),
  },
  effects: reads,
  run: async ({ verb, resource, namespace, timeout_seconds, ...args }, call) => {
    const { targets } = call
    const asked = { clusters: clustersOf(args, call), timeout_seconds }
    const results = await fanOut(targets, asked, call, (cluster, signal) =>
      whoCan(targets.at(cluster), { verb, resource, namespace, own: ownNamespace(targets.find(cluster)) }, signal),
    )
    // What all clusters grant alike is said once.
    const byGrant = new Map<string, Grant & { readonly clusters: string[] }>()
    for (const result of results) {
      if (result.status !== 'ok') continue
      for (const grant of result.value.grants) {
        const key = JSON.stringify(grant)
        const known = byGrant.get(key) ?? { ...grant, clusters: [] }
        byGrant.set(key, known)
        if (!known.clusters.includes(result.cluster)) known.clusters.push(result.cluster)
      }
    }
    const all = [...byGrant.values()]
    const subjects = withinBytes(all, MAX_BYTES)
    const clusters = results.map((result) => {
      const { cluster, status } = result
      if (result.status !== 'ok') return { cluster, status, error: result.error.slice(0, 300) }
      const { own, notSeen } = result.value
      return { cluster, status, own, ...(notSeen.length === 0 ? {} : { notSeen: [...notSeen] }) }
    })
    const missing = missingFrom(targets, asked)
    const seen = clusters.every((one) => one.status === 'ok' && !('notSeen' in one))
    return {
      structured: {
        complete: seen && subjects.length === all.length && missing.problems === undefined,
        ...missing,
        counts: tally(results),
        subjects,
        found: all.length,
        clusters,
      },
      text: (answer) => {
        const asking = answer.clusters.filter(({ own }) => own !== undefined)
        const may = asking.flatMap(({ cluster, own }) => (own ? [cluster] : []))
        const only = asking.length === 1 ? asking[0] : undefined
        const self =
          only === undefined
            ? `may${may.length === 0 ? ' nowhere' : inClusters(may, asking.length)}`
            : only.own
              ? 'may'
              : 'may not'
        return [
          `# Who can ${verb} ${resource}${namespace ? ` in namespace ${namespace}` : ''} in ${only?.cluster ?? `${answer.clusters.length} clusters (${answer.counts})`}: ${answer.found} by roles${answer.subjects.length < answer.found ? `, ${answer.subjects.length} shown` : ''}`,
          ...(asking.length === 0
            ? []
            : [`This server's own account ${self}${namespace ? '' : ', asked for all namespaces'}.`]),
          ...problemLines(answer),
          ...answer.clusters.flatMap(({ cluster, error, notSeen = [] }) => [
            ...(error === undefined ? [] : [`! ${cluster}: unknown, ${error}`]),
            ...(notSeen.length === 0 ? [] : [`! ${cluster}: not seen: ${notSeen.join('; ')}`]),
          ]),
          ...answer.subjects.map(
            (one) =>
              `${one.subject}  ${one.where}  ${one.by}${one.names === undefined ? '' : `  only ${one.names}`}${inClusters(one.clusters, answer.clusters.length)}`,
          ),
        ].join('\n')
      },
    }
  },
})
