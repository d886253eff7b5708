import { z } from 'zod'
import { ownNamespace } from '../objects/all-objects.ts'
import { certificatesOf } from '../objects/certificates.ts'
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
import { inClusters } from '../targets/which-clusters.ts'

const MAX_BYTES = 8_000
const DAY_MS = 86_400_000

const Row = z.object({
  where: z.string(),
  expires: z.string().optional().describe('Absent: not known'),
  days: z.int().optional().describe('Left; negative: expired'),
  detail: z.string(),
  problem: z.string().optional(),
  clusters: z.array(z.string()),
})

export const certificatesList = defineTool({
  name: 'certificates_list',
  toolset: 'diagnose',
  title: 'Certificates: List',
  description:
    'Use when you need which certificates expire soon or fail, in all clusters or some: cert-manager, signing requests, caBundles, the API server, CAs. Never reads Secrets; names what it could not see.',
  input: {
    ...fanOutArguments,
    namespace: z.string().max(253).optional().describe('Absent: all'),
    within_days: z.int().min(0).max(36_500).default(30),
  },
  output: {
    complete: z.boolean().describe('False: of some cluster, kind or certificate nothing is known'),
    ...problemsOutput,
    counts: z.string(),
    found: z.int().describe('Certificates whose end is known'),
    certificates: z.array(Row).describe('Expired, soon to expire or failing; the first to end first'),
    later: z.int().describe('So many others end later'),
    nextLater: z.string().optional().describe('When the first of those ends'),
    unknown: z.array(Row).describe('Used, and their end could not be seen'),
    notShown: z.int(),
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
  run: async ({ namespace, within_days, ...asked }, call) => {
    const { targets, now } = call
    const results = await fanOut(targets, asked, call, (cluster, signal) =>
      certificatesOf(
        targets.at(cluster),
        { namespace: namespace || undefined, own: ownNamespace(targets.find(cluster)) },
        { signal, redact: call.redact },
      ),
    )
    const at = now().getTime()
    // What several clusters share, such as one issuer's CA, is said once.
    const rows = new Map<string, z.infer<typeof Row>>()
    for (const result of results) {
      if (result.status !== 'ok') continue
      for (const one of result.value.certificates) {
        const key = JSON.stringify(one)
        const days = one.expires === undefined ? undefined : Math.floor((Date.parse(one.expires) - at) / DAY_MS)
        const known = rows.get(key) ?? { ...one, ...(days === undefined ? {} : { days }), clusters: [] }
        rows.set(key, known)
        if (!known.clusters.includes(result.cluster)) known.clusters.push(result.cluster)
      }
    }
    const all = [...rows.values()]
    const known = all
      .filter(({ expires }) => expires !== undefined)
      .toSorted((a, b) => (a.expires ?? '').localeCompare(b.expires ?? ''))
    const soon = [
      ...all.filter(({ expires, problem }) => expires === undefined && problem !== undefined),
      ...known.filter(({ days = 0, problem }) => days < within_days || problem !== undefined),
    ]
    const later = known.filter((one) => !soon.includes(one))
    const hidden = all.filter((one) => one.expires === undefined && one.problem === undefined)
    const certificates = withinBytes(soon, MAX_BYTES)
    const unknown = withinBytes(hidden, MAX_BYTES / 4)
    const notShown = soon.length - certificates.length + hidden.length - unknown.length
    const clusters = results.map((result) => {
      const { cluster, status } = result
      if (result.status !== 'ok') return { cluster, status, error: result.error.slice(0, 300) }
      const { notSeen } = result.value
      return { cluster, status, ...(notSeen.length === 0 ? {} : { notSeen: notSeen.slice(0, 20) }) }
    })
    const missing = missingFrom(targets, asked)
    const seen = clusters.every((one) => one.status === 'ok' && !('notSeen' in one))
    const nextLater = later[0]?.expires
    return {
      structured: {
        complete: seen && hidden.length === 0 && notShown === 0 && missing.problems === undefined,
        ...missing,
        counts: tally(results),
        found: known.length,
        certificates,
        later: later.length,
        ...(nextLater === undefined ? {} : { nextLater }),
        unknown,
        notShown,
        clusters,
      },
      text: (answer) => {
        const line = ({ where, expires, days, detail, problem, clusters: of }: z.infer<typeof Row>) =>
          `${expires === undefined ? 'end unknown' : `${(days ?? 0) < 0 ? 'EXPIRED' : 'expires'} ${expires} (${days}d)`}  ${where}: ${detail}${problem === undefined ? '' : `  ${problem}`}${of.length === 1 && answer.clusters.length > 1 ? `  in ${of[0]}` : inClusters(of, answer.clusters.length)}`
        return [
          `# ${soon.length} certificates expire within ${within_days} days or fail${answer.certificates.length < soon.length ? `, ${answer.certificates.length} shown` : ''}, in ${answer.clusters.length} clusters (${answer.counts}); ${answer.later} end later${answer.nextLater === undefined ? '' : `, the first ${answer.nextLater}`}`,
          ...problemLines(answer),
          ...answer.clusters.flatMap(({ cluster, error, notSeen = [] }) => [
            ...(error === undefined ? [] : [`! ${cluster}: unknown, ${error}`]),
            ...(notSeen.length === 0 ? [] : [`! ${cluster}: not seen: ${notSeen.join('; ')}`]),
          ]),
          ...answer.certificates.map(line),
          ...(answer.unknown.length === 0 ? [] : ['Not seen, so unknown:', ...answer.unknown.map(line)]),
          ...(answer.notShown === 0 ? [] : [`and ${answer.notShown} more: name a namespace or clusters`]),
        ].join('\n')
      },
    }
  },
})
