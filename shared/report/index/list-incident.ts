import type { Blobs } from '../../runtime/blobs.ts'
import { type ContendDeps, contend, STALE } from '../../runtime/contend.ts'
import type { Entry } from './entry.ts'
import { type Filter, isEmpty, isOpen, passes } from './filter.ts'
import { type Addresses, listPage, type Refresh } from './list-page.ts'
import { monthBlob, monthOf, monthPage, parts, ROWS, withEntry } from './month.ts'
import { everyLine, monthsOf, NEWEST_MONTHS, readMonth } from './read-month.ts'

export type ListDeps = ContendDeps & {
  readonly blobs: Pick<Blobs, 'read' | 'write' | 'info' | 'list'>
  readonly addresses: Addresses
}

/** What the first page's counts and charts speak of. */
const DAYS = 30
const DAY = 86_400_000
/** On top of the first page, which must stay below 300 kB. */
const MOST_OPEN = 100

/**
 * Puts a line into the list, or changes it, and writes the pages on which that shows. The line is kept by a conditional
 * write of its month; a page is written only if nobody wrote it since before its months were read, so the last writer
 * has seen every line, and two reports at once lose neither. Running it again writes nothing new.
 */
export const listIncident =
  (deps: ListDeps) =>
  async (entry: Entry): Promise<void> => {
    const month = monthOf(entry.at)
    const cut = await contend(deps, `The list of ${month}`, async () => {
      const { etag, content } = await readMonth(deps, month)
      const next = withEntry(content, entry)
      if (next === undefined) return false
      const condition = etag === undefined ? { onlyIfNew: true } : { onlyIfEtag: etag }
      return (await deps.blobs.write(monthBlob(month), JSON.stringify(next), condition))
        ? next.entries.length < content.entries.length
        : STALE
    })
    // Also when the line was there: whoever wrote it may have died before the pages.
    await writeMonthPages(deps, month, entry.id, cut)
    await writePage(deps, 'index.html', () => firstPage(deps, { kept: true }))
  }

/** The etag is taken first: a page made of older months than another's is refused, and made again. */
const writePage = (deps: ListDeps, page: string, render: () => Promise<string | undefined>): Promise<unknown> =>
  contend(deps, page, async () => {
    const before = await deps.blobs.info(page)
    const content = await render()
    if (content === undefined) return 'gone'
    const condition = before === undefined ? { onlyIfNew: true } : { onlyIfEtag: before.etag }
    return (await deps.blobs.write(page, content, condition)) ? 'written' : STALE
  })

/**
 * A new line moves those after it, so every part from its own on; lines come near the end, so these are one or two. The
 * part before it too: it got its number when this one began. All of them when the month was cut.
 */
async function writeMonthPages(deps: ListDeps, month: string, id: string, cut: boolean): Promise<void> {
  const all = parts((await readMonth(deps, month)).content.entries)
  const own = all.findIndex((rows) => rows.some((one) => one.id === id))
  if (own === -1) return
  for (let part = cut ? 1 : Math.max(1, own); part <= all.length; part++)
    await writePage(deps, monthPage(month, part, all.length), async () =>
      monthListPage(
        (await readMonth(deps, month)).content.entries,
        month,
        part === all.length ? 'newest' : part,
        deps.addresses,
      ),
    )
}

type Asked = {
  readonly filter?: Filter
  /** Of what the filter finds. */
  readonly part?: number
  readonly refresh?: Refresh | undefined
}

/** A page of the list made now, for other addresses than those of the page that is kept; a filter is asked of all pages. */
export async function renderedPage(
  deps: Pick<ListDeps, 'blobs' | 'addresses'>,
  page: string,
  { filter = {}, part = 1, refresh }: Asked = {},
): Promise<string | undefined> {
  if (!isEmpty(filter)) return filteredPage(deps, filter, part, refresh)
  if (page === 'index.html') return firstPage(deps, { kept: false, refresh })
  const [, month, number] = /^incidents-(\d{4}-\d\d)(?:-(\d{1,3}))?\.html$/.exec(page) ?? []
  if (month === undefined) return undefined
  const { entries } = (await readMonth(deps, month)).content
  return monthListPage(entries, month, number === undefined ? 'newest' : Number(number), deps.addresses)
}

