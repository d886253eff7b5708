import { own } from '../../runtime/own.ts'
/** One field in which two values differ. `path` is written as in `spec.containers[web].image`. */
export type FieldChange = { readonly path: string; readonly before: unknown; readonly after: unknown }

/** More differences in one field are a rewrite, which nobody reads one by one. */
const MAX_LEAVES = 4
/** Deeper than any object of the API nests. */
const MAX_DEPTH = 24

/**
 * The single fields in which two values differ, as far down as both have fields. Lists of named things (containers,
 * variables, volumes, ports) are compared by name, so that an order alone is no change.
 */
export function changedFields(before: unknown, after: unknown, path = '', depth = 0): readonly FieldChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return []
  if (depth < MAX_DEPTH && hasFields(before) && hasFields(after))
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) =>
      changedFields(own(before, name), own(after, name), path === '' ? name : `${path}.${name}`, depth + 1),
    )
  const [was, is] = [byName(before), byName(after)]
  if (depth < MAX_DEPTH && was !== undefined && is !== undefined)
    return [...new Set([...was.keys(), ...is.keys()])].flatMap((name) =>
      changedFields(was.get(name), is.get(name), `${path}[${name}]`, depth + 1),
    )
  if (depth < MAX_DEPTH && Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    const inside = before.flatMap((one, at) => changedFields(one, after[at], `${path}[${at}]`, depth + 1))
    if (inside.length <= MAX_LEAVES && before.every(hasFields)) return inside
  }
  return [{ path, before, after }]
}

const hasFields = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A list whose members all have names of their own; an absent list is an empty one. */
function byName(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value === undefined || value === null) return new Map()
  if (!Array.isArray(value)) return undefined
  const names = value.map((one) => (hasFields(one) && typeof one.name === 'string' ? one.name : undefined))
  if (names.some((name) => name === undefined) || new Set(names).size !== names.length) return undefined
  return new Map(value.map((one, at) => [names[at] ?? '', one]))
}
