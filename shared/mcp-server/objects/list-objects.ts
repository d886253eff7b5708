import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError } from '../../kubernetes/cluster-api.ts'
import type { Redact } from '../safety/redaction.ts'
import { fitValue } from '../server/bounds.ts'
import type { Target } from '../targets/target.ts'
import { ownNamespace } from './all-objects.ts'
import { assertNamespace, everywhere } from './in-namespace.ts'
import { Item, type ListAnswer } from './list-answer.ts'
import { keyOf, type ListCall, type ListQuestion, PAGE, remaining, type Scoped, scopeOf } from './list-question.ts'
import { listRows } from './list-rows.ts'
import { byKind } from './which-kind.ts'

/** What a model should read at once; about 8,000 tokens. */
const DEFAULT_BYTES = 30_000
/** For programs that read whole clusters. */
const MAX_BYTES = 1_000_000

const selector = z.string().max(2_000)
export const selectorArguments = {
  labelSelector: selector.optional().describe("Such as 'app=web,tier in (a,b)'"),
  fieldSelector: selector.optional().describe("Such as 'status.phase=Running'"),
}
/** Every list tool takes these. */
export const pageArguments = {
  limit: z.int().min(1).max(5_000).default(500).describe('At most so many, up to 5000'),
  maxBytes: z.int().min(1_000).max(MAX_BYTES).default(DEFAULT_BYTES).describe('Room for the answer'),
  detail: z.enum(['rows', 'whole']).default('rows').describe('whole: the objects'),
  order_by: z
    .string()
    .max(100)
    .optional()
    .describe('Column, the most or youngest first, such as RESTARTS; -COLUMN: the least'),
  continue: z.string().max(12_000).optional().describe('From the answer before'),
}

/** What there is of one kind, within both limits; what is left out is counted, and reached with `continue`. */
export async function listObjects(
  target: Target,
  api: ClusterApi,
  asked: ListQuestion,
  call: ListCall,
): Promise<ListAnswer> {
  const { kind, apiVersion, ...rest } = asked
  const namespace = everywhere(asked.namespace) ? undefined : asked.namespace
  return byKind(api, { kind, apiVersion }, call.signal, async (found) => {
    const question = { ...rest, namespace, found }
    const list = question.detail === 'whole' ? wholeObjects : listRows
    const answer = await list(target, api, question, call).catch(async (error: unknown) => {
      const forbidden =
        error instanceof ClusterApiError &&
        error.status === 403 &&
        error.reason !== 'ReadOnly' &&
        error.reason !== 'GuardRail'
      const own = ownNamespace(target)
      if (!forbidden || own === undefined) throw error
      if (found.kind.kind === 'Namespace' && found.kind.apiVersion === 'v1')
        throw new ClusterApiError(`${error.message}.`, error.status, error.reason, {
          cause: error,
          remedy: `This account may not list namespaces; its kubeconfig names ${own}: ask for that one.`,
        })
      if (namespace !== undefined || found.namespaced === false) throw error
      const one = await list(target, api, { ...question, namespace: own }, call).catch(() => {
        throw error
      })
      const note = `Only namespace ${own}: this account may not list ${found.kind.kind} in all namespaces.`
      return { ...one, notes: [note, ...(one.notes ?? [])] }
    })
    const empty = answer.shown === 0 && answer.complete && question.continue === undefined
    const unsure =
      empty && namespace !== undefined && found.namespaced !== false
        ? await assertNamespace(target, api, namespace, call.signal)
        : undefined
    const notes = [found.note, ...(answer.notes ?? []), unsure].filter((note) => note !== undefined)
    return { ...answer, ...(notes.length === 0 ? {} : { notes }) }
  })
}

/** One page of objects as they are. */
async function wholeObjects(
  target: Target,
  api: ClusterApi,
  question: Scoped,
  { signal, cursors, redact }: ListCall,
): Promise<ListAnswer> {
  const { limit, maxBytes } = question
  const { scope, of, query } = scopeOf(target, question)
  const cursor = question.continue === undefined ? { of } : cursors.read(question.continue, of)
  const page = await api.list(
    question.found.kind,
    {
      ...query,
      limit: Math.min(limit, PAGE, Math.ceil(maxBytes / LEAST_OBJECT)),
      ...(cursor.page === undefined ? {} : { continueToken: cursor.page }),
    },
    signal,
  )
  const rest = remaining(page.items, cursor.after)
  const taken = take(rest, maxBytes, redact)
  const more = rest.length - taken.items.length
  const answer = {
    cluster: target.name,
    scope,
    items: taken.items,
    shown: taken.items.length,
    shortened: taken.shortened,
  }
  if (more > 0) {
    const last = rest[taken.items.length - 1]
    const after = last === undefined ? {} : { after: keyOf(last) }
    return { ...answer, complete: false, continue: cursors.write({ ...cursor, ...after }) }
  }
  const first = question.continue === undefined
  if (page.continueToken === undefined) return { ...answer, complete: true, ...(first ? { total: answer.shown } : {}) }
  return { ...answer, complete: false, continue: cursors.write({ of, page: page.continueToken }) }
}

function take(from: readonly KubeObject[], maxBytes: number, redact: Redact): { items: Item[]; shortened: number } {
  const items: Item[] = []
  let bytes = 0
  let shortened = 0
  for (const object of from) {
    // Redacted before anything is cut: half a secret is not known for one.
    const { value, cut } = fitValue(withoutBookkeeping(redact.object(object)), maxBytes - FRAME_BYTES)
    bytes += Buffer.byteLength(JSON.stringify(value)) + 80
    if (items.length > 0 && bytes > maxBytes - FRAME_BYTES) break
    items.push(Item.parse(value))
    if (cut) shortened += 1
  }
  return { items, shortened }
}
/** Few are smaller: more than fit need not be read. */
const LEAST_OBJECT = 600
/** What stands around the objects: scope, heading, and twice the cursor. */
const FRAME_BYTES = 900

/** managedFields is often half of an object, and says nothing about its state. */
export function withoutBookkeeping(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = { managedFields: undefined, ...object.metadata }
  return { ...object, metadata }
}
