import type { Clock } from '../../shared/runtime/clock.ts'
import type { Chance } from './chance.ts'
import type { VirtualTime } from './virtual-time.ts'

/** How bad it is: probabilities are for each call to the outside. */
export type Weather = {
  /** The call fails and had no effect. */
  readonly error: number
  /**
   * The call had its effect, and its answer is lost. Half of the time the caller hears of that; otherwise the library
   * sends the call again by itself, and what comes back is the answer to the second: mostly "somebody was first".
   */
  readonly lost: number
  /** The process dies in the call: before it had an effect, or after. */
  readonly crash: number
  /** The process stands still after the call, and later goes on as if nothing had been. */
  readonly pause: number
  readonly pauseMs: number
  /** Clocks are wrong by up to this much, each by its own. */
  readonly skewMs: number
  readonly latencyMs: number
}
export const calm: Weather = { error: 0, lost: 0, crash: 0, pause: 0, pauseMs: 0, skewMs: 0, latencyMs: 20 }

/** What all processes of a world share. The weather changes while they live. */
export type Sky = {
  weather: Weather
  /** Whose call has its effect at this moment. */
  actor: string
  /** Since when each process works on its present message. */
  readonly begun: Map<string, number>
  readonly time: VirtualTime
  readonly chance: Chance
  /** Absent when nobody reads the history. */
  readonly note: ((who: string, what: string) => void) | undefined
}

/** The picture's time; the world begins here. */
export const BEGINNING = Date.parse('2026-01-12T09:00:00.000Z')

export type Mortal = {
  readonly name: string
  readonly bornAt: number
  readonly clock: Clock
  readonly alive: () => boolean
  readonly still: () => boolean
  /** Something went wrong for it: it died, stood still, or did not get an answer. */
  readonly disturbed: () => boolean
  readonly die: (why: string) => void
  /** A call to the outside: `act` has its effect at once when it is called, or never. */
  readonly call: <T>(what: string, act: () => T | Promise<T>) => Promise<T>
  /** Something comes in from outside; it is dropped when nobody lives. */
  readonly receive: (happen: () => void) => void
}

/** How the services say that they cannot now. */
const refusals = ['429: too many requests', '500: internal error', '503: server busy', 'the request timed out']

/**
 * A process that may die at any await, never to go on; or stand still and wake later as a zombie. What it had under way
 * may still have its effect.
 */
export function mortal(sky: Sky, name: string, onDeath: () => void = () => {}): Mortal {
  const { time, chance, note } = sky
  const skew = Math.round(chance.between(-sky.weather.skewMs, sky.weather.skewMs))
  let alive = true
  let disturbed = false
  let stillUntil = 0

  function die(why: string): void {
    if (!alive) return
    alive = false
    disturbed = true
    note?.(name, `DIES: ${why}`)
    onDeath()
  }
  /** Goes on now, or once it is awake again; never when it is dead. */
  function resume(go: () => void): void {
    if (!alive) return
    if (time.now() < stillUntil) time.after(stillUntil - time.now() + chance.next(), () => resume(go))
    else go()
  }
  function standStill(): void {
    stillUntil = time.now() + chance.between(1_000, sky.weather.pauseMs)
    disturbed = true
    note?.(name, `STANDS STILL until ${(stillUntil / 1000).toFixed(1)}`)
  }

  function effectOf<T>(act: () => T | Promise<T>): Promise<T> {
    sky.actor = name
    try {
      return Promise.resolve(act())
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }

  function call<T>(what: string, act: () => T | Promise<T>): Promise<T> {
    // Nothing that a dead process asks for leaves it, and it waits for ever.
    if (!alive) return new Promise(() => {})
    return new Promise((resolve, reject) => {
      const { weather } = sky
      time.after(chance.next() * weather.latencyMs, () => {
        // Under way when its process died: it may arrive all the same.
        if (!alive && chance.happens(0.5)) return
        const fate = alive ? chance.next() : 1
        const { error, lost, crash, pause } = weather
        if (fate < error) {
          const refusal = chance.pick(refusals)
          disturbed = true
          note?.(name, `${what} → ${refusal}`)
          time.after(1, () => resume(() => reject(new Error(refusal))))
          return
        }
        if (fate < error + crash / 2) return die(`before ${what}`)
        effectOf(act).then(
          (value) => {
            note?.(name, `${what} → ${shown(value)}`)
            if (fate < error + crash) return die(`after ${what}`)
            if (fate < error + crash + lost) {
              disturbed = true
              if (fate >= error + crash + lost / 2) {
                note?.(name, 'the answer is lost, and the library repeats the call')
                time.after(500, () => {
                  if (!alive) return
                  effectOf(act).then(
                    (again) => resume(() => resolve(again)),
                    (thrown: unknown) => resume(() => reject(thrown)),
                  )
                })
                return
              }
              note?.(name, 'the answer is lost')
              time.after(1_000, () => resume(() => reject(new Error('the request timed out'))))
              return
            }
            if (fate < error + crash + lost + pause) standStill()
            time.after(chance.next() * weather.latencyMs, () => resume(() => resolve(value)))
          },
          (thrown: unknown) => time.after(1, () => resume(() => reject(thrown))),
        )
      })
    })
  }

  return {
    name,
    bornAt: time.now(),
    clock: {
      now: () => new Date(BEGINNING + time.now() + skew),
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted === true) return resolve()
          const go = () => resolve()
          signal?.addEventListener('abort', go, { once: true })
          time.after(milliseconds, () =>
            resume(() => {
              signal?.removeEventListener('abort', go)
              go()
            }),
          )
        }),
    },
    alive: () => alive,
    still: () => time.now() < stillUntil,
    disturbed: () => disturbed,
    die,
    call,
    receive: (happen) => time.after(chance.next() * sky.weather.latencyMs, () => resume(happen)),
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `${value.length} rows`
  if (typeof value === 'object' && value !== null) return 'etag' in value ? `etag ${String(value.etag)}` : 'done'
  return String(value).slice(0, 80)
}
