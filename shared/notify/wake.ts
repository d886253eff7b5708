import { PLACES, PlaceRow, WAITING, WaitingRow } from '../artifacts/notice-places.ts'
import { NoticeMessage, type SendNotice } from '../incident/notices.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { Row, Table } from '../runtime/table.ts'
import { breakerOf } from './deps.ts'

/** At a time, for one place: its pace and the next minute take the rest. */
const MOST_WOKEN = 200
/** Of a place that is away: one of them tries, and some may be over by now. */
const MOST_PROBES = 3
const MOST_ROWS = 5_000
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
  const rows = await deps.control.list({
    ...{ partition: WAITING, fromKey: `${place}-`, toKey: `${place}-~`, limit: MOST_ROWS },
  })
  // Keys of other places may begin like this one's.
  const these = sleepers(deps, rows).filter(({ is }) => is.place === place && is.wakes !== 'never')
  await wake(deps, place, these.slice(0, MOST_WOKEN))
}

/**
 * Each minute: of a place that is away a few try whether it is back, of one that is well all that still waits. So a place
 * that is back has heard what is still so about a minute later, however long it was away.
 */
export async function wakeWaiting(deps: WakeDeps): Promise<void> {
  const rows = await deps.control.list({ partition: WAITING, limit: MOST_ROWS })
  const byPlace = Map.groupBy(sleepers(deps, rows), ({ is }) => is.place)
  for (const [place, all] of byPlace) {
    const state = PlaceRow.parse((await deps.control.get(PLACES, place))?.fields ?? {})
    const now = deps.clock.now()
    if (Date.parse(state.pausedUntil || '1970-01-01') > now.getTime()) continue
    const breaker = await deps.breakers.state(breakerOf({ key: place }))
    // While it is left alone nothing is posted, but with another key than the refused one it would be.
    const isWell = breaker.now === 'closed' && breaker.failures === 0 && state.pauses === 0
    const these = all.filter(({ is }) => (isWell ? is.wakes !== 'never' : is.wakes === 'minutely'))
    await wake(deps, place, these.slice(0, isWell ? MOST_WOKEN : breaker.now === 'open' ? 1 : MOST_PROBES))
  }
}

/** Those that would come later by themselves; the oldest first. */
function sleepers({ clock }: Pick<WakeDeps, 'clock'>, rows: readonly Row[]): readonly Waiting[] {
  const soon = new Date(clock.now().getTime() + SOON_MS).toISOString()
  return rows
    .flatMap((row): readonly Waiting[] => {
      const is = WaitingRow.safeParse(row.fields)
      if (!is.success || is.data.until <= soon || is.data.message === '') return []
      const message = NoticeMessage.safeParse(JSON.parse(is.data.message))
      return message.success ? [{ row, is: is.data, message: message.data }] : []
    })
    .sort((a, b) => a.is.since.localeCompare(b.is.since))
}

/** Sent first: a crash in between leaves the old message, which the new one has overtaken, or brings both. */
async function wake(deps: WakeDeps, place: string, waiting: readonly Waiting[]): Promise<void> {
  for (const { row, is, message } of waiting) {
    const turn = is.turn + 1
    await deps.again({ ...message, places: [place], turn }, { delaySeconds: 1 })
    // Stale: it has come by itself meanwhile.
    await deps.control.replace(row, { ...is, turn, until: deps.clock.now().toISOString() })
  }
  if (waiting.length > 0)
    deps.log.info({ place, woken: waiting.length }, `${place}: ${waiting.length} need not wait longer`)
}
