import { PLACES, PlaceRow, WAITING, WaitingRow } from '../../artifacts/notice-places.ts'
import type { Clock } from '../../runtime/clock.ts'
import { contend, STALE } from '../../runtime/contend.ts'
import { derivedId, type Random } from '../../runtime/ids.ts'
import type { Table } from '../../runtime/table.ts'
import type { Pace } from '../notice.ts'

/** A place that asks for time and does not say how much: at first, and at most; some four tries an hour in the end. */
const FIRST_PAUSE_SECONDS = 30
const LONGEST_PAUSE_SECONDS = 15 * 60
/** After a pause one notice tries, the others wait for what becomes of it. */
const PROBE_SECONDS = 30
/** So long a notice waits for its turn at a place's pace; a longer wait is for the queue. */
const LONGEST_TURN_MS = 10_000

export type BookDeps = {
  readonly control: Pick<Table, 'get' | 'insert' | 'replace' | 'remove'>
  readonly clock: Pick<Clock, 'now' | 'sleep'>
  readonly random: Random
}
export type Counted = 'sent' | 'failed' | 'refused' | 'unsure'

/** One row for each place: its pace for all instances together, what became of its notices, and which of them wait. */
export function placeBook(deps: BookDeps) {
  const { control, clock } = deps
  const ms = () => clock.now().getTime()
  const iso = (at: number) => new Date(at).toISOString()
  const time = (text: string) => (text === '' ? 0 : Date.parse(text))

  async function read(place: string) {
    const row = await control.get(PLACES, place)
    return { row, state: PlaceRow.parse(row?.fields ?? {}) }
  }
  /** Decides on what stands there now; `undefined` changes nothing. */
  const change = <T>(place: string, decide: (state: PlaceRow) => { next?: PlaceRow; answer: T }): Promise<T> =>
    contend(deps, `Place ${place}`, async () => {
      const { row, state } = await read(place)
      const { next, answer } = decide(state)
      if (next === undefined) return answer
      const written = row === undefined ? control.insert(PLACES, place, next) : control.replace(row, next)
      return (await written) === undefined ? STALE : answer
    })
  const waitingKey = (place: string, id: string) => `${place}-${derivedId(16, id)}`

  return {
    /** A turn at the place's pace: now, after a short sleep, or at a time. */
    turn: async (place: string, pace: Pace | undefined): Promise<{ readonly at: Date } | undefined> => {
      const now = ms()
      const sleep = await change<number | Date>(place, (state) => {
        if (time(state.pausedUntil) > now) return { answer: new Date(state.pausedUntil) }
        if (state.pauses > 0)
          return { answer: 0, next: { ...state, pausedUntil: iso(now + PROBE_SECONDS * 1000), nextAt: iso(now) } }
        if (pace === undefined) return { answer: 0 }
        const due = Math.max(now, time(state.nextAt))
        const wait = due - now - pace.burst * pace.gapMs
        if (wait > LONGEST_TURN_MS) return { answer: new Date(now + wait) }
        return { answer: Math.max(0, wait), next: { ...state, nextAt: iso(due + pace.gapMs) } }
      })
      if (sleep instanceof Date) return { at: sleep }
      if (sleep > 0) await clock.sleep(sleep)
      return undefined
    },
    /** It asks for time. Answers until when it is left alone, by all instances. */
    pause: (place: string, seconds: number | undefined, why: string): Promise<Date> =>
      change(place, (state) => {
        const grown = FIRST_PAUSE_SECONDS * 2 ** Math.min(10, state.pauses)
        const until = Math.max(
          ms() + (seconds ?? Math.min(LONGEST_PAUSE_SECONDS, grown)) * 1000,
          // Another instance may have heard of a longer one; a probe's own mark is not one.
          state.pauses === 0 ? time(state.pausedUntil) : 0,
        )
        const pausedSince = state.pausedSince === '' ? iso(ms()) : state.pausedSince
        const next = { ...state, pauses: state.pauses + 1, pausedSince, pausedUntil: iso(until), lastError: why }
        return { next, answer: new Date(until) }
      }),
    count: (place: string, what: Counted, error = ''): Promise<void> =>
      change(place, (state) => {
        const at = iso(ms())
        const counted = { ...state, [what]: state[what] + 1 }
        if (what !== 'sent') return { next: { ...counted, lastFailed: at, lastError: error }, answer: undefined }
        const well = { pauses: 0, pausedSince: '', pausedUntil: '', refusedWith: '' }
        return { next: { ...counted, ...well, lastSent: at }, answer: undefined }
      }),
    /** Refused for certain: with what it was opened now it is not tried again before its time. */
    refusedWith: async (place: string): Promise<string> => (await read(place)).state.refusedWith,
    noteRefused: (place: string, openedWith: string): Promise<void> =>
      change(place, (state) => ({ next: { ...state, refusedWith: openedWith }, answer: undefined })),
    waits: async (id: string, waiting: WaitingRow): Promise<void> => {
      const key = waitingKey(waiting.place, id)
      const all = { ...waiting }
      const row = await control.insert(WAITING, key, all)
      if (row !== undefined) return
      const there = await control.get(WAITING, key)
      // Somebody else writes it at the same time: then it stands there, too.
      if (there !== undefined) await control.replace(there, all)
    },
    /** It was sent anew since, and waits or is told as that. */
    isSentAnew: async (place: string, id: string, turn: number): Promise<boolean> => {
      const row = await control.get(WAITING, waitingKey(place, id))
      return row !== undefined && (WaitingRow.safeParse(row.fields).data?.turn ?? 0) > turn
    },
    waitsNoMore: async (place: string, id: string): Promise<void> => {
      const row = await control.get(WAITING, waitingKey(place, id))
      if (row !== undefined) await control.remove(row)
    },
  }
}
export type PlaceBook = ReturnType<typeof placeBook>
