import { badConditions } from './conditions.ts'
import { isCustomKind } from './custom-kinds.ts'
import { type Seen, type Snapshot, seek } from './snapshot.ts'

export type Named = {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}
/** References lie this deep: `spec.chart.spec.sourceRef`. */
const DEPTH = 5
/** Each is asked for and may be diagnosed; what leans on more says which one it waits for. */
const MAX_NAMED = 6

/** What an object of somebody's own kind names in its spec (`…Ref`, `…Refs`, `dependsOn`), to be looked at when it is not ready. */
export function namedObjects(seen: Seen): readonly Named[] {
  if (!isCustomKind(seen.apiVersion)) return []
  return walk(seen.object.spec, '', DEPTH)
    .slice(0, MAX_NAMED)
    .map(({ kind = seen.kind, apiVersion = seen.apiVersion, namespace = seen.namespace, name }) => ({
      kind,
      apiVersion,
      namespace: kind.startsWith('Cluster') ? '' : namespace,
      name,
    }))
}

/** Of those, the ones whose own controller says that they are not as they should be. */
export const namedAndBad = (snapshot: Snapshot, seen: Seen): readonly Seen[] =>
  namedObjects(seen).flatMap((ref) => {
    const found = seek(snapshot, ref)
    return found === undefined || badConditions(found).length === 0 ? [] : [found]
  })

type Part = { readonly kind?: string; readonly apiVersion?: string; readonly namespace?: string; readonly name: string }
function walk(value: unknown, key: string, depth: number): readonly Part[] {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  if (Array.isArray(value)) return value.flatMap((one) => walk(one, key, depth))
  const fields = Object.entries(value)
  if (!/(Ref|Refs|dependsOn)$/.test(key)) return fields.flatMap(([name, inner]) => walk(inner, name, depth - 1))
  const text = (name: string) =>
    fields.find(([one, inner]) => one === name && typeof inner === 'string')?.[1] as string | undefined
  const [name, kind, apiVersion, namespace] = ['name', 'kind', 'apiVersion', 'namespace'].map(text)
  return name === undefined
    ? []
    : [
        {
          name,
          ...(kind === undefined ? {} : { kind }),
          ...(apiVersion === undefined ? {} : { apiVersion }),
          ...(namespace === undefined ? {} : { namespace }),
        },
      ]
}
