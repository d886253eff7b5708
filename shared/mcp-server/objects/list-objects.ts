import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi, Kind } from '../../kubernetes/cluster-api.ts'
import type { Redact } from '../safety/redaction.ts'
import { fitValue } from '../server/bounds.ts'
import type { ToolContext } from '../server/define-tool.ts'
import { Item, type ListAnswer } from './list-answer.ts'
import { cellsOf } from './object-table.ts'

/** Objects and their rows of the table, so that the whole answer stays within what a model should read at once (32 KiB). */
const DEFAULT_BYTES = 30_000
/** For programs that read whole clusters; a page of the API itself is rarely larger. */
const MAX_BYTES = 1_000_000

const selector = z.string().max(2_000)
export const selectorArguments = {
  labelSelector: selector.optional().describe("Label selector, such as 'app=web,tier in (front,back)'"),
  fieldSelector: selector.optional().describe("Field selector, such as 'status.phase=Running' or 'spec.nodeName=n1'"),
}
/** Every list tool takes these. */
export const pageArguments = {
  limit: z.int().min(1).max(500).default(100).describe('At most so many objects in one answer'),
  maxBytes: z.int().min(1_000).max(MAX_BYTES).default(DEFAULT_BYTES).describe('At most so many bytes of answer'),
  detail: z.enum(['whole', 'rows']).default('whole').describe('rows: of each object only what the table shows'),
  continue: z.string().max(12_000).optional().describe('Goes on where an earlier answer ended: its `continue`'),
}

export type ListQuestion = {
  readonly kind: Kind
  readonly namespace?: string | undefined
  readonly labelSelector?: string | undefined
  readonly fieldSelector?: string | undefined
  readonly limit: number
  readonly maxBytes: number
  readonly detail?: 'whole' | 'rows' | undefined
  readonly continue?: string | undefined
}

/** One page, within both limits; what it leaves out is reached with its `continue`, however large the list. */
export async function listObjects(
  cluster: string,
  api: ClusterApi,
  question: ListQuestion,
  { signal, cursors, now, redact }: Pick<ToolContext, 'signal' | 'cursors' | 'now' | 'redact'>,
): Promise<ListAnswer> {
  const { kind, namespace, labelSelector, fieldSelector, limit, maxBytes } = question
  const scope = {
    ...kind,
    namespace: namespace ?? '',
    ...(labelSelector ? { labelSelector } : {}),
    ...(fieldSelector ? { fieldSelector } : {}),
  }
  const of = [cluster, kind.apiVersion, kind.kind, namespace ?? '', labelSelector ?? '', fieldSelector ?? ''].join(' ')
  const cursor = question.continue === undefined ? { of } : cursors.read(question.continue, of)
  const page = await api.list(
    kind,
    {
      limit,
      ...(namespace ? { namespace } : {}),
      ...(labelSelector ? { labelSelector } : {}),
      ...(fieldSelector ? { fieldSelector } : {}),
      ...(cursor.page === undefined ? {} : { continueToken: cursor.page }),
    },
    signal,
  )
  const rest = remaining(page.items, cursor.after)
  const shape = question.detail === 'rows' ? (object: KubeObject) => rowOnly(object, now()) : withoutBookkeeping
  const taken = take(rest, maxBytes, redact, shape)
  const answer = { cluster, scope, items: taken.items, shortened: taken.shortened }
  if (taken.items.length < rest.length) {
    const last = rest[taken.items.length - 1]
    const after = last === undefined ? {} : { after: keyOf(last) }
    return { ...answer, complete: false, continue: cursors.write({ ...cursor, ...after }) }
  }
  if (page.continueToken === undefined) return { ...answer, complete: true }
  return { ...answer, complete: false, continue: cursors.write({ of, page: page.continueToken }) }
}

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace ?? ''}/${metadata.name}`

/** The API lists by namespace and name; if the last one shown has gone meanwhile, its place in that order still holds. */
function remaining(items: readonly KubeObject[], after: string | undefined): readonly KubeObject[] {
  if (after === undefined) return items
  const at = items.findIndex((item) => keyOf(item) === after)
  return at >= 0 ? items.slice(at + 1) : items.filter((item) => keyOf(item) > after)
}

function take(
  from: readonly KubeObject[],
  maxBytes: number,
  redact: Redact,
  shape: (object: KubeObject) => unknown,
): { items: Item[]; shortened: number } {
  const items: Item[] = []
  let bytes = 0
  let shortened = 0
  for (const object of from) {
    // Redacted before anything is cut: half a secret is not known for one.
    const { value, cut } = fitValue(shape(redact.object(object)), maxBytes - FRAME_BYTES)
    bytes += Buffer.byteLength(JSON.stringify(value)) + rowBytes(object)
    if (items.length > 0 && bytes > maxBytes - FRAME_BYTES) break
    items.push(Item.parse(value))
    if (cut) shortened += 1
  }
  return { items, shortened }
}
/** What stands around the objects: scope, heading, and twice the cursor. */
const FRAME_BYTES = 900
/** Its line in the table; the message of an event is cut at 300. */
const rowBytes = ({ kind, metadata }: KubeObject): number =>
  80 + metadata.name.length + (metadata.namespace?.length ?? 0) + (kind === 'Event' ? 300 : 0)

function rowOnly(object: KubeObject, now: Date): Item {
  const { apiVersion, kind, metadata } = object
  const { name, namespace, uid, creationTimestamp } = metadata
  const known = Object.entries({ namespace, uid, creationTimestamp }).filter(([, value]) => value !== undefined)
  return {
    apiVersion,
    kind,
    metadata: { name, ...Object.fromEntries(known) },
    row: cellsOf(Item.parse(object), kind, now),
  }
}

/** managedFields is often half of an object, and says nothing about its state. */
export function withoutBookkeeping(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = { managedFields: undefined, ...object.metadata }
  return { ...object, metadata }
}
