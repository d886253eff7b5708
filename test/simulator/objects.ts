import { parseAllDocuments } from 'yaml'
import { z } from 'zod'

/**
 * A Kubernetes object as somebody wrote it down. Fields below `metadata` are not described here: the simulator serves
 * what it was given, and a picture of a broken cluster may hold things no schema foresees.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above; this type does not leave the simulator.
export type Loose = any
export type SimObject = {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    resourceVersion?: string
    creationTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [field: string]: Loose
  }
  [field: string]: Loose
}

const Written = z.looseObject({
  apiVersion: z.string({ error: 'apiVersion is missing' }),
  kind: z.string({ error: 'kind is missing' }),
  metadata: z.looseObject({ name: z.string({ error: 'metadata.name is missing' }) }, { error: 'metadata is missing' }),
})
const isWritten = (value: unknown): value is SimObject => Written.safeParse(value).success

/** Objects of a YAML text: many documents, `List` kinds and plain lists unfolded. `path` begins every complaint. */
export function parseObjects(text: string, path: string): SimObject[] {
  const documents = parseAllDocuments(text, { merge: true })
  if ('empty' in documents && documents.empty) return []
  return [...documents].flatMap((document, index) => {
    const error = document.errors[0]
    if (error !== undefined) throw new Error(`${path}: document ${index + 1} is no YAML: ${error.message}`)
    return unfold(document.toJS(), `${path}: document ${index + 1}`)
  })
}

export function unfold(value: unknown, where: string): SimObject[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap((item, index) => unfold(item, `${where}[${index}]`))
  if (isList(value)) return unfold(value.items, `${where}.items`)
  if (isWritten(value)) return [value]
  const problem = Written.safeParse(value).error?.issues[0]?.message ?? 'is no Kubernetes object'
  throw new Error(`${where}: ${problem}; every object needs apiVersion, kind and metadata.name.`)
}

const isList = (value: unknown): value is { items: unknown[] } =>
  typeof value === 'object' &&
  value !== null &&
  'kind' in value &&
  String(value.kind).endsWith('List') &&
  'items' in value &&
  Array.isArray(value.items)

/** `spec.nodeName` of an object; `undefined` where the way ends. */
export function fieldAt(object: Loose, path: string): Loose {
  return path.split('.').reduce((value, key) => value?.[key], object)
}
