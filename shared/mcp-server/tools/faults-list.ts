import { z } from 'zod'
import { detectFaults } from '../../faults/detect.ts'
import { faultKinds } from '../../faults/fault-kinds.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError } from '../../kubernetes/cluster-api.ts'
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

/** Of one kind of one cluster; a cluster with more is told by these, and says so. */
const MAX_OBJECTS = 5_000
const MAX_BYTES = 12_000
const order = ['critical', 'warning', 'info']

/** Objects as the detectors want them, and the kinds of which that is all. */
async function lookedAt(api: ClusterApi, namespace: string | undefined, signal: AbortSignal) {
  const notSeen: string[] = []
  const complete: string[] = []
  const objects: KubeObject[] = []
  async function all(kind: { readonly apiVersion: string; readonly kind: string }) {
    const found: KubeObject[] = []
    let next: string | undefined
    do {
      const page = await api.list(
        kind,
        { limit: 500, ...(namespace ? { namespace } : {}), ...(next === undefined ? {} : { continueToken: next }) },
        signal,
      )
      found.push(...page.items)
      next = page.continueToken
    } while (next !== undefined && found.length < MAX_OBJECTS)
    objects.push(...found)
    if (next === undefined) complete.push(kind.kind)
    else notSeen.push(`${kind.kind} beyond the first ${found.length}`)
  }
  await Promise.all(
    faultKinds.map((kind) =>
      all(kind).catch((error: unknown) => {
        if (!(error instanceof ClusterApiError)) throw error
        // Without Pods nothing can be said; a kind that a cluster does not serve has no faults.
        if (kind.kind === 'Pod' || error.reason === 'Cancelled') throw error
        if (error.status !== 404)
          notSeen.push(`${kind.kind}: ${error.status === 403 ? 'may not be listed' : error.reason}`)
      }),
    ),
  )
  return { objects, complete, notSeen }
}

export const faultsList = defineTool({
  name: 'faults_list',
  toolset: 'diagnose',
  title: 'Faults: List',
  description:
    'Use when you need what is broken now, in all clusters or some: every fault that the detectors see, by harm, the worst first. Start here when nothing is named yet.',
  input: {
    ...fanOutArguments,
    namespace: z.string().max(253).optional(),
    limit: z.int().min(1).max(500).default(50),
  },
  output: {
    complete: z.boolean().describe('False: of some cluster or kind nothing is known, or there are more'),
    ...problemsOutput,
    counts: z.string(),
    found: z.int(),
    faults: z.array(
      z.object({
        cluster: z.string(),
        severity: z.string(),
        fault: z.string(),
        object: z.string(),
        harm: z.string().optional(),
        evidence: z.string(),
        times: z.int().describe('So many objects of one owner show it'),
      }),
    ),
    clusters: z.array(
      z.object({
        cluster: z.string(),
        status: clusterStatus,
        faults: z.int().optional(),
        error: z.string().optional(),
        notSeen: z.array(z.string()).optional(),
      }),
    ),
  },
  effects: reads,
  run: async ({ namespace, limit, ...asked }, call) => {
    const { targets, redact, now } = call
    const results = await fanOut(targets, asked, call, async (cluster, signal) => {
      const { objects, complete, notSeen } = await lookedAt(targets.at(cluster), namespace, signal)
      const byOwner = new Map<string, { fault: ReturnType<typeof detectFaults>[number]; times: number }>()
      for (const fault of detectFaults({ cluster, objects, completeKinds: complete }, now())) {
        const key = `${fault.faultType} ${fault.owner.kind} ${fault.owner.namespace ?? ''}/${fault.owner.name}`
        const known = byOwner.get(key)
        byOwner.set(key, { fault: known?.fault ?? fault, times: (known?.times ?? 0) + 1 })
      }
      return { found: [...byOwner.values()], notSeen }
    })
    const all = results.flatMap((result) =>
      result.status === 'ok'
        ? result.value.found.map(({ fault, times }) => ({
            cluster: result.cluster,
            severity: fault.severity,
            fault: fault.faultType,
            object: `${fault.owner.kind} ${fault.owner.namespace ? `${fault.owner.namespace}/` : ''}${fault.owner.name}`,
            ...(fault.harm === undefined ? {} : { harm: fault.harm }),
            // Redacted before it is cut.
            evidence: redact.text(fault.context).replace(/\s+/g, ' ').slice(0, 200),
            times,
          }))
        : [],
    )
    const sorted = all.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.times - a.times)
    const faults = withinBytes(sorted.slice(0, limit), MAX_BYTES)
    const clusters = results.map((result) => {
      const { cluster, status } = result
      if (result.status !== 'ok') return { cluster, status, error: result.error.slice(0, 300) }
      const { found, notSeen } = result.value
      return {
        cluster,
        status,
        faults: found.length,
        ...(notSeen.length === 0 ? {} : { notSeen: notSeen.slice(0, 20) }),
      }
    })
    const missing = missingFrom(targets, asked)
    const seen = clusters.every((one) => one.status === 'ok' && !('notSeen' in one))
    return {
      structured: {
        complete: seen && faults.length === all.length && missing.problems === undefined,
        ...missing,
        counts: tally(results),
        found: all.length,
        faults,
        clusters,
      },
      text: (answer) =>
        [
          `# ${answer.found} faults in ${answer.clusters.length} clusters (${answer.counts})${answer.faults.length < answer.found ? `, ${answer.faults.length} shown` : ''}`,
          ...problemLines(answer),
          ...answer.clusters.flatMap(({ cluster, error, notSeen = [] }) => [
            ...(error === undefined ? [] : [`! ${cluster}: unknown, ${error}`]),
            ...(notSeen.length === 0 ? [] : [`! ${cluster}: not seen: ${notSeen.join('; ')}`]),
          ]),
          ...answer.faults.map(
            (one) =>
              `${one.severity}  ${one.cluster}  ${one.fault}  ${one.object}${one.times > 1 ? ` (×${one.times})` : ''}${one.harm === undefined ? '' : `  ${one.harm}`}: ${one.evidence}`,
          ),
        ].join('\n'),
    }
  },
})
