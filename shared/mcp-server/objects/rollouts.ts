import { z } from 'zod'
import { changedFields } from '../../cluster/changes/fields.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { Redact } from '../safety/redaction.ts'

export type Rollout = { readonly at: string; readonly object: string; readonly detail: string }

const Revision = z.looseObject({
  spec: z.looseObject({ template: z.unknown() }).optional(),
  revision: z.number().optional(),
  data: z.looseObject({ spec: z.looseObject({ template: z.unknown() }).optional() }).optional(),
})
/** The whole template in one sentence is none. */
const MAX_CHANGES = 4

/** Rollouts since a time, from the revisions that controllers keep: which one, and what it changed in the template. */
export function rolloutsOf(revisions: readonly KubeObject[], since: string, redact: Redact): readonly Rollout[] {
  const byOwner = Map.groupBy(revisions, ({ metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
    return owner === undefined ? '' : `${owner.kind} ${metadata.namespace ?? ''}/${owner.name}`
  })
  byOwner.delete('')
  return [...byOwner].flatMap(([object, all]) => {
    const sorted = revisionsOf(all, redact)
    const [first] = sorted
    return sorted.flatMap((one, at) => {
      const before = sorted[at - 1]
      // The very first revision is the making of the object itself.
      if (one.created < since || before === undefined || one === first)
        return returned(one, before, sorted, object, since)
      return [
        { at: one.created, object, detail: `revision ${one.revision}: ${differences(before.template, one.template)}` },
      ]
    })
  })
}

export type KeptRevision = {
  readonly revision: number
  readonly created: string
  readonly written: string
  readonly template: unknown
}
/** The revisions of one owner, the oldest first. */
export const revisionsOf = (all: readonly KubeObject[], redact: Redact): readonly KeptRevision[] =>
  all.map((one) => read(one, redact)).toSorted((a, b) => a.revision - b.revision)

function read(object: KubeObject, redact: Redact): KeptRevision {
  // Redacted before anything is compared: equal secrets stay equal, and nothing else of them is told.
  const { spec, revision, data } = Revision.parse(redact.object(object))
  const { annotations = {}, creationTimestamp = '' } = object.metadata
  return {
    revision: revision ?? Number(annotations['deployment.kubernetes.io/revision'] ?? 0),
    created: creationTimestamp,
    written: revisionWritten(object),
    template: templateOf(spec?.template ?? data?.spec?.template),
  }
}

/** An older ReplicaSet that has become the newest revision again: the Deployment was rolled back to it. */
function returned(
  one: KeptRevision,
  before: KeptRevision | undefined,
  all: readonly KeptRevision[],
  object: string,
  since: string,
): Rollout[] {
  if (one !== all.at(-1) || before === undefined || one.created >= before.created || one.written < since) return []
  return [
    {
      at: one.written,
      object,
      detail: `revision ${one.revision}, rolled back: ${differences(before.template, one.template)}`,
    },
  ]
}

const Managed = z.looseObject({
  managedFields: z
    .array(z.looseObject({ time: z.string().optional(), subresource: z.string().optional(), fieldsV1: z.unknown() }))
    .catch([]),
})
/** When its revision was last written, which is after its making only when it came back. */
function revisionWritten({ metadata }: KubeObject): string {
  const times = Managed.parse(metadata).managedFields.flatMap(({ time, subresource, fieldsV1 }) =>
    time !== undefined &&
    subresource === undefined &&
    JSON.stringify(fieldsV1).includes('deployment.kubernetes.io/revision')
      ? [time]
      : [],
  )
  return times.toSorted().at(-1) ?? ''
}

const Template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.unknown()).optional() }).optional(),
})
/** Without the label that every revision gets for itself. */
function templateOf(template: unknown): unknown {
  const parsed = Template.safeParse(template)
  if (!parsed.success) return template
  const { 'pod-template-hash': _, ...labels } = { 'pod-template-hash': '', ...parsed.data.metadata?.labels }
  return { ...parsed.data, metadata: { ...parsed.data.metadata, labels } }
}

function differences(before: unknown, after: unknown): string {
  const all = changedFields(before, after)
  if (all.length === 0) return 'the same template'
  const shown = all
    .slice(0, MAX_CHANGES)
    .map((one) => `${one.path.replace(/^spec\./, '')} ${short(one.before)} → ${short(one.after)}`)
  return `${shown.join('; ')}${all.length > MAX_CHANGES ? `; and ${all.length - MAX_CHANGES} more` : ''}`
}
function short(value: unknown): string {
  const text = value === undefined ? '(none)' : typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
