import type { Cause } from './expectations.ts'
import type { Expect } from './scenario.ts'

type Row = {
  readonly scenario: string
  readonly expect: Expect | undefined
  readonly rootCauses: readonly Cause[]
  readonly outcome: string
  readonly seconds: number
  /** All requests after detection: checks of the credential, and what every incident read. */
  readonly apiCalls: number
  /** The most that one incident's agent read. */
  readonly reads: number
  readonly held: boolean
}

/** Fixed, so that rows can be printed as they come; 150 columns in all. */
const widths = [3, 24, 46, 46, 12, 7, 5, 5] as const
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => {
      const width = widths[index] ?? 0
      return index > 4 ? cell.padStart(width) : cutTo(cell, width).padEnd(width)
    })
    .join(' ')
    .trimEnd()
const cutTo = (text: string, width: number): string => (text.length <= width ? text : `${text.slice(0, width - 1)}…`)

export const tableHead = line(['', 'scenario', 'expected', 'found', 'outcome', 'seconds', 'calls', 'each'])

/** One scenario, and a further line for each further cause. */
export function tableRow(row: Row): string {
  const expected = (row.expect?.rootCauses ?? (row.expect?.rootCause ? [row.expect.rootCause] : [])).map(named)
  const found = row.rootCauses.map(named)
  const first = [
    row.held ? 'ok' : 'NO',
    row.scenario,
    expected[0] ?? `(${row.expect?.outcome ?? 'none'})`,
    found[0] ?? '-',
    row.outcome,
    row.seconds.toFixed(2),
    String(row.apiCalls),
    String(row.reads),
  ]
  const more = Array.from({ length: Math.max(expected.length, found.length) - 1 }, (_, index) =>
    line(['', '', expected[index + 1] ?? '', found[index + 1] ?? '']),
  )
  return [line(first), ...more].join('\n')
}

/** The class first: it is what tells two rows apart when a long name is cut. */
const named = (cause: Omit<Cause, 'class'> & { readonly class?: string | undefined }): string =>
  [cause.class ?? '', `${cause.kind}/${cause.name}`].join(' ').trim()
