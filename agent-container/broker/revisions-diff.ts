import { z } from 'zod'
import { changedFields } from '../../shared/cluster/changes/fields.ts'
import { type KeptRevision, revisionsOf } from '../../shared/mcp-server/objects/rollouts.ts'
import { defineTool, reads, type Tool } from '../../shared/mcp-server/server/define-tool.ts'
import { clusterArguments, clusterOf } from '../../shared/mcp-server/targets/cluster-argument.ts'
import { GiveUp } from '../../shared/runtime/errors.ts'

/** Controllers keep ten revisions beside the one in use unless they are told otherwise; more are of no help. */
const MAX_REVISIONS = 11
/** A template that changed in more places is read better as a whole. */
const MAX_FIELDS = 40
const MAX_VALUE = 300
const MAX_READ = 500

/** What each revision of a workload changed against the one before: the fastest way from a fault to its rollout. */
export const revisionsDiff: Tool = defineTool({
  name: 'revisions_diff',
  title: 'Revisions: Diff',
  description:
    'Use when a workload may have been broken by a rollout: what its last revisions changed in the pod template, field by field, and when.',
  input: {
    ...clusterArguments,
    kind: z.enum(['Deployment', 'StatefulSet', 'DaemonSet']),
    namespace: z.string().max(253),
    name: z.string().max(253),
  },
  output: { answer: z.string() },
  effects: reads,
  run: async ({ kind, namespace, name, ...args }, call) => {
    const { api } = clusterOf(call, args)
    const kept = kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision'
    const { items, continueToken } = await api.list(
      { apiVersion: 'apps/v1', kind: kept },
      { namespace, limit: MAX_READ },
      call.signal,
    )
    const own = items.filter(({ metadata }) =>
      metadata.ownerReferences?.some(
        (owner) => owner.controller === true && owner.kind === kind && owner.name === name,
      ),
    )
    if (own.length === 0)
      throw new GiveUp(
        `No ${kept} in namespace ${namespace} belongs to ${kind} ${name}${continueToken === undefined ? '' : ` (of the first ${MAX_READ})`}. Is the name that of the workload, not of a pod?`,
      )
    const answer = differencesOf(`${kind} ${namespace}/${name}`, revisionsOf(own, call.redact))
    return { structured: { answer }, text: (one) => one.answer }
  },
})

export function differencesOf(workload: string, revisions: readonly KeptRevision[]): string {
  const shown = revisions.map((one, at) => describe(one, revisions[at - 1])).slice(-MAX_REVISIONS)
  const older = revisions.length - shown.length
  return [
    `${workload}: ${revisions.length} revisions, the newest first`,
    ...shown.toReversed(),
    ...(older > 0 ? [`and ${older} older ones`] : []),
  ].join('\n')
}

function describe({ revision, created, returned, template }: KeptRevision, before: KeptRevision | undefined): string {
  const again = returned === undefined ? '' : `, rolled back to${returned === '' ? '' : ` by ${returned}`}`
  const head = `revision ${revision}, made ${created}${again}`
  if (before === undefined) return `${head}: the oldest that is kept`
  const fields = changedFields(before.template, template)
  if (fields.length === 0) return `${head}: the same template as revision ${before.revision}`
  const rest = fields.length - MAX_FIELDS
  return [
    `${head}, against revision ${before.revision}:`,
    ...fields.slice(0, MAX_FIELDS).map((one) => `  ${one.path}: ${value(one.before)} → ${value(one.after)}`),
    ...(rest > 0 ? [`  and ${rest} more fields`] : []),
  ].join('\n')
}

function value(of: unknown): string {
  const text = of === undefined ? '(not set)' : typeof of === 'string' ? of : JSON.stringify(of)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}
