import { LineCounter, parseDocument } from 'yaml'

/** A thousand clusters are some 300 KiB. */
const MAX_BYTES = 1024 * 1024
/** Values after aliases are resolved: a file of 1 MiB without aliases cannot hold so many that mean anything. */
const MAX_VALUES = 300_000
const MAX_ALIASES = 10_000
const MAX_FAULTS = 20
/** The configuration's own depth is five. */
const MAX_DEPTH = 50

/** YAML as plain values, or every fault with its line and column. Source lines are not quoted: they may hold a key. */
export function readYaml(text: string): { readonly value: unknown } | { readonly errors: readonly string[] } {
  if (Buffer.byteLength(text) > MAX_BYTES)
    return { errors: ['the file is over 1 MiB. Split the clusters over two installations'] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' })
  if (document.errors.length > 0) {
    const faults = document.errors.slice(0, MAX_FAULTS).map((fault) => {
      const { line, col } = lines.linePos(fault.pos[0])
      return `line ${line}, column ${col}: not YAML (${fault.message})`
    })
    return { errors: faults }
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES })
  } catch {
    return { errors: ['the file uses aliases (*name) too often, or one without its anchor. Write the values out'] }
  }
  if (count(value, MAX_VALUES, []) <= 0)
    return {
      errors: ['the file grows too large by its aliases (*name), or one of them holds itself. Write the values out'],
    }
  return { value }
}

/**
 * What is left of `budget` after counting every value, shared ones each time: that is what checking them costs. Nothing
 * is left of one that holds itself, or that is nested deeper than anybody writes.
 */
function count(value: unknown, budget: number, above: readonly unknown[]): number {
  let left = budget - 1
  if (typeof value !== 'object' || value === null) return left
  if (above.length > MAX_DEPTH || above.includes(value)) return 0
  const here = [...above, value]
  for (const each of Object.values(value)) {
    if (left <= 0) return left
    left = count(each, left, here)
  }
  return left
}
