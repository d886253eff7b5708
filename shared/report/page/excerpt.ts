export type Part = { readonly kind: 'text' | 'quote' | 'gap'; readonly text: string }

/** The page stays light; whoever wants all of it has evidence.jsonl. */
export const HEAD = 3_000
const AROUND = 300
const MOST_QUOTES = 20

type Range = { readonly from: number; readonly to: number }

/** The beginning of an output and the surroundings of each quote, quotes marked, cuts named. */
export function excerpt(
  output: string,
  quotes: readonly string[],
  head = HEAD,
): { readonly parts: readonly Part[]; readonly shown: number } {
  const marks = merged(quotes.slice(0, MOST_QUOTES).flatMap((quote) => find(output, quote)))
  const ranges = merged([
    { from: 0, to: Math.min(head, output.length) },
    ...marks.map(({ from, to }) => ({ from: Math.max(0, from - AROUND), to: Math.min(output.length, to + AROUND) })),
  ])
  const parts: Part[] = []
  let at = 0
  for (const range of ranges) {
    if (range.from > at) parts.push(gap(range.from - at))
    at = range.from
    for (const mark of marks.filter(({ from }) => from >= range.from && from < range.to)) {
      parts.push(
        { kind: 'text', text: output.slice(at, mark.from) },
        { kind: 'quote', text: output.slice(mark.from, mark.to) },
      )
      at = mark.to
    }
    parts.push({ kind: 'text', text: output.slice(at, range.to) })
    at = range.to
  }
  if (at < output.length) parts.push(gap(output.length - at))
  const shown = ranges.reduce((sum, { from, to }) => sum + to - from, 0)
  return { parts: parts.filter(({ text }) => text !== ''), shown }
}

const gap = (characters: number): Part => ({ kind: 'gap', text: `${characters} characters left out` })

/** White space is folded as in the evidence check: a quote may run over line ends. */
function find(output: string, quote: string): readonly Range[] {
  const words = quote
    .trim()
    .split(/\s+/)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const found = new RegExp(words.join('\\s+')).exec(output)
  return found === null || found[0] === '' ? [] : [{ from: found.index, to: found.index + found[0].length }]
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const result: Range[] = []
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last === undefined || range.from > last.to) result.push(range)
    else result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
  }
  return result
}
