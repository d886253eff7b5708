import { z } from 'zod'
import { detectFaults } from '../../faults/detect.ts'
import { faultKinds } from '../../faults/fault-kinds.ts'
import { GiveUp } from '../../runtime/errors.ts'
import { allKinds, ownNamespace } from '../objects/all-objects.ts'
import { isMeant } from '../objects/which-kind.ts'
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
import { shown } from '../targets/targets.ts'

/** The worst of ten clusters; who wants all asks with a limit, or for one cluster. */
const USUAL_BYTES = 6_500
const MAX_BYTES = 24_000
const order = ['critical', 'warning', 'info']
/** An event tells of another object, which has the fault. */
const seen = faultKinds.filter(({ kind }) => kind !== 'Event')

export const faultsList = defineTool({
  name: 'faults_list',
  toolset: 'diagnose',
  title: 'Faults: List',
  description:
    'Use when you need what is broken or not ready now, in all clusters or some, by harm, the worst first; kind Node: nodes under pressure. Start here when nothing is named yet.',
  input: {
    ...fanOutArguments,
    namespace: z.string().max(253).optional().describe('Absent: all'),
    kind: z.string().max(100).optional().describe('Only of these or of what they own, such as Node'),
    limit: z.int().min(1).max(500).optional().describe('Absent: the worst that fit a short answer'),
  },
  output: {
    complete: z.boolean().describe('False: of some cluster or kind nothing is known, or there are more'),
    ...problemsOutput,
    counts: z.string(),
    found: z.int(),
    notShown: z.array(z.object({ fault: z.string(), count: z.int() })).optional(),
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
  run: async ({ namespace, kind, limit, ...asked }, call) => {
    const { targets, redact, now } = call
    const meant = kind === undefined ? () => true : isMeant(kind)
    const results = await fanOut(targets, asked, call, async (cluster, signal) => {
      const where = { namespace, own: ownNamespace(targets.find(cluster)) }
      const { objects, complete, notSeen } = await allKinds(targets.at(cluster), faultKinds, where, signal, ['Pod'])
      const byOwner = new Map<string, { fault: ReturnType<typeof detectFaults>[number]; times: number }>()
      for (const fault of detectFaults({ cluster, objects, completeKinds: complete }, now())) {
        if (!meant(fault.owner) && !meant(fault.resource)) continue
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
            evidence: redact.text(fault.context).replace(/\s+/g, ' ').slice(0, 150),
            times,
          }))
        : [],
    )
    // A custom kind may own what fails, and else nothing is known of it.
    const isKnown = results.every((one) => one.status === 'ok' && one.value.notSeen.length === 0)
    if (all.length === 0 && isKnown && !seen.some(meant))
      throw new GiveUp(
        `kind: faults are not looked for in "${shown(kind ?? '')}". They are in: ${seen.map((one) => one.kind).join(', ')}; or in another kind that owns such.`,
      )
    const sorted = all.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.times - a.times)
    const faults = withinBytes(sorted.slice(0, limit), limit === undefined ? USUAL_BYTES : MAX_BYTES)
    const rest = Map.groupBy(sorted.slice(faults.length), ({ fault }) => fault)
    const notShown = [...rest].map(([fault, of]) => ({ fault, count: of.length }))
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
    const allSeen = clusters.every((one) => one.status === 'ok' && !('notSeen' in one))
    return {
      structured: {
        complete: allSeen && faults.length === all.length && missing.problems === undefined,
        ...missing,
        counts: tally(results),
        found: all.length,
        ...(notShown.length === 0 ? {} : { notShown }),
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
          ...(answer.notShown === undefined
            ? []
            : [
                `Not shown: ${answer.notShown.map(({ fault, count }) => `${count} ${fault}`).join(', ')}. Ask with limit, namespace, kind or clusters.`,
              ]),
        ].join('\n'),
    }
  },
})
