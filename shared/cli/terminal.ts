import { createColors } from 'picocolors'

export type Output = {
  /** One line for whoever reads or pipes it. */
  readonly line: (text: string) => void
  /** For people beside the output: troubles, hints. */
  readonly note: (text: string) => void
  /** A line that is written over again and again on a terminal; nothing elsewhere. '' takes it away. */
  readonly progress: (text: string) => void
  readonly colors: ReturnType<typeof createColors>
  /** Whether a person sits before it. */
  readonly live: boolean
}
export type Stream = { readonly write: (text: string) => unknown; readonly isTTY?: boolean; readonly columns?: number }

export function output(streams: { readonly out: Stream; readonly error: Stream; readonly color: boolean }): Output {
  const { out, error } = streams
  const live = out.isTTY === true
  let drawn = false
  const clear = () => {
    if (drawn) out.write('\r\u001b[2K')
    drawn = false
  }
  return {
    line: (text) => {
      clear()
      out.write(`${escaped(text)}\n`)
    },
    note: (text) => {
      clear()
      error.write(`${escaped(text)}\n`)
    },
    progress: (text) => {
      if (!live) return
      clear()
      if (text === '') return
      // A line that wraps cannot be taken away again.
      out.write(text.slice(0, Math.max(20, (out.columns ?? 80) - 1)))
      drawn = true
    },
    colors: createColors(live && streams.color),
    live,
  }
}

/**
 * What steers a terminal without an escape, or turns a line around, as JSON writes it: JSON.stringify lets U+009B pass,
 * which many terminals take for the beginning of a command. A space without width steers nothing, and Markdown needs it.
 */
const escaped = (text: string): string =>
  text.replace(/[\u007f-\u009f\u2028\u2029]|(?!\u200b)\p{Cf}/gu, (found) =>
    found
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )

/** The same answers as YAML: each of their lines is one JSON document. Only texts in double quotes know `\u0085`. */
export const inYaml = (out: Output, stringify: (value: unknown, options: typeof quoted) => string): Output => ({
  ...out,
  line: (text) => out.line(`---\n${stringify(JSON.parse(text), quoted).trimEnd()}`),
})
const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const

/** Words from a cluster as words: no escape sequence may move the cursor, and none turn the line around. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, ' ')
/** A command of several lines stays one: joined it would be another. */
export const lined = (text: string): readonly string[] => text.split(/\r?\n/).map(plain)

/** Columns as wide as their widest cell; the last one is left as it is. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    row.map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0))).join('  '),
  )
}

/** `3 min ago`; times of an app whose clock is ahead are `now`. */
export function ago(at: string, now: Date): string {
  const seconds = Math.round((now.getTime() - Date.parse(at)) / 1000)
  if (Number.isNaN(seconds)) return '-'
  if (seconds < 5) return 'now'
  if (seconds < 120) return `${seconds} s ago`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min ago`
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h ago`
  return `${Math.round(seconds / 86_400)} d ago`
}

/** The paint of a state or a severity; the word itself is always there. */
export function paint(word: string, colors: Output['colors']): (text: string) => string {
  switch (word) {
    case 'critical':
    case 'failed':
      return colors.red
    case 'warning':
    case 'open':
    case 'queued':
    case 'disconnected':
    case 'evidence-only':
      return colors.yellow
    case 'running':
    case 'connecting':
    case 'connected':
    case 'subscribing':
      return colors.cyan
    case 'reported':
    case 'resolved':
    case 'active':
    case 'patrol':
      return colors.green
    default:
      return colors.dim
  }
}
