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
    // One that was deleted and made anew has a history of its own.
    return owner === undefined ? '' : `${owner.kind} ${metadata.namespace ?? ''}/${owner.name} ${owner.uid}`
  })
  byOwner.delete('')
  return [...byOwner].flatMap(([owner, all]) => {
    const object = owner.slice(0, owner.lastIndexOf(' '))
    const turns = all.flatMap((one) => turnsOf(one, redact)).toSorted(inTurn)
    return turns.flatMap((one, at): Rollout[] => {
      const before = turns[at - 1]
      const from = whenTaken(one, before, turns[at + 1])
      if (from === undefined || from < since) return []
      const name = `revision ${one.revision}${cameBack(one, before) ? ', rolled back' : ''}`
      if (before !== undefined)
        return [{ at: from, object, detail: `${name}: ${differences(before.template, one.template)}` }]
      // The very first revision is the making of the object itself; of a later one the history is not kept.
      return one.revision > 1 ? [{ at: from, object, detail: `${name}: the one before is not kept` }] : []
    })
  })
}

export type KeptRevision = {
  readonly revision: number
  readonly created: string
  /** When it became the newest again, of one that was rolled back to; '' where that is not kept. */
  readonly returned?: string
  readonly template: unknown
}
/** The revisions of one owner, the oldest first: each object once, as the newest that it is. */
export function revisionsOf(all: readonly KubeObject[], redact: Redact): readonly KeptRevision[] {
  const each = all.map((one) => turnsOf(one, redact))
  const newest = new Set(each.flatMap((turns) => turns.slice(-1)))
  const turns = each.flat().toSorted(inTurn)
  return turns.flatMap((one, at): KeptRevision[] => {
    if (!newest.has(one)) return []
    const before = turns[at - 1]
    const { revision, created, template } = one
    const returned = cameBack(one, before) ? (whenTaken(one, before, turns[at + 1]) ?? '') : undefined
    return [{ revision, created, template, ...(returned === undefined ? {} : { returned }) }]
  })
}

/** A revision's time as the newest: an object that was rolled back to has more than one. */
type Turn = Omit<KeptRevision, 'returned'> & {
  /** By the server's record of who wrote it; '' where it keeps none. */
  readonly written: string
  readonly back: boolean
  /** Between the first and the last: when it came back is not kept. */
  readonly undated: boolean
  /** A ReplicaSet is scaled as it comes and goes; the other kind of revision is only written. */
  readonly scales: boolean
}
const inTurn = (a: Turn, b: Turn) =>
  a.revision - b.revision || a.created.localeCompare(b.created) || Number(a.back) - Number(b.back)

function turnsOf(object: KubeObject, redact: Redact): readonly Turn[] {
  // Redacted before anything is compared: equal secrets stay equal, and nothing else of them is told.
  const { spec, revision, data } = Revision.parse(redact.object(object))
  const { annotations = {}, creationTimestamp: created = '' } = object.metadata
  const template = templateOf(spec?.template ?? data?.spec?.template)
  const last = revision ?? Number(annotations[REVISION] ?? annotations['rollout.argoproj.io/revision'] ?? 0)
  const former = (annotations[`${REVISION}-history`] ?? '')
    .split(',')
    .map(Number)
    .filter((one) => one > 0)
  const all = [...new Set([...former, last])].toSorted((a, b) => a - b)
  return all.map((one, at) => ({
    revision: one,
    created,
    written: lastWritten(object),
    template,
    back: at > 0,
    undated: at > 0 && at < all.length - 1,
    scales: object.kind === 'ReplicaSet',
  }))
}
const REVISION = 'deployment.kubernetes.io/revision'

const cameBack = (one: Turn, before: Turn | undefined): boolean =>
  one.back || (before !== undefined && one.created < before.created)
/**
 * When a revision became the newest: as it was made, or, of a ReplicaSet that came back, as the one before was last
 * written, which was its scaling to nothing. Its own record is younger wherever it has been scaled since.
 */
function whenTaken(one: Turn, before: Turn | undefined, next: Turn | undefined): string | undefined {
  if (one.undated) return undefined
  if (!cameBack(one, before)) return one.created
  const emptied = one.scales && before?.back === false ? before.written : ''
  const bounds = [one.written, emptied, next?.back === false ? next.created : '']
  return bounds.filter((at) => at !== '').toSorted()[0]
}

const Managed = z.looseObject({
  managedFields: z.array(z.looseObject({ time: z.string().optional(), subresource: z.string().optional() })).catch([]),
})
function lastWritten({ metadata }: KubeObject): string {
  const times = Managed.parse(metadata).managedFields.flatMap(({ time, subresource }) =>
    time === undefined || subresource !== undefined ? [] : [time],
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
