import { z } from 'zod'
import type { Row } from './row.ts'

const Kept = z.object({ figure: z.number(), spread: z.number() })
/** By the name of a row: its ratio to the floor, or where there is none, what does not depend on the machine. */
export const Baseline = z.record(z.string(), Kept)
export type Baseline = z.infer<typeof Baseline>

/** What noise may do to a median even when its own runs agreed by chance. */
const LEAST_ALLOWED = 0.35
/** However noisy the machine: twice as bad is worse. */
const MOST_ALLOWED = 1
const timed = new Set(['ms', 's', 'µs', 'cores', '/s per core'])
const moreIsBetter = ({ unit }: Row) => unit === '/s per core'

/** Times are only kept as ratios: another machine, and this one tomorrow, has others. */
function figureOf(row: Row): number | undefined {
  const figure = row.ratio ?? (timed.has(row.unit) ? undefined : row.value)
  return figure === undefined || Number.isNaN(figure) ? undefined : figure
}

export const baselineOf = (rows: readonly Row[]): Baseline =>
  Object.fromEntries(
    rows.flatMap((row) => {
      const figure = figureOf(row)
      return figure === undefined ? [] : [[row.name, { figure, spread: row.spread ?? 0 }]]
    }),
  )

/** One sentence for each row that is clearly worse than it was; rows that were never kept are compared with nothing. */
export function regressions(rows: readonly Row[], baseline: Baseline): ReadonlyMap<string, string> {
  return new Map(
    rows.flatMap((row): [string, string][] => {
      const before = baseline[row.name]
      if (before === undefined) return []
      // What may be nothing at all has no part of itself to be worse by; its goal is the same on every machine.
      if (row.ratio === undefined && row.ok !== undefined)
        return row.ok ? [] : [[row.name, `${row.name}: ${row.value}, must be ${row.goal}`]]
      const now = figureOf(row) ?? Number.NaN
      const noise = 2 * (before.spread + (row.spread ?? 0))
      const allowed = 1 + Math.min(MOST_ALLOWED, Math.max(LEAST_ALLOWED, noise))
      const limit = moreIsBetter(row) ? before.figure / allowed : before.figure * allowed
      // Written so that a figure that could not be measured is worse, too.
      const fine = moreIsBetter(row) ? now >= limit : now <= limit
      const shown = Number(limit.toPrecision(3))
      return fine ? [] : [[row.name, `${row.name}: ${now}, was ${before.figure}, allowed up to ${shown}`]]
    }),
  )
}
