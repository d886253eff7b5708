import { z } from 'zod'
import { ageText } from '../objects/age-text.ts'
import { ownNamespace } from '../objects/all-objects.ts'
import { recentChanges } from '../objects/recent-changes.ts'
import { withinBytes } from '../server/bounds.ts'
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

/** The newest of ten clusters; who wants all asks with a limit. */
const USUAL_BYTES = 6_000
const MAX_BYTES = 24_000

export const changesList = defineTool({
  name: 'changes_list',
  toolset: 'diagnose',
  title: 'Changes: List',
  description:
    'Use when you need what changed lately, in all clusters or some: rollouts and what they changed, created, deleted, scaled, edited, by which program, the newest first.',
  input: {
    ...fanOutArguments,
    namespace: z.string().max(253).optional().describe('Absent: all'),
    since_seconds: z.int().min(1).max(2_592_000).default(3_600),
    name: z.string().max(253).optional().describe('Only of objects of this name'),
    limit: z.int().min(1).max(500).optional().describe('Absent: the newest that fit a short answer'),
  },
  output: {
    complete: z.boolean().describe('False: of some cluster or kind nothing is known, or there are more'),
    ...problemsOutput,
    counts: z.string(),
    since: z.string(),
    found: z.int(),
    changes: z.array(
      z.object({
        at: z.string(),
        cluster: z.string(),
        what: z.enum(['rollout', 'created', 'deleted', 'gone', 'scaled', 'changed']),
        object: z.string(),
        by: z.string().describe('The program that wrote it; who used it stands in the audit log of the cluster'),
        detail: z.string(),
      }),
    ),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        status: clusterStatus,
        error: z.string().optional(),
        notSeen: z.array(z.string()).optional(),
      }),
    ),
  },
  effects: reads,
  run: async ({ namespace, since_seconds, name, limit, ...asked }, call) => {
    const { targets, redact, now } = call
    const since = `${new Date(now().getTime() - since_seconds * 1000).toISOString().slice(0, 19)}Z`
    const results = await fanOut(targets, asked, call, (cluster, signal) =>
      recentChanges(
        targets.at(cluster),
        { namespace: namespace || undefined, own: ownNamespace(targets.find(cluster)), since },
        redact,
        signal,
      ),
    )
    const all = results
      .flatMap((result) =>
        result.status === 'ok'
          ? result.value.changes.map(({ at, ...change }) => ({ at, cluster: result.cluster, ...change }))
          : [],
      )
      .filter(({ object }) => name === undefined || object.endsWith(`/${name}`) || object.endsWith(` ${name}`))
      .toSorted((a, b) => b.at.localeCompare(a.at))
    const changes = withinBytes(all.slice(0, limit), limit === undefined ? USUAL_BYTES : MAX_BYTES)
    const clusters = results.map((result) => {
      const { cluster, status } = result
      if (result.status !== 'ok') return { cluster, status, error: result.error.slice(0, 300) }
      const { notSeen } = result.value
      return { cluster, status, ...(notSeen.length === 0 ? {} : { notSeen: notSeen.slice(0, 20) }) }
    })
    const missing = missingFrom(targets, asked)
    const seen = clusters.every((one) => one.status === 'ok' && !('notSeen' in one))
    return {
      structured: {
        complete: seen && changes.length === all.length && missing.problems === undefined,
        ...missing,
        counts: tally(results),
        since,
        found: all.length,
        changes,
        clusters,
      },
      text: (answer) =>
        [
          `# ${answer.found} changes since ${answer.since}${namespace ? ` in namespace ${namespace}` : ''} in ${answer.clusters.length} clusters (${answer.counts})${answer.changes.length < answer.found ? `, the newest ${answer.changes.length} shown` : ''}`,
          ...problemLines(answer),
          ...answer.clusters.flatMap(({ cluster, error, notSeen = [] }) => [
            ...(error === undefined ? [] : [`! ${cluster}: unknown, ${error}`]),
            ...(notSeen.length === 0 ? [] : [`! ${cluster}: not seen: ${notSeen.join('; ')}`]),
          ]),
          ...answer.changes.map(
            ({ at, cluster, what, object, by, detail }) =>
              `${ageText(Date.parse(at), now())}  ${cluster}  ${what}  ${object}${by === '' ? '' : `  by ${by}`}${detail === '' ? '' : `  ${detail}`}`,
          ),
          ...(answer.changes.some(({ by }) => by !== '')
            ? ['By names programs; which person used one stands in the audit log of the cluster only.']
            : []),
        ].join('\n'),
    }
  },
})
