import type { Notice, Notifier } from '../../../shared/notify/notice.ts'
import { isOver } from '../../../shared/notify/notice.ts'
import { Refused, Unsure } from '../../../shared/notify/refusal.ts'
import type { Mortal, Sky } from '../mortal.ts'
import type { Mood, PlaceKind } from './plan.ts'

/** What a receiver has taken, at the moment when it took it. */
export type Taken = {
  readonly at: number
  readonly place: PlaceKind
  readonly id: string
  readonly subject: string
  readonly over: boolean
  /** When the sender began, and whether it was in good health all the time. */
  readonly begun: number
  readonly by: string
  readonly disturbed: boolean
}
type Message = { readonly subject: string; readonly made: string; over: boolean }

/** As long as our channels wait for an answer. */
const TIMEOUT_MS = 10_000

export const subjectOf = (notice: Notice): string => (notice.kind === 'incident' ? notice.incidentId : notice.about)

/** One receiver: what it holds of what it was told, and how it answers in its mood. */
export function receiverModel(sky: Sky, place: PlaceKind, mood: () => Mood) {
  const { time, chance } = sky
  const taken: Taken[] = []
  /** Alerts that are open, by key. */
  const open = new Set<string>()
  const messages = new Map<string, Message>()
  const events = new Set<string>()
  const calls: { readonly at: number; readonly mood: Mood; readonly subject: string; readonly over: boolean }[] = []

  /** What stands there afterwards; answers what it takes to change it later. */
  function take(notice: Notice, id: string, ref: string | undefined, look: boolean): string | undefined {
    const [subject, over] = [subjectOf(notice), isOver(notice)]
    if (place === 'hook') events.add(id)
    if (place === 'page') {
      const key = ref ?? subject
      if (over) open.delete(key)
      else if (ref === undefined) open.add(key)
      return key
    }
    if (place !== 'bot') return undefined
    const anew = notice.kind === 'trouble'
    const made = anew ? id : subject
    const found = [...messages].find(([, one]) => one.made === made)?.[0]
    const at = (anew ? undefined : ref) ?? (look ? found : undefined) ?? `m${messages.size}`
    messages.set(at, { subject, made, over })
    return at
  }

  /** A request takes its way: it may arrive although its sender is dead, and its answer may find nobody. */
  const send = (who: Mortal, notice: Notice, { id, ref, unsure }: Parameters<Notifier['send']>[1]) =>
    new Promise<string | undefined>((resolve, reject) => {
      const begun = time.now()
      const now = mood()
      calls.push({ at: begun, mood: now, subject: subjectOf(notice), over: isOver(notice) })
      const { weather } = sky
      if (chance.happens(weather.crash)) return who.die('before the post')
      // Its process may stand still between its last look and the wire.
      const held = chance.happens(weather.pause) ? chance.between(1_000, weather.pauseMs) : 0
      const waits = now === 'slow' ? chance.between(1_000, TIMEOUT_MS * 1.5) : chance.next() * 2_000
      const arrives = now === 'well' || now === 'slow' || (now === 'unsure' && chance.happens(0.6))
      const refusal = now === 'well' || now === 'slow' ? undefined : refusalOf(now, notice, chance)
      const takesAt = held + Math.min(waits, TIMEOUT_MS - 500)
      sky.note?.(who.name, `posts ${id} to ${place}, which is ${now}${held > 0 ? `, after ${held / 1000} s` : ''}`)
      let answer: string | undefined
      time.after(takesAt, () => {
        if (!arrives && !(now === 'fussy' && refusal === undefined)) return
        const known = place === 'hook' && events.has(id)
        answer = take(notice, id, ref, unsure)
        const disturbed = who.disturbed() || held > 0
        const over = isOver(notice)
        if (!known)
          taken.push({
            ...{ at: time.now(), place, id, subject: subjectOf(notice), over },
            begun,
            by: who.name,
            disturbed,
          })
        sky.note?.(place, `has ${id}${known ? ', again' : ''}`)
      })
      time.after(held + Math.min(waits, TIMEOUT_MS), () => {
        if (chance.happens(weather.crash)) who.die('after the post')
        who.receive(() => {
          if (refusal !== undefined) reject(refusal)
          else if (waits >= TIMEOUT_MS) reject(new Unsure('it was silent until the time was up'))
          else resolve(answer)
        })
      })
    })

  const pagesAtOnce = ({ severity }: Notice) => place === 'page' && severity === 'critical'
  const notifier = (who: Mortal): Notifier => ({
    takes: (notice) =>
      place === 'bot' ||
      place === 'hook' ||
      notice.kind === 'trouble' ||
      notice.event !== 'started' ||
      pagesAtOnce(notice),
    dedups: place !== 'board',
    openedWith: 'the key',
    ...(place === 'bot' ? { pace: { gapMs: 1_000, burst: 3 } } : {}),
    send: (notice, told) => send(who, notice, told),
  })
  return { place, notifier, taken, open, messages, calls }
}
export type ReceiverModel = ReturnType<typeof receiverModel>

function refusalOf(mood: Mood, notice: Notice, chance: Sky['chance']): Error | undefined {
  switch (mood) {
    case 'unsure':
      return new Unsure('the connection broke')
    case 'wrong':
      return new Refused('place', 'the key is refused')
    case 'away':
      return new Refused('away', '503')
    case 'throttled':
      return new Refused('pace', '429', { retryAfterSeconds: chance.pick([undefined, 5, 900]) })
    case 'fussy':
      // An end has hardly any form that could be wrong.
      return !isOver(notice) && chance.happens(0.4) ? new Refused('message', 'invalid blocks') : undefined
    default:
      return undefined
  }
}
