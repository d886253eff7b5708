import { parseAllDocuments } from 'yaml'
import { z } from 'zod'
import type { KubeObject } from '../faults/kube-object.ts'
import { written } from '../runtime/written.ts'
import type { ToolAnswer } from './session.ts'
import { type TableRow, tableRows } from './table-text.ts'

/** What a list tool answered: whole objects, or rows that only name them. */
export type Listed = {
  readonly objects: readonly KubeObject[]
  readonly rows: readonly TableRow[]
  /** Where the list goes on. */
  readonly next: string | undefined
}

const ObjectShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
})
const Structured = z.looseObject({ items: z.array(z.looseObject({})).nullish(), continue: z.string().nullish() })
const Columns = z.record(z.string(), z.unknown())

/** Of a tool that lists objects of one kind. Throws when the answer has no form that is known. */
export function readList(answer: ToolAnswer, kind: { readonly apiVersion: string; readonly kind: string }): Listed {
  const structured = Structured.safeParse(answer.structured)
  if (structured.success && structured.data.items != null) {
    const { items } = structured.data
    const objects = items.flatMap((item) => readObject({ ...kind, ...item }) ?? [])
    const rows = items.flatMap((item) => (item.metadata === undefined ? [rowOf(item)] : []))
    return { objects, rows, next: structured.data.continue || undefined }
  }
  const text = answer.text.trim()
  if (text === '' || /^(\[\]|# No .*|No .* found\.?)$/i.test(text)) return { objects: [], rows: [], next: undefined }
  const rows = tableRows(answer.text)
  if (rows !== undefined) return { objects: [], rows, next: undefined }
  return { objects: objectsIn(text, kind), rows: [], next: undefined }
}

/** Of a tool that gets one object. */
export function readOne(answer: ToolAnswer): KubeObject | undefined {
  return readObject(answer.structured) ?? objectsIn(answer.text, undefined)[0]
}

function objectsIn(text: string, kind: object | undefined): readonly KubeObject[] {
  const found: unknown[] = []
  for (const document of parseAllDocuments(text, { logLevel: 'silent' })) {
    if (document.errors.length > 0) throw new Error('the answer is neither a table nor YAML')
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    const list = Structured.safeParse(value)
    if (Array.isArray(value)) found.push(...value)
    else if (list.success && list.data.items != null) found.push(...list.data.items)
    else if (value !== null && value !== undefined) found.push(value)
  }
  const objects = found.flatMap(
    (one) => readObject(kind === undefined ? one : { ...kind, ...Columns.parse(one) }) ?? [],
  )
  if (objects.length < found.length) throw new Error('the answer has parts that are no Kubernetes objects')
  return objects
}

function readObject(value: unknown): KubeObject | undefined {
  const parsed = ObjectShape.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

/** `{Name: 'web', Namespace: 'shop', 'Up-to-date': '1'}` → the same with the table's own column names. */
const rowOf = (item: Readonly<Record<string, unknown>>): TableRow =>
  Object.fromEntries(
    Object.entries(item).map(([key, value]) => [key.toUpperCase().replace(/[\s_]+/g, '-'), written(value)]),
  )
