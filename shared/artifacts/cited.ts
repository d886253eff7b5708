import { parseDocument } from 'yaml'
import type { Citation, EvidenceEntry } from './evidence.ts'

/** White space is folded because YAML and terminals wrap; nothing else may differ. */
export const fold = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** Why a citation falls; undefined when it holds. `entry` is the one that it names, if there is one. */
export function whyItFalls({ quote, absent }: Citation, entry: EvidenceEntry | undefined): string | undefined {
  if (entry === undefined) return 'no such entry in the journal'
  if (absent === true) return whyNotAbsent(quote, entry)
  return fold(entry.output).includes(fold(quote)) ? undefined : 'the entry does not contain the quote'
}

/** An object is a few kilobytes; a longer text is a list, in which nothing is absent from one object. */
const MAX_OBJECT = 64 * 1024

function whyNotAbsent(path: string, { output, status, truncated }: EvidenceEntry): string | undefined {
  if (status < 200 || status > 299 || truncated || output.length > MAX_OBJECT || /^---$/m.test(output.trim()))
    return 'only a whole object that was read shows that something is not set'
  const object: unknown = parseDocument(output, { logLevel: 'silent' }).toJS({ maxAliasCount: 0 })
  if (typeof object !== 'object' || object === null) return 'the entry holds no object'
  return valueAt(object, path) === undefined ? undefined : `${path} is set there`
}

/** `spec.template.spec.containers[0].resources` or with list entries by name: `containers[web].resources`. */
export function valueAt(object: unknown, path: string): unknown {
  let at: unknown = object
  for (const part of path.split(/\.(?![^[]*\])/).flatMap((one) => one.split(/(?=\[)/))) {
    const index = /^\[(.+)\]$/.exec(part)?.[1]
    if (index !== undefined) {
      if (!Array.isArray(at)) return undefined
      const list: readonly unknown[] = at
      at = /^\d+$/.test(index) ? list[Number(index)] : list.find((one) => nameOf(one) === index)
    } else if (typeof at === 'object' && at !== null && !Array.isArray(at))
      at = Object.hasOwn(at, part) ? Reflect.get(at, part) : undefined
    else return undefined
    if (at === undefined || at === null) return undefined
  }
  return at
}
const nameOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && 'name' in value ? value.name : undefined
