import type { NoticeMessage } from '../incident/notices.ts'
import { contend } from '../runtime/contend.ts'
import { errorText, GiveUp } from '../runtime/errors.ts'
import type { Composed } from './compose.ts'
import { breakerOf, type DeliveryResult } from './deps.ts'
import { fold, isTooMuch } from './fold.ts'
import type { Asked } from './ledger/ledger.ts'
import { type DeliveryDeps, defer, giveUp, isTooOld, notTaken } from './not-taken.ts'
import type { Notifier } from './notice.ts'
import { Refused } from './refusal.ts'
import { type Target, twinsOf, type Way } from './route/routing.ts'
import { wakePlace } from './wake.ts'

/** A receiver that cannot tell a copy gets no more of them. */
const MOST_COPIES = 2
const BUSY_MS = 10_000
const BEHIND_BREAKER_MS = 10 * 60_000

/** One notice in one place: the line says whether, breaker and pace say when, the channel says whether it arrived. */
export const notifyPlace = (deps: DeliveryDeps) => {
  const { ledger, book } = deps

  return async (message: NoticeMessage, composed: Composed, way: Way): Promise<DeliveryResult> => {
    const { target } = way
    const comesBack = message.places !== undefined
    if (comesBack && (await book.isSentAnew(target.key, message.id, message.turn ?? 0))) return 'sent-anew'
    const result = await deliver(message, composed, way)
    // Only what comes back from the queue has ever waited.
    const waits = result === 'deferred' || result === 'failed'
    if (comesBack && !waits) await book.waitsNoMore(target.key, message.id)
    return result
  }

  async function deliver(
    given: NoticeMessage,
    composed: Composed,
    { target, at, why = 'quiet hours' }: Way,
  ): Promise<DeliveryResult> {
    const { key } = target
    const { notice, about, since, isEnd } = composed
    let message = given
    const asked: Asked = {
      ...{ place: key, target: JSON.stringify(target), subject: about, since, id: message.id },
      ...(isEnd ? { end: JSON.stringify({ ...message, places: [key] }) } : {}),
    }
    const state = await ledger.query(asked)
    if (state === 'told') return 'told-before'
    if (state === 'overtaken') return 'overtaken'
    if (state === 'unknown') {
      // Closes the line, so that what still waits for this place is not told any more.
      const closed = await ledger.claim(asked)
      if (closed.state !== 'yours' && closed.state !== 'busy') return 'not-wanted'
      // Its begin has set out between the two: what becomes of that decides whether the end is told.
      if (closed.state === 'yours') await ledger.failed(closed.held)
      const soon = new Date(deps.clock.now().getTime() + BUSY_MS)
      return defer(deps, message, key, { at: soon, why: 'its begin is just being told' })
    }
    if (at !== undefined) return defer(deps, { ...message, heldUntil: at.toISOString() }, key, { at, why })
    let notifier: Notifier
    try {
      notifier = await open(target, isEnd)
    } catch (error) {
      const why = error instanceof GiveUp ? 'place' : 'away'
      return notTaken(deps, message, { key, error: new Refused(why, errorText(error)) })
    }
    if (!notifier.takes(notice)) return 'not-wanted'
    if (mayFold(message, isEnd)) {
      if (await isTooMuch(deps, key, message.id, notice)) {
        await fold(deps, key, message.id, notice)
        return 'folded'
      }
      message = { ...message, counted: true }
    }
    const admitted = await deps.breakers.ask(breakerOf(target))
    if (!admitted.go && !(await hasOtherKey(key, notifier)))
      return later(message, key, notBefore(admitted.retryAt), { why: 'the place does not work', wakes: 'minutely' })
    const turn = await book.turn(key, notifier.pace)
    if (turn !== undefined) return later(message, key, turn.at, { why: 'the place asks for time', wakes: 'success' })
    const claim = await ledger.claim(asked)
    switch (claim.state) {
      case 'told':
        return 'told-before'
      case 'overtaken':
        return 'overtaken'
      case 'unknown':
        return 'not-wanted'
      case 'busy': {
        const soon = new Date(deps.clock.now().getTime() + claim.seconds * 1000)
        return defer(deps, message, key, { at: soon, why: 'another notice of it is being told' })
      }
      case 'yours':
        return post(message, composed, target, notifier, claim, admitted.go && admitted.spotless)
      default:
        return claim satisfies never
    }
  }

  async function post(
    message: NoticeMessage,
    { notice, isEnd, stillSo }: Composed,
    target: Target,
    notifier: Notifier,
    { held, ref, unsure, copies }: Extract<Awaited<ReturnType<typeof ledger.claim>>, { state: 'yours' }>,
    wasWell: boolean,
  ): Promise<DeliveryResult> {
    const { key } = target
    // Read while nobody else can tell this place of it, so that nothing newer is told in between.
    if (!(await stillSo())) {
      await ledger.failed(held)
      return 'overtaken'
    }
    if (!notifier.dedups && copies >= MOST_COPIES) {
      await giveUp(deps, message, key, 'it was posted twice, and no answer came', 'unsure')
      await ledger.unsure(held, true)
      return 'given-up'
    }
    if (!ledger.inTime(held)) {
      await ledger.failed(held)
      return defer(deps, message, key, { at: deps.clock.now(), why: 'the process stood still' })
    }
    let answer: string | undefined
    try {
      answer = await notifier.send(notice, { id: message.id, ref, unsure, copies })
    } catch (error) {
      const last = !notifier.dedups && copies + 1 >= MOST_COPIES
      return notTaken(deps, message, { key, error, held, openedWith: notifier.openedWith, last })
    }
    const end = await ledger.delivered(held, answer, isEnd)
    // It ended while we were telling it, and was not told so before: now it must be.
    if (end !== undefined) await deps.again(lateEnd(end))
    await deps.breakers.succeeded(breakerOf(target))
    await book.count(key, 'sent')
    if (!wasWell) await wakePlace(deps, key)
    await noteInIncident(message, key, answer)
    return 'sent'
  }

  /** An end is told by another way when the secret of the place is gone. */
  async function open(target: Target, isEnd: boolean): Promise<Notifier> {
    try {
      return await deps.open(target)
    } catch (error) {
      for (const twin of isEnd ? twinsOf(target, deps.routing) : [])
        try {
          return await deps.open(twin)
        } catch {
          // The next; what is wrong with the place itself is what counts.
        }
      throw error
    }
  }

  /** Those behind an open breaker are woken when the place is back; by themselves they need not all ask each minute. */
  function notBefore(retryAt: Date): Date {
    return new Date(Math.max(retryAt.getTime(), deps.clock.now().getTime() + BEHIND_BREAKER_MS))
  }

  /** It was refused for its key or address, and has another one by now. */
  async function hasOtherKey(key: string, { openedWith }: Notifier): Promise<boolean> {
    const refusedWith = await book.refusedWith(key)
    return refusedWith !== '' && refusedWith !== openedWith
  }

  async function later(
    message: NoticeMessage,
    key: string,
    at: Date,
    how: { readonly why: string; readonly wakes: 'minutely' | 'success' },
  ): Promise<DeliveryResult> {
    if (!isTooOld(message, deps.clock.now())) return defer(deps, message, key, { at, ...how })
    await giveUp(deps, message, key, `${how.why}, and has not taken it for a day`, 'refused')
    return 'given-up'
  }

  /** For whoever looks at the incident: where people were told of it. The ledger decides; this only shows. */
  async function noteInIncident(message: NoticeMessage, place: string, ref: string | undefined) {
    if (message.type !== 'incident') return
    const at = deps.clock.now().toISOString()
    try {
      await contend(deps, `Notices of ${message.incidentId}`, async () => {
        const stored = await deps.store.current(message.incidentId)
        if (stored === undefined) return
        const mark = { state: 'sent', at, ...(ref === undefined ? {} : { ref: ref.slice(0, 500) }) } as const
        return deps.store.update(stored, { notices: { ...stored.incident.notices, [place]: mark } })
      })
    } catch (error) {
      deps.log.warn(
        { incidentId: message.incidentId, place },
        `The incident does not show its notice: ${errorText(error)}`,
      )
    }
  }
}

/** Ends close what was told, and what comes again was counted before. */
const mayFold = ({ type, attempt = 0, counted = false }: NoticeMessage, isEnd: boolean): boolean =>
  !isEnd && attempt === 0 && !counted && type !== 'folded' && type !== 'digest'

/** The same end under another name: under its own it was told already. */
function lateEnd(text: string): NoticeMessage {
  const end = JSON.parse(text) as NoticeMessage
  return { ...end, id: `${end.id.slice(0, 290)}:late` }
}
