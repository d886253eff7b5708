/** A line of a program is rarely a tenth of this; what is longer is data. */
const MAX_LINE = 4_000

export type NewestLines = { readonly text: string; readonly lines: number; readonly cut: boolean }

/** Whole lines from the end, those that are too long cut in their middle with a word; for texts that are redacted already. */
export function newestLines(text: string, maxBytes: number): NewestLines {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const kept: string[] = []
  let bytes = 0
  for (const line of lines.toReversed()) {
    const shown = within(line)
    bytes += Buffer.byteLength(shown) + 1
    if (bytes > maxBytes && kept.length > 0) break
    kept.push(shown)
  }
  const ended = text.endsWith('\n') && kept.length > 0 ? '\n' : ''
  return { text: kept.toReversed().join('\n') + ended, lines: kept.length, cut: kept.length < lines.length }
}

function within(line: string): string {
  if (line.length <= MAX_LINE) return line
  const half = MAX_LINE / 2
  return `${line.slice(0, half)}…[cut here: ${line.length - MAX_LINE} characters of this line]…${line.slice(-half)}`
}
