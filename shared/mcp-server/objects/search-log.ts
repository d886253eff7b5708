import { RE2JS } from 're2js'
import { GiveUp } from '../../runtime/errors.ts'

/** Longer lines are searched, and shown, up to here. */
const MAX_LINE = 2_000
const SHOWN = 300

export type Match = {
  readonly line: number
  readonly text: string
  readonly before: readonly string[]
  readonly after: readonly string[]
}
/** True when a line fits. */
export type LineTest = (line: string) => boolean

/** RE2's syntax, matched in time that grows with the text only: a pattern from a model must not stop the server. */
export function lineTest(
  pattern: string,
  options: { readonly regex: boolean; readonly ignoreCase: boolean },
): LineTest {
  const source = options.regex ? pattern : RE2JS.quote(pattern)
  try {
    const compiled = RE2JS.compile(source, options.ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
    return (line) => compiled.test(line)
  } catch (cause) {
    throw new GiveUp(
      'pattern is no regular expression of RE2 (no lookahead, no backreferences). Correct it, or set regex to false.',
      { cause },
    )
  }
}

/** The lines that fit, the last ones first to be kept, with `context` lines around each. */
export function matchesIn(log: string, fits: LineTest, context: number, limit: number) {
  const lines = log.split('\n')
  if (lines.at(-1) === '') lines.pop()
  const found = lines.flatMap((line, at) => (fits(line.slice(0, MAX_LINE)) ? [at] : []))
  const cut = (line: string) => (line.length > SHOWN ? `${line.slice(0, SHOWN)}…` : line)
  return {
    lines: lines.length,
    count: found.length,
    matches: found.slice(-limit).map(
      (at): Match => ({
        line: at + 1,
        text: cut(lines[at] ?? ''),
        before: lines.slice(Math.max(0, at - context), at).map(cut),
        after: lines.slice(at + 1, at + 1 + context).map(cut),
      }),
    ),
  }
}
