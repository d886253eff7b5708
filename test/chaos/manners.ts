import { WireError } from '../../shared/subscription/wire/wire-error.ts'
import { chanceOf } from './chance.ts'
import type { ClusterModel } from './cluster-model.ts'
import type { Sky } from './mortal.ts'

/** How the server of one cluster is to live with, beside what the weather does to all. */
export type Manner =
  /** Takes connections and answers nothing, now and then or for ever. */
  | 'mute'
  /** Its lists take most of a call's time, and some more than that. */
  | 'slow'
  /** Its streams die in silence: pings and subscriptions look well, and nothing comes. */
  | 'half-dead'
  /** Its sessions or its streams end every few seconds. */
  | 'flapping'

export type Neighbourhood = {
  readonly manners: Readonly<Record<string, Manner>>
  /** Further clusters that never answer; nothing is promised of them. */
  readonly mutes: number
}

const MANNERS: readonly Manner[] = ['mute', 'slow', 'half-dead', 'flapping']
/** More than connect at once, so that those that answer would stand behind them. */
const MUTES = 60
/** A neighbourhood of its own numbers: the schedules of worlds without one stay what they were. */
const OTHER = 0x5f37_59df

export function neighbourhoodOf(seed: number, clusters: readonly string[], forced?: Manner): Neighbourhood {
  const chance = chanceOf(seed ^ OTHER)
  if (forced !== undefined) return { manners: Object.fromEntries(clusters.map((name) => [name, forced])), mutes: 0 }
  if (!chance.happens(0.3)) return { manners: {}, mutes: 0 }
  const some = clusters.filter(() => chance.happens(0.6))
  return {
    manners: Object.fromEntries(some.map((name) => [name, chance.pick(MANNERS)])),
    mutes: chance.happens(0.1) ? MUTES : 0,
  }
}

export const muteNames = ({ mutes }: Neighbourhood): readonly string[] =>
  Array.from({ length: mutes }, (_, index) => `mute-${index}`)

/** Lets a cluster's server behave so until it is told to stop; what is left then is what a person would still call well. */
export function misbehave(sky: Sky, model: ClusterModel, manner: Manner, goesOn: () => boolean): void {
  const { time, chance } = sky
  const again = (low: number, high: number, act: () => void) => {
    const next = () =>
      time.after(chance.between(low, high), () => {
        if (!goesOn()) return
        act()
        next()
      })
    next()
  }
  switch (manner) {
    case 'mute':
      again(2_000, 12_000, () => {
        model.behave({ isMute: true })
        time.after(chance.between(1_000, 15_000), () => model.behave({ isMute: false }))
      })
      break
    case 'slow':
      model.behave({ listMs: () => (goesOn() ? chance.between(500, 3_500) : 1_000) })
      break
    case 'half-dead':
      model.behave({ beatMs: chance.pick([0, 2_000]) })
      again(1_000, 10_000, model.deafen)
      break
    case 'flapping':
      again(500, 4_000, () => (chance.happens(0.5) ? model.restart() : model.endStreams()))
      break
    default:
      manner satisfies never
  }
}

/** What the transport does with a call that nobody answers: it ends by its deadline, or with the session. */
export const unanswered = (sky: Sky, what: string, ms: number, signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const end = (error: Error) => {
      signal.removeEventListener('abort', closed)
      reject(error)
    }
    const closed = () => end(new WireError('the connection was closed', 0))
    if (signal.aborted) return closed()
    signal.addEventListener('abort', closed, { once: true })
    sky.time.after(ms, () => end(new WireError(`${what} was not answered within ${ms / 1000} s`, 0, { late: true })))
  })
