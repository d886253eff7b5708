import { closest, distance } from 'fastest-levenshtein'
import { z } from 'zod'
import { GiveUp } from '../../runtime/errors.ts'
import { shown } from '../targets/targets.ts'

type Given = Record<string, unknown>
const Properties = z.record(z.string(), z.looseObject({ type: z.unknown().optional() })).catch({})

/**
 * Arguments as models and clients send them: null and blank stand for absent, numbers and truth values come as text, an
 * object as its JSON. GiveUp for what is no object at all, and for a name that no argument has: guessing there would
 * answer another question.
 */
export function givenArguments(
  tool: string,
  given: unknown,
  schema: { readonly properties?: unknown; readonly required?: readonly string[] | undefined },
): Given {
  const properties = Properties.parse(schema.properties ?? {})
  const known = Object.keys(properties)
  const args = oneOrMany(objectOf(tool, given), known)
  const unknown = Object.keys(args).filter((key) => !known.includes(key) && key !== '_meta')
  if (unknown.length > 0) {
    const each = unknown.map((key) => `"${shown(key)}"${meant(key, known)}`)
    throw new GiveUp(
      `Wrong arguments for ${tool}: unknown argument ${each.join(', ')} (it takes: ${known.join(', ') || 'none'}).`,
    )
  }
  const required = new Set(schema.required ?? [])
  return Object.fromEntries(
    Object.entries(args).flatMap(([key, value]): [string, unknown][] => {
      if (key === '_meta' || value === null || value === undefined) return []
      if (isBlank(value) && !required.has(key)) return []
      return [[key, asRequested(value, properties[key]?.type)]]
    }),
  )
}

/** Some tools take one cluster and some many: who says it the other way is understood, and no name is left out. */
function oneOrMany(args: Given, known: readonly string[]): Given {
  const { cluster, context, clusters, ...rest } = args
  const many = known.includes('clusters')
  if (many === known.includes('cluster')) return args
  const names = (given: readonly unknown[]) => [
    ...new Set(
      given
        .filter((one) => !isBlank(one))
        .flatMap((one) => (typeof one === 'number' ? String(one) : asRequested(one, 'array'))),
    ),
  ]
  if (many) {
    const all = names([clusters, cluster, context])
    // An empty list is somebody's question, too.
    return all.length > 0 || Array.isArray(clusters) ? { ...rest, clusters: all } : rest
  }
  if (clusters === undefined) return args
  const { clusters: _, ...without } = args
  const all = names([clusters])
  if (all.length === 0) return without
  return all.length === 1 && isBlank(cluster) && isBlank(context) ? { ...rest, cluster: all[0] } : args
}
const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'string' && value.trim() === '')

function objectOf(tool: string, given: unknown): Given {
  const value = typeof given === 'string' ? (given.trim() === '' ? {} : jsonOf(given)) : (given ?? {})
  const parsed = z.record(z.string(), z.unknown()).safeParse(value)
  if (parsed.success) return parsed.data
  throw new GiveUp(`Wrong arguments for ${tool}: they must be one object, such as {"name": "web"}.`)
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asRequested(value: unknown, type: unknown): unknown {
  if (typeof value === 'string') {
    const text = value.trim()
    if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
    if (type === 'boolean' && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true'
    if (type === 'object') return jsonOf(text) ?? value
    // One name where a list is wanted is a list of one.
    if (type === 'array')
      return text.startsWith('[') ? (jsonOf(text) ?? value) : text.split(',').map((one) => one.trim())
    return value
  }
  if (type === 'string' && typeof value === 'number') return String(value)
  // A manifest as an object: its JSON is YAML.
  if (type === 'string' && typeof value === 'object')
    return JSON.stringify(value, (_, item: unknown) => {
      if (!Number.isInteger(item) || Number.isSafeInteger(item)) return item
      throw new GiveUp(`A number beyond 2^53 (${item}) is rounded within an object: give the manifest as YAML text.`)
    })
  return value
}

const plain = (name: string): string => name.replace(/[_-]/g, '').toLowerCase()
function meant(key: string, known: readonly string[]): string {
  // pod_name is name, and labels is labelSelector, to whoever writes so.
  const part = (one: string) => plain(one).startsWith(plain(key)) || plain(key).endsWith(plain(one))
  const alike = known.find((one) => plain(one) === plain(key)) ?? (key.length < 3 ? undefined : known.find(part))
  const near = alike ?? (known.length === 0 ? undefined : closest(key, [...known]))
  if (near === undefined) return ''
  const close = alike !== undefined || distance(near, key) <= Math.max(2, Math.floor(key.length / 3))
  return close ? `, did you mean ${near}?` : ''
}
