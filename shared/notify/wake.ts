import { PLACES, PlaceRow, WAITING, WaitingRow } from '../artifacts/notice-places.ts'
import { NoticeMessage, type SendNotice } from '../incident/notices.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import { errorText } from '../runtime/errors.ts'
import { listPages } from '../runtime/list-pages.ts'
import type { Log } from '../runtime/log.ts'
import { inParts } from '../runtime/parts.ts'
import type { Row, Table } from '../runtime/table.ts'
import { breakerOf } from './deps.ts'

/** At a time, for one place: its pace and the next minute take the rest. */
const MOST_WOKEN = 200
/** Of a place that is away: one of them tries, and some may be over by now. */
const MOST_PROBES = 3
/** Once one cannot be sent the next may; when so many cannot, it is not for their own sake. */
const MOST_FAILURES = 3
/** Far above what all places together leave waiting in the day after which a notice is too old. */
const MOST_ROWS = 100_000
/** What comes by itself as soon as that needs nobody. */
const SOON_MS = 15_000

export type WakeDeps = {
  readonly control: Pick<Table, 'get' | 'list' | 'replace'>
  readonly breakers: Pick<Breakers, 'state'>
  readonly again: SendNotice
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'info'>
}
type Waiting = { readonly row: Row; readonly is: WaitingRow; readonly message: NoticeMessage }

/** The place has just taken something after it had not: what waits for it need not wait for its own time. */
export async function wakePlace(deps: WakeDeps, place: string): Promise<void> {
  const byPlace = await sleepers(deps, { fromKey: `${place}-`, toKey: `${place}-~` })
  // Keys of other places may begin like this one's.
  await wake(deps, place, (byPlace.get(place) ?? []).slice(0, MOST_WOKEN))
}

/**
 * Each minute: of a place that is away a few try whether it is back, of one that is well all that still waits. So a place
 * that is back has heard what is still so about a minute later, however long it was away.
 */
export async function wakeWaiting(deps: WakeDeps): Promise<void> {
  const { part, end } = inParts('Waking what waits')
  for (const [place, waiting] of await sleepers(deps)) await part(place, () => wakeIfBack(deps, place, waiting))
  end()
}

async function wakeIfBack(deps: WakeDeps, place: string, waiting: readonly Waiting[]): Promise<void> {
  const state = PlaceRow.parse((await deps.control.get(PLACES, place))?.fields ?? {})
  if (Date.parse(state.pausedUntil || '1970-01-01') > deps.clock.now().getTime()) return
  const breaker = await deps.breakers.state(breakerOf({ key: place }))
  // While it is left alone nothing is posted, but with another key than the refused one it would be.
  const isWell = breaker.now === 'closed' && breaker.failures === 0 && state.pauses === 0
  const these = isWell ? waiting : waiting.filter(({ is }) => is.wakes === 'minutely')
  await wake(deps, place, these.slice(0, isWell ? MOST_WOKEN : breaker.now === 'open' ? 1 : MOST_PROBES))
}

/** Of each place those that would come later by themselves, the oldest first: no more of a kind than are woken. */
async function sleepers(
  { control, clock }: Pick<WakeDeps, 'control' | 'clock'>,
  keys: { readonly fromKey?: string; readonly toKey?: string } = {},
): Promise<ReadonlyMap<string, readonly Waiting[]>> {
  const soon = new Date(clock.now().getTime() + SOON_MS).toISOString()
  const kept = new Map<string, readonly Waiting[]>()
  // What is kept must not grow with what waits, nor may what only its own time wakes stand before the others.
  for await (const page of listPages(control, { partition: WAITING, ...keys }, MOST_ROWS)) {
    const found = page.flatMap((row) => sleeper(row, soon) ?? [])
    for (const [kind, more] of Map.groupBy(found, ({ is }) => `${is.wakes} ${is.place}`))
      kept.set(kind, [...(kept.get(kind) ?? []), ...more].sort(oldestFirst).slice(0, MOST_WOKEN))
  }
  return Map.groupBy([...kept.values()].flat().sort(oldestFirst), ({ is }) => is.place)
}

function sleeper(row: Row, soon: string): Waiting | undefined {
  const { data: is } = WaitingRow.safeParse(row.fields)
  if (is === undefined || is.wakes === 'never' || is.until <= soon) return undefined
  const message = noticeIn(is.message)
  return message === undefined ? undefined : { row, is, message }
}

/** A row without a message, or with half of one, waits for its own time. */
function noticeIn(text: string): NoticeMessage | undefined {
  try {
    return NoticeMessage.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const oldestFirst = (a: Waiting, b: Waiting): number => a.is.since.localeCompare(b.is.since)

/** Sent first: a crash in between leaves the old message, which the new one has overtaken, or brings both. */
async function wake(deps: WakeDeps, place: string, waiting: readonly Waiting[]): Promise<void> {
  let woken = 0
  const failures: unknown[] = []
  for (const { row, is, message } of waiting) {
    const turn = is.turn + 1
    try {
      await deps.again({ ...message, places: [place], turn }, { delaySeconds: 1 })
      // Stale: it has come by itself meanwhile.
      await deps.control.replace(row, { ...is, turn, until: deps.clock.now().toISOString() })
      woken += 1
    } catch (error) {
      failures.push(error)
      if (failures.length >= MOST_FAILURES) break
    }
  }
  if (woken > 0) deps.log.info({ place, woken }, `${place}: ${woken} need not wait longer`)
  if (failures.length > 0) throw new Error(errorText(failures[0]), { cause: failures[0] })
}
