import type { Blobs } from '../../runtime/blobs.ts'
import { type Entry, Month } from './entry.ts'
import { monthBlob, newestFirst } from './month.ts'

type Reads = { readonly blobs: Pick<Blobs, 'read' | 'list'> }

/** 10,000 lines of at most 1.2 kB. */
const MAX_MONTH_BYTES = 16 * 1024 * 1024
/** Ten years. */
const MOST_MONTHS = 120
/** Two full months: what is older is found by its month. */
const MOST_LINES = 20_000
/** Thirty days touch at most so many, 31 January to 1 March: the figures need them, however full they are. */
export const NEWEST_MONTHS = 3

export async function readMonth({ blobs }: Pick<Reads, 'blobs'>, month: string) {
  const blob = await blobs.read(monthBlob(month), MAX_MONTH_BYTES)
  const content: Month = blob === undefined ? { version: 1, entries: [] } : Month.parse(JSON.parse(blob.text))
  return { etag: blob?.etag, content }
}

/** Newest first. */
export async function monthsOf({ blobs }: Reads): Promise<readonly string[]> {
  const names = await blobs.list('index/', MOST_MONTHS)
  return names.flatMap(({ name }) => /^index\/(\d{4}-\d\d)\.json$/.exec(name)?.[1] ?? []).reverse()
}

/** All lines of these months, newest first, month by month until they are many; `whole` unless older ones were left out. */
export async function everyLine(
  reads: Reads,
  months: readonly string[],
): Promise<{ readonly entries: readonly Entry[]; readonly whole: boolean }> {
  const read = async (month: string) => (await readMonth(reads, month)).content.entries
  const entries = (await Promise.all(months.slice(0, NEWEST_MONTHS).map(read))).flat()
  for (const month of months.slice(NEWEST_MONTHS)) {
    if (entries.length >= MOST_LINES) return { entries, whole: false }
    entries.push(...(await read(month)))
  }
  return { entries: entries.sort(newestFirst), whole: true }
}
