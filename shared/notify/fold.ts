import { z } from 'zod'
import type { SendNotice } from '../incident/notices.ts'
import type { Clock } from '../runtime/clock.ts'
import { contend, STALE } from '../runtime/contend.ts'
import { derivedId, type Random } from '../runtime/ids.ts'
import { listPages } from '../runtime/list-pages.ts'
import type { Row, Table } from '../runtime/table.ts'
import type { Notice } from './notice.ts'

/** Rows of table `control`: how much a place was told of one kind in this minute, and what was too much for it. */
const RATES = 'told-rates'
const FOLDED = 'folded'
/** As many of one kind as somebody reads who is being woken. */
export const MOST_A_MINUTE = 10
/** A heap is told once and whole: this is far above what comes in two minutes. */
const MOST_ROWS = 100_000
const MOST_NAMES = 15
/** Whoever counts a notice of this minute has done so by then. */
const SETTLED_MS = 90_000

const Rate = z.object({ minute: z.string(), ids: z.string() })
const Folded = z.object({
  place: z.string(),
  kind: z.string(),
  minute: z.string(),
  name: z.string(),
  cluster: z.string(),
  namespace: z.string(),
})
type Folded = z.infer<typeof Folded>

export type FoldDeps = {
  readonly control: Pick<Table, 'get' | 'insert' | 'replace' | 'list' | 'remove'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
}

const kindOf = (notice: Notice): string => `${notice.event} ${notice.severity}`
const minuteOf = (at: Date): string => at.toISOString().slice(0, 16)
const placeKey = (place: string, kind: string): string => `${place}-${kind.replaceAll(' ', '-')}`

/** Whether this place has been told enough of this kind in this minute; if not, this one counts, once. */
export async function isTooMuch(deps: FoldDeps, place: string, id: string, notice: Notice): Promise<boolean> {
  const minute = minuteOf(deps.clock.now())
  const key = placeKey(place, kindOf(notice))
  return contend(deps, `Notices to ${place}`, async () => {
    const row = await deps.control.get(RATES, key)
    const known = Rate.safeParse(row?.fields ?? {})
    const ids = known.success && known.data.minute === minute ? known.data.ids.split(' ') : []
    const own = derivedId(8, id)
    // A delivery of the same message.
    if (ids.includes(own)) return false
    // Read and not written: a flood costs no more than this.
    if (ids.length >= MOST_A_MINUTE) return true
    const fields = { minute, ids: [...ids, own].join(' ') }
    const written = await (row === undefined
      ? deps.control.insert(RATES, key, fields)
      : deps.control.replace(row, fields))
    return written === undefined ? STALE : false
  })
}

/** Kept until its minute is over, under a name of its own, so that the same one counts once, in whatever minute. */
export async function fold(deps: FoldDeps, place: string, id: string, notice: Notice): Promise<void> {
  const minute = minuteOf(deps.clock.now())
  const kind = kindOf(notice)
  const about =
    notice.kind === 'incident'
      ? { name: `${notice.resource} in ${notice.cluster}`, cluster: notice.cluster, namespace: notice.namespace }
      : { name: notice.title, cluster: notice.cluster ?? '', namespace: '' }
  const name = about.name.slice(0, 200)
  await deps.control.insert(FOLDED, `${placeKey(place, kind)}-${derivedId(16, id)}`, {
    ...{ ...about, name, place, kind, minute },
  })
}

/** One notice for each place, kind and minute that is over: how many more there were, and of whom. */
export async function notifyFolded(deps: FoldDeps & { readonly notify: SendNotice }): Promise<void> {
  const rows: Row[] = []
  for await (const page of listPages(deps.control, { partition: FOLDED }, MOST_ROWS)) rows.push(...page)
  const now = deps.clock.now()
  const heaps = new Map<string, { readonly first: Folded; readonly rows: Row[]; readonly all: Folded[] }>()
  for (const row of rows) {
    const parsed = Folded.safeParse(row.fields)
    if (!parsed.success) continue
    if (now.getTime() - Date.parse(`${parsed.data.minute}:00Z`) < SETTLED_MS) continue
    const key = `${parsed.data.place} ${parsed.data.kind} ${parsed.data.minute}`
    const heap = heaps.get(key) ?? { first: parsed.data, rows: [], all: [] }
    heap.rows.push(row)
    heap.all.push(parsed.data)
    heaps.set(key, heap)
  }
  for (const { first, rows: gone, all } of heaps.values()) {
    const { place, kind, minute } = first
    const different = (values: readonly string[]) => new Set(values.filter((one) => one !== '')).size
    // Sent first: a crash in between sends it again under the same name.
    await deps.notify({
      ...{ version: 1, type: 'folded', id: `folded:${place}:${kind}:${minute}`, at: now.toISOString() },
      ...{ places: [place], kind, count: all.length },
      namespaces: different(all.map(({ cluster, namespace }) => namespace && `${cluster}/${namespace}`)),
      clusters: different(all.map(({ cluster }) => cluster)),
      names: [...new Set(all.map(({ name }) => name))].slice(0, MOST_NAMES),
    })
    for (const row of gone) await deps.control.remove(row)
  }
}
