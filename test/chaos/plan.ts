import type { AgentHabits } from './agents-model.ts'
import { type Chance, chanceOf } from './chance.ts'
import { type Disaster, inventDisaster, inventTroubles, type Trouble } from './faults-model.ts'
import { type Manner, type Neighbourhood, neighbourhoodOf } from './manners.ts'
import type { Weather } from './mortal.ts'

/** What one schedule is made of; the same seed makes the same. */
export type Plan = {
  readonly seed: number
  /**
   * `watch`: supervisors and admission; `work`: from the queue to the notice; `whole`: both. Most schedules are of one
   * half, where more happens in the same time.
   */
  readonly kind: 'watch' | 'work' | 'whole'
  readonly chance: Chance
  readonly weather: Weather
  readonly clusters: readonly string[]
  readonly troubles: readonly Trouble[]
  /** Many troubles with one cause. */
  readonly disaster: Disaster | undefined
  readonly queue: { readonly total: number; readonly perCluster: number; readonly policy: 'drop' | 'reject' }
  readonly habits: AgentHabits
  /** How often there is no room for a container group. */
  readonly full: number
  /** How often somebody speaks wrongly for a running agent: a zombie of an earlier attempt, or a sweep that is mistaken. */
  readonly impostors: number
  /** How often the server loses a notice, and the subscription with it. */
  readonly lossy: number
  /** Who among the clusters, and beside them, is hard to watch. */
  readonly neighbourhood: Neighbourhood
  readonly chaosMs: number
  /** How long a message stays hidden from others. */
  readonly visibilitySeconds: number
  /** Whether it is looked at also what becomes of incidents that are over. */
  readonly toTheEnd: boolean
  readonly waitLimitSeconds: number
  /** All verdicts of one cluster name the same cause. */
  readonly sameCause: boolean
}

/** Half a world takes a third of the time of a whole one. */
const KINDS = ['watch', 'watch', 'work', 'work', 'work', 'work', 'whole'] as const

/** A harsher or other world, for what is rare. */
export type Climate = Partial<
  Pick<Plan, 'kind' | 'disaster' | 'habits' | 'full' | 'lossy' | 'impostors' | 'sameCause'>
> & {
  readonly weather?: Partial<Weather>
  /** Of all clusters. */
  readonly manner?: Manner
}

export function planOf(seed: number, climate: Climate = {}): Plan {
  const chance = chanceOf(seed)
  const kind = climate.kind ?? chance.pick(KINDS)
  const chaosMs = kind === 'watch' ? 20_000 : 30_000
  const clusters = ['east', 'west', 'north']
  const weather: Weather = {
    error: chance.pick([0, 0.01, 0.05, 0.1]),
    lost: chance.pick([0, 0.01, 0.04]),
    crash: chance.pick([0, 0.002, 0.01, 0.03]),
    pause: chance.pick([0, 0.002, 0.01, 0.02]),
    pauseMs: chance.pick([5_000, 20_000, 60_000]),
    skewMs: chance.pick([0, 5_000, 600_000]),
    latencyMs: chance.pick([5, 50, 400]),
    ...climate.weather,
  }
  // A storm is twenty times a common world, so it is rare.
  const disaster =
    climate.disaster ??
    (chance.happens(0.05)
      ? chance.pick(['node', 'node', 'node', 'quota', 'quota', 'quota', 'storm'] as const)
      : undefined)
  const disasters = disaster === undefined ? [] : inventDisaster(chance, disaster, chance.pick(clusters), chaosMs * 0.7)
  // By the seed alone, so that nothing else of a world depends on it.
  const sameCause = climate.sameCause ?? seed % 5 === 3
  const troubles = [...inventTroubles(chance, clusters, chaosMs * 0.7, sameCause ? 2 : 1), ...disasters]
  return {
    seed,
    kind,
    disaster,
    sameCause,
    queue: {
      total: chance.pick([100, 100, 2]),
      perCluster: chance.pick([10, 10, 1]),
      policy: chance.pick(['drop', 'reject'] as const),
    },
    chance,
    weather,
    clusters,
    troubles,
    habits: climate.habits ?? {
      hangs: chance.pick([0, 0.1, 0.3]),
      fails: chance.pick([0, 0.1, 0.3]),
      workMs: chance.pick([5_000, 40_000]),
    },
    full: climate.full ?? chance.pick([0, 0, 0.3]),
    impostors: climate.impostors ?? chance.pick([0, 0.05]),
    lossy: climate.lossy ?? chance.pick([0, 0.1, 0.5]),
    neighbourhood: kind === 'work' ? { manners: {}, mutes: 0 } : neighbourhoodOf(seed, clusters, climate.manner),
    chaosMs,
    visibilitySeconds: chance.pick([20, 60]),
    toTheEnd: chance.happens(0.15),
    waitLimitSeconds: chance.pick([60, 3_600]),
  }
}