/** One part of a month, counted from 1, the oldest; `undefined` when there is none. */
export async function monthListPage(
  entries: readonly Entry[],
  month: string,
  which: number | 'newest',
  addresses: Addresses,
): Promise<string | undefined> {
  const all = parts(entries)
  const part = which === 'newest' ? all.length : which
  const rows = all[part - 1]
  const [newest, oldest] = [rows?.[0], rows?.at(-1)]
  if (rows === undefined || newest === undefined || oldest === undefined) return undefined
  const whole = part === all.length
  return listPage({
    title: `Incidents of ${month}${all.length === 1 ? '' : `, part ${part}${whole ? ` of ${all.length}` : ''}`}`,
    rows,
    // A part that is full is not written again, so it speaks of itself alone.
    all: whole ? entries : rows,
    from: whole ? `${month}-01` : oldest.at.slice(0, 10),
    to: whole ? lastDay(month) : newest.at.slice(0, 10),
    pages: [
      { title: 'Newest', page: 'index.html' },
      ...all
        .map((_, index) => ({ title: `${month}, part ${index + 1}`, page: monthPage(month, index + 1, all.length) }))
        .reverse(),
    ],
    current: monthPage(month, part, all.length),
    addresses,
  })
}

/** The newest lines, figures of the last thirty days before the newest, and the way to each month. */
async function firstPage(
  deps: Pick<ListDeps, 'blobs' | 'addresses'>,
  { kept, refresh }: { readonly kept: boolean; readonly refresh?: Refresh | undefined },
): Promise<string | undefined> {
  const months = await monthsOf(deps)
  // What is open is searched for in every month where somebody asks; a page that is kept is written too often for that, and
  // says so.
  const seen = kept ? months.slice(0, NEWEST_MONTHS) : months
  const { entries, whole } = await everyLine(deps, seen)
  const last = entries[0]
  if (last === undefined) return undefined
  const to = last.at.slice(0, 10)
  const from = new Date(Date.parse(to) - (DAYS - 1) * DAY).toISOString().slice(0, 10)
  const open = entries.filter(isOpen)
  const earlier = !whole || seen.length < months.length
  return listPage({
    title: 'Incidents',
    ...(earlier ? { openSince: entries.at(-1)?.at.slice(0, 10) ?? from } : {}),
    open: open.slice(0, MOST_OPEN),
    openCount: open.length,
    rows: entries.slice(0, ROWS).filter((one) => !isOpen(one)),
    all: entries.filter(({ at }) => at.slice(0, 10) >= from),
    from,
    to,
    pages: [
      { title: 'Newest', page: 'index.html' },
      ...months.map((month) => ({ title: month, page: monthPage(month, 1, 1) })),
    ],
    current: 'index.html',
    addresses: deps.addresses,
    ...(refresh === undefined ? {} : { refresh }),
  })
}

async function filteredPage(
  deps: Pick<ListDeps, 'blobs' | 'addresses'>,
  filter: Filter,
  part: number,
  refresh: Refresh | undefined,
): Promise<string> {
  const { entries, whole } = await everyLine(deps, await monthsOf(deps))
  const found = entries.filter(passes(filter))
  const rows = found.slice((part - 1) * ROWS, part * ROWS)
  const [newest, oldest] = [found[0], found.at(-1)]
  const { filtered } = deps.addresses
  return listPage({
    title: 'Incidents',
    rows,
    all: found,
    known: entries,
    filter,
    whole,
    from: oldest?.at.slice(0, 10) ?? '',
    to: newest?.at.slice(0, 10) ?? '',
    pages: [],
    parts: Array.from({ length: Math.ceil(found.length / ROWS) }, (_, at) => ({
      title: `${at * ROWS + 1} to ${Math.min(found.length, (at + 1) * ROWS)}`,
      address: at + 1 === part ? undefined : filtered?.(filter, at + 1),
    })),
    current: '',
    addresses: deps.addresses,
    ...(refresh === undefined ? {} : { refresh }),
  })
}

const lastDay = (month: string): string => {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10)
}
