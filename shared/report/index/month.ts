import type { Entry, Month } from './entry.ts'

/**
 * A month's list keeps the newest; what falls off stays in the tables and has its page. A whole part falls off at a
 * time, so that the parts need to be written anew only then.
 */
export const MOST_A_MONTH = 10_000

/** Newest first; incidents of one moment in the order of their names, so that every writer makes the same list. */
export const newestFirst = (a: Entry, b: Entry): number =>
  a.at === b.at ? (a.id < b.id ? 1 : -1) : a.at < b.at ? 1 : -1

/** The month with this line in it, or `undefined` when nothing would change. What is over never comes back to life. */
export function withEntry({ entries }: Month, entry: Entry): Month | undefined {
  const before = entries.find(({ id }) => id === entry.id)
  const after = before === undefined ? entry : joined(before, entry)
  if (before !== undefined && JSON.stringify(before) === JSON.stringify(after)) return undefined
  const others = entries.filter(({ id }) => id !== entry.id)
  const all = [...others, after].sort(newestFirst)
  return { version: 1, entries: all.length > MOST_A_MONTH ? all.slice(0, MOST_A_MONTH - ROWS) : all }
}

/** Messages come late and twice: a report that arrives after the end, or an end that knows no report, loses nothing. */
function joined(before: Entry, entry: Entry): Entry {
  const over = before.state === 'resolved' && entry.state !== 'resolved'
  return {
    ...before,
    ...entry,
    state: over ? before.state : entry.state,
    cause: entry.cause || before.cause,
    headline: entry.headline || before.headline,
  }
}

/** Rows of one page: at most about 1 kB each, which keeps a page below 300 kB. */
export const ROWS = 250

/** Pages are counted from the oldest, so that a full one never changes when newer incidents come. Newest part last. */
export function parts(entries: readonly Entry[]): readonly (readonly Entry[])[] {
  const oldestFirst = entries.toReversed()
  const all: Entry[][] = []
  for (let from = 0; from < oldestFirst.length; from += ROWS) all.push(oldestFirst.slice(from, from + ROWS).reverse())
  return all
}

export const monthOf = (iso: string): string => iso.slice(0, 7)
export const monthBlob = (month: string): string => `index/${month}.json`
/**
 * `part` counts from 1, the oldest. The newest part of a month has the month's own name, so that a link to a month
 * always leads to where all its parts are named.
 */
export const monthPage = (month: string, part: number, of: number): string =>
  part === of ? `incidents-${month}.html` : `incidents-${month}-${part}.html`
