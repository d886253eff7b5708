import { NoticeMessage } from '../incident/notices.ts'
import { unreadable } from '../incident/unreadable.ts'
import { errorText } from '../runtime/errors.ts'
import { type Composed, compose } from './compose.ts'
import { breakerOf, type DeliveryResult, type NotifyDeps } from './deps.ts'
import { type NoticeLedger, noticeLedger } from './ledger/ledger.ts'
import { notifyPlace } from './notify-place.ts'
import { placeBook } from './route/place-book.ts'
import { type Routing, StoredTarget, type Target, targetsIn, type Way, waysFor } from './route/routing.ts'

/** For a move that is announced to come about. */
const MOVE_PATIENCE_MS = 120_000
const MOVE_SECONDS = 10

/**
 * One message of queue `notices`: told once in each place that its route names, in all of them at the same time. A place
 * that must wait (quiet hours, an open breaker, its pace, a failure) gets a message of its own, so that no place waits
 * for another; the line of subject and place decides what may still be told when it comes back.
 */
export const handleNotice =
  (deps: NotifyDeps) =>
  async (body: unknown): Promise<Readonly<Record<string, DeliveryResult>>> => {
    const parsed = NoticeMessage.safeParse(body)
    if (!parsed.success) throw unreadable('notices', body, parsed.error)
    const message = parsed.data
    const book = placeBook(deps)
    const ledger = noticeLedger(deps)
    const composed = await compose(deps, message)
    if (composed === 'void') {
      for (const place of message.places ?? []) await book.waitsNoMore(place, message.id)
      return {}
    }
    if (composed === 'not-yet') {
      const age = deps.clock.now().getTime() - Date.parse(message.at)
      if (age < MOVE_PATIENCE_MS) await deps.again(message, { delaySeconds: MOVE_SECONDS })
      return {}
    }
    const routing = await deps.routing()
    const all = await waysOf(deps, ledger, composed, routing)
    if (composed.isEnd) await endForAll(ledger, composed, message)
    const { ways, left } = await meantFor(message, all, routing, () => isOverForAll(ledger, composed, message))
    const notify = notifyPlace({ ...deps, ledger, book, routing })
    const given = left.length === 0 ? message : afresh(message)
    const results = await Promise.allSettled(ways.map((way) => notify(given, composed, way)))
    const byPlace: Record<string, DeliveryResult> = {}
    let failure: unknown
    for (const [index, result] of results.entries()) {
      const key = ways[index]?.target.key ?? ''
      byPlace[key] = result.status === 'fulfilled' ? result.value : 'failed'
      if (result.status === 'fulfilled') continue
      failure = result.reason
      deps.log.error({ notice: message.id, place: key }, `${key}: ${errorText(result.reason)}`)
    }
    deps.log.info({ notice: message.id, results: byPlace }, `Notice ${message.id}: ${summary(byPlace)}`)
    // Nothing waits there any more; last, so that a crash before it changes nothing.
    for (const place of left) await book.waitsNoMore(place, message.id)
    // Storage failed one of them: the queue brings the message again, and the others know that they have it.
    if (failure !== undefined) throw failure
    if (deps.random() < FORGET_CHANCE) await ledger.forget(MOST_FORGOTTEN)
    return byPlace
  }

type Meant = {
  readonly ways: readonly Way[]
  /** Places that it was for, and that nobody names any more. */
  readonly left: readonly string[]
}

/**
 * That a place does not work is not told there; what a place did not take is told in others, whatever they are for. What
 * waited for a place that no route names any more goes to those that the routes name now: they know what they have heard.
 */
async function meantFor(
  message: NoticeMessage,
  ways: readonly Way[],
  routing: Routing,
  isOver: () => Promise<boolean>,
): Promise<Meant> {
  const { places } = message
  const targets = targetsIn(routing)
  const named = new Set([...targets, ...ways.map(({ target }) => target)].map(({ key }) => key))
  const left = (places ?? []).filter((key) => !named.has(key))
  if (message.type === 'digest' || message.type === 'folded') {
    // Made for these, whatever else the routes send them.
    const these = targets.filter(({ key }) => places?.includes(key))
    return { left, ways: these.map((one) => ways.find(({ target }) => target.key === one.key) ?? straightTo(one)) }
  }
  const broken = 'what' in message && message.type === 'degraded' ? message.what : undefined
  const all = ways.filter(({ target }) => broken === undefined || broken !== breakerOf(target))
  const meant = all.filter(({ target }) => places?.includes(target.key) ?? true)
  if (message.type !== 'dead-letter') return { left, ways: left.length > 0 && !(await isOver()) ? all : meant }
  if (meant.length > 0 || places === undefined) return { left, ways: meant }
  return { left, ways: targets.filter(({ key }) => places.includes(key)).map(straightTo) }
}
/**
 * The end of a trouble stands in its lines alone, and those of places that only came to be named later know nothing of
 * it: a line that is no place's tells them.
 */
const asked = ({ about, since }: Composed, { id }: NoticeMessage) => ({
  ...{ place: '*', target: '', subject: about, since, id },
})
async function endForAll(ledger: NoticeLedger, composed: Composed, message: NoticeMessage): Promise<void> {
  if (composed.notice.kind === 'trouble')
    await ledger.claim({ ...asked(composed, message), end: JSON.stringify(message) })
}
const isOverForAll = async (ledger: NoticeLedger, composed: Composed, message: NoticeMessage): Promise<boolean> =>
  !composed.isEnd && (await ledger.query(asked(composed, message))) === 'overtaken'

const straightTo = (target: Target): Way => ({ target, at: undefined })

/** For places that have not tried it yet. */
function afresh({ places: _, ...message }: NoticeMessage): NoticeMessage {
  return { ...message, attempt: 0, turn: 0, counted: false }
}

/** Old rows go a few at a time; more often than they come. */
const FORGET_CHANCE = 0.05
const MOST_FORGOTTEN = 100

/** An end goes where the begin went, whatever the routes say by now; the quiet hours of a route that is left still count. */
async function waysOf(
  deps: NotifyDeps,
  ledger: NoticeLedger,
  { subject, isEnd, since, about, notice, notBefore }: Composed,
  routing: Routing,
): Promise<readonly Way[]> {
  const ways = waysFor(routing, subject, deps.clock.now())
  if (!isEnd)
    return ways.map((way) =>
      notBefore === undefined || (way.at !== undefined && way.at > notBefore)
        ? way
        : { target: way.target, at: notBefore, why: 'muted' },
    )
  const lines = await ledger.heardBy(since, about)
  const informed = lines.flatMap(({ target }): Way[] => {
    const stored = StoredTarget.safeParse(JSON.parse(target))
    if (!stored.success) return []
    const way = ways.find((one) => one.target.key === stored.data.key)
    return [{ target: stored.data, at: way?.at }]
  })
  // A trouble's begin may still wait somewhere, and nothing but its line says that it is over.
  const others =
    notice.kind === 'trouble' ? ways.filter(({ target }) => !lines.some(({ place }) => place === target.key)) : []
  return [...informed, ...others]
}

const summary = (byPlace: Readonly<Record<string, DeliveryResult>>): string =>
  Object.entries(byPlace)
    .map(([place, what]) => `${place} ${what}`)
    .join(', ') || 'nobody is to be told'
