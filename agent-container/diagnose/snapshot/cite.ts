import type { Citation } from '../../../shared/artifacts/evidence.ts'
import type { Source } from './snapshot.ts'

/** Long enough to be understood alone, short enough for a table cell. */
const MAX_QUOTE = 300

/**
 * The first line of what was read that holds the needle, as a citation; none when it is not there (cut away, or written
 * otherwise than expected): a rule never invents a quote.
 */
export function cite(source: Source | undefined, needle: string | RegExp): readonly Citation[] {
  if (source === undefined || source.text === '') return []
  const lines = source.text.split('\n')
  const found =
    typeof needle === 'string'
      ? (lines.find((line) => line.includes(needle)) ??
        pieceOf(lines, needle, /["'\\\n]/) ??
        pieceOf(lines, needle, /["'\\\n]|: | \(/))
      : lines.find((line) => needle.test(line))
  return found === undefined ? [] : [{ id: source.id, quote: around(found.trim(), needle) }]
}

/**
 * YAML and JSON escape quotes and breaks, and a logger keeps a message and its error apart: the longest piece still names
 * the line.
 */
function pieceOf(lines: readonly string[], needle: string, between: RegExp): string | undefined {
  const pieces = needle.split(between).toSorted((a, b) => b.length - a.length)
  const longest = pieces[0]?.trim() ?? ''
  return longest.length < 8 ? undefined : lines.find((line) => line.includes(longest))
}

function around(line: string, needle: string | RegExp): string {
  if (line.length <= MAX_QUOTE) return line
  const at = typeof needle === 'string' ? line.indexOf(needle) : line.search(needle)
  const start = Math.max(0, Math.min(at - 60, line.length - MAX_QUOTE))
  return line.slice(start, start + MAX_QUOTE).trim()
}

/** The citations without repeats, at most so many. */
export function few(citations: readonly Citation[], most: number): Citation[] {
  const seen = new Set<string>()
  return citations
    .filter(({ id, quote }) => {
      const key = `${id} ${quote}`
      return seen.has(key) ? false : seen.add(key)
    })
    .slice(0, most)
}

const fold = (text: string): string => text.replace(/\s+/g, ' ').trim()
/** Whether the quote stands in the output, white space folded: the same check that the report makes. */
export const holds = (citation: Citation, outputs: ReadonlyMap<string, string>): boolean =>
  fold(outputs.get(citation.id) ?? '').includes(fold(citation.quote))
