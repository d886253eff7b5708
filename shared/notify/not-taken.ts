import type { WaitingRow } from '../artifacts/notice-places.ts'
import type { NoticeMessage } from '../incident/notices.ts'
import { errorText } from '../runtime/errors.ts'
import { derivedId } from '../runtime/ids.ts'
import { breakerOf, type DeliveryResult, type NotifyDeps } from './deps.ts'
import type { Held, NoticeLedger } from './ledger/ledger.ts'
import { Refused, Unsure } from './refusal.ts'
import type { PlaceBook } from './route/place-book.ts'
import { type Routing, targetsIn } from './route/routing.ts'

export type DeliveryDeps = Omit<NotifyDeps, 'routing'> & {
  readonly ledger: NoticeLedger
  readonly book: PlaceBook
  readonly routing: Routing
}

/** Between the tries of one place that does not work; by its breaker they soon become fewer. */
const AWAY_SECONDS = [30, 120, 600, 1_800]
/** Of a notice that a place does not take: what is wrong with it will not change. */
const MESSAGE_SECONDS = [30, 120]
/** A place that does not work for this long: its notices become dead letters, where they are kept. */
const PATIENCE_MS = 24 * 3_600_000
/** The queue's own limit is seven days. */
const LONGEST_DELAY_SECONDS = 6 * 86_400
const MOST_REASON = 900
const MOST_PLACES = 100

type NotTaken = {
  readonly key: string
  readonly error: unknown
  /** Absent: nothing was posted, and no line is held. */
  readonly held?: Held
  readonly openedWith?: string
  /** No more copies may be made. */
  readonly last?: boolean
}

/** What follows from a failure, by whose it is. */
export async function notTaken(deps: DeliveryDeps, message: NoticeMessage, failed: NotTaken): Promise<DeliveryResult> {
  const { key, error, held, openedWith, last = false } = failed
  const { ledger, book, breakers, clock } = deps
  const why = errorText(error)
  const attempt = message.attempt ?? 0
  const breaker = breakerOf({ key })
  deps.log.error({ notice: message.id, place: key, attempt }, `${key} did not take notice ${message.id}: ${why}`)
  const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000)
  const tooOld = isTooOld(message, clock.now())
  const next = { ...message, attempt: attempt + 1 }

  if (error instanceof Unsure) {
    if (last || tooOld) await giveUp(deps, message, key, `it may have it, but ${why}`, 'unsure')
    if (held !== undefined) await ledger.unsure(held, last || tooOld)
    await breakers.failed(breaker, why)
    if (last || tooOld) return 'given-up'
    await book.count(key, 'failed', why)
    await defer(deps, next, key, {
      at: inSeconds(awaySeconds(attempt)),
      why: `no answer came: ${why}`,
      wakes: 'success',
    })
    return 'failed'
  }
  const { whose, retryAfterSeconds } =
    error instanceof Refused ? error : { whose: 'away' as const, retryAfterSeconds: undefined }
  const atAnEnd = whose === 'message' ? attempt >= MESSAGE_SECONDS.length : tooOld
  if (atAnEnd) await giveUp(deps, message, key, why, 'refused')
  if (held !== undefined) await ledger.failed(held, atAnEnd)
  if (whose === 'pace') {
    const until = await book.pause(key, retryAfterSeconds, why)
    if (atAnEnd) return 'given-up'
    return defer(deps, message, key, { at: until, why: `the place asks for time: ${why}`, wakes: 'success' })
  }
  if (whose === 'place') {
    // First: whoever hears of the open breaker finds out by it which key was refused.
    if (openedWith !== undefined) await book.noteRefused(key, openedWith)
    await breakers.failed(breaker, why, undefined, true)
  }
  if (whose === 'away') await breakers.failed(breaker, why)
  if (atAnEnd) return 'given-up'
  await book.count(key, 'failed', why)
  const seconds = whose === 'message' ? (MESSAGE_SECONDS[attempt] ?? 0) : awaySeconds(attempt)
  const wakes = whose === 'message' ? 'never' : retryAfterSeconds === undefined ? 'minutely' : 'success'
  await defer(deps, next, key, { at: inSeconds(retryAfterSeconds ?? seconds), why, wakes })
  return 'failed'
}

/** Only the place's own days count: what quiet hours or a mute held back was never tried meanwhile. */
export const isTooOld = ({ at, heldUntil = '' }: NoticeMessage, now: Date): boolean =>
  now.getTime() - Date.parse(heldUntil > at ? heldUntil : at) > PATIENCE_MS

const awaySeconds = (attempt: number): number => AWAY_SECONDS[attempt] ?? AWAY_SECONDS.at(-1) ?? 0

/** Comes again for this place alone; until then it counts as waiting. */
export async function defer(
  deps: Pick<DeliveryDeps, 'clock' | 'random' | 'again' | 'book'>,
  message: NoticeMessage,
  key: string,
  { at, why, wakes = 'never' }: { readonly at: Date; readonly why: string; readonly wakes?: WaitingRow['wakes'] },
): Promise<'deferred'> {
  const seconds = Math.ceil((at.getTime() - deps.clock.now().getTime()) / 1000)
  // A moment of chance, so that what waited for the same minute does not come in the same second.
  const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(1, seconds) + Math.floor(deps.random() * 5))
  const here = { ...message, places: [key] }
  await deps.again(here, { delaySeconds })
  const until = new Date(deps.clock.now().getTime() + delaySeconds * 1000).toISOString()
  await deps.book.waits(message.id, {
    ...{ place: key, since: message.at, until, why: why.slice(0, MOST_REASON) },
    ...{ wakes, turn: message.turn ?? 0, message: JSON.stringify(here) },
  })
  return 'deferred'
}

/** Kept, counted, and told in the other places. Before the line is closed, so that a crash in between loses nothing. */
export async function giveUp(
  deps: DeliveryDeps,
  message: NoticeMessage,
  key: string,
  why: string,
  what: 'refused' | 'unsure',
): Promise<void> {
  const reason = `${key} did not take notice ${message.id}: ${why}`.slice(0, MOST_REASON)
  const cluster = 'cluster' in message ? message.cluster : undefined
  const id = derivedId(20, message.id, key)
  const blob = await deps.deadLetter({ id: `notices-${id}`, queue: 'notices', cluster, reason, body: message })
  await deps.book.count(key, what, why.slice(0, MOST_REASON))
  // That a notice of this kind was not taken is told by the board and the numbers alone.
  if (message.type === 'dead-letter') return
  const places = targetsIn(deps.routing).flatMap((one) => (one.key === key ? [] : [one.key]))
  if (places.length === 0) return
  await deps.again({
    ...{ version: 1, type: 'dead-letter', id: `dead-letter:notices-${id}`, at: deps.clock.now().toISOString() },
    ...{ queue: 'notices', reason, blob, places: places.slice(0, MOST_PLACES) },
    ...('incidentId' in message && message.incidentId !== undefined ? { incidentId: message.incidentId } : {}),
    ...(cluster === undefined ? {} : { cluster }),
  })
}
