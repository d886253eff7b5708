import { Route } from '../../../shared/config/notifications.ts'
import type { Severity } from '../../../shared/faults/fault.ts'
import { type Chance, chanceOf } from '../chance.ts'
import { calm, type Weather } from '../mortal.ts'

const MINUTE = 60_000

/**
 * `slow`: takes it and answers late, or too late; `unsure`: may take it and never answers; `wrong`: the key is refused;
 * `fussy`: takes some messages and refuses others for their form.
 */
export const moods = ['slow', 'unsure', 'wrong', 'throttled', 'away', 'fussy'] as const
export type Mood = (typeof moods)[number] | 'well'
export type Spell = { readonly mood: Mood; readonly from: number; readonly until: number }

/** Of each kind of receiver one: by key, by message, by event id, and one that knows nothing again. */
export const placeKinds = ['page', 'bot', 'hook', 'board'] as const
export type PlaceKind = (typeof placeKinds)[number]
export const secretOf: Readonly<Record<PlaceKind, Readonly<Record<string, string>>>> = {
  page: { pagerduty: 'keyvault:page' },
  bot: { slack: 'keyvault:bot', channel: 'C1' },
  hook: { webhook: 'keyvault:hook' },
  board: { teams: 'keyvault:board' },
}

export type Life = {
  readonly cluster: string
  readonly identity: string
  readonly severity: Severity
  /** Each generation: when it opens, is reported, and is not seen any more. */
  readonly generations: readonly { readonly from: number; readonly reportedAfter: number; readonly lasts?: number }[]
}
/** What the directory of clusters answers from a moment on; `error`: nothing. */
export type Answer = { readonly from: number; readonly names: readonly string[] | 'error' }

export type PlacesPlan = {
  readonly seed: number
  readonly chance: Chance
  readonly weather: Weather
  readonly chaosMs: number
  readonly spells: Readonly<Record<PlaceKind, readonly Spell[]>>
  readonly routes: readonly Route[]
  /** In force from a moment on: a route is gone, or another threshold. */
  readonly later: { readonly from: number; readonly routes: readonly Route[] } | undefined
  readonly lives: readonly Life[]
  /** Those that really are there, from a moment on. */
  readonly left: readonly { readonly cluster: string; readonly at: number }[]
  readonly directory: readonly Answer[]
  /** When nobody hears a cluster. */
  readonly blind: readonly { readonly cluster: string; readonly from: number; readonly until: number }[]
  readonly visibilitySeconds: number
}

/** Of these one is never found by the directory any more than the others; three of them are a small fleet. */
export const fleet = ['east', 'west', 'north', 'south', 'polar'] as const

export function placesPlan(seed: number, weather?: Weather): PlacesPlan {
  const chance = chanceOf(seed)
  const chaosMs = chance.pick([20 * MINUTE, 40 * MINUTE, 90 * MINUTE])
  const within = (most: number) => chance.between(0, most)
  const spellsOf = (): readonly Spell[] => {
    const all: Spell[] = []
    for (let at = 0; at < chaosMs; ) {
      const until = Math.min(chaosMs, at + chance.between(MINUTE, chaosMs / 2))
      all.push({ mood: chance.happens(0.5) ? 'well' : chance.pick(moods), from: at, until })
      at = until
    }
    return all
  }
  const left = chance.happens(0.35) ? [{ cluster: chance.pick(fleet), at: within(chaosMs * 0.8) }] : []
  const there = (at: number) => fleet.filter((name) => !left.some((one) => one.cluster === name && one.at <= at))
  const directory: Answer[] = [{ from: 0, names: fleet }, ...left.map(({ at }) => ({ from: at, names: there(at) }))]
  if (chance.happens(0.5)) {
    const at = within(chaosMs * 0.7)
    const until = at + within(chaosMs - at)
    const wrong = chance.pick(['error', [], there(at).slice(0, 1)] as const)
    const back = { from: until, names: there(until) }
    directory.push({ from: at, names: wrong }, back)
  }
  const all = chance.pick([undefined, undefined, quiet(chance)])
  const { page, bot, hook, board } = secretOf
  const routes = [
    Route.parse({
      ...(all === undefined ? {} : { quiet_hours: all }),
      to: chance.pick([[page, bot], [bot], [hook], [board], [hook, board]]),
    }),
    Route.parse({
      match: { cluster: ['east', 'west', 'n*'] },
      severity_threshold: chance.pick(['info', 'critical'] as const),
      to: [chance.pick([page, page, board, bot])],
    }),
  ]
  // All that was for one place is for another from then on: it was renamed, or gave way.
  const moved = [Route.parse({ to: [chance.pick([page, bot, hook, board])] })]
  const later = chance.happens(0.3)
    ? {
        from: within(chaosMs),
        routes: chance.pick([routes.slice(0, 1), routes.slice(1), [...routes].reverse(), moved]),
      }
    : undefined
  return {
    ...{ seed, chance, chaosMs, routes, later, left },
    weather: weather ?? weatherOf(chance),
    spells: { page: spellsOf(), bot: spellsOf(), hook: spellsOf(), board: spellsOf() },
    lives: Array.from({ length: chance.whole(1, 3) }, (_, index) => lifeOf(chance, index, chaosMs)),
    directory: directory.sort((a, b) => a.from - b.from),
    blind: chance.happens(0.4)
      ? [
          {
            cluster: left[0]?.cluster ?? chance.pick(fleet),
            from: within(chaosMs / 2),
            until: chance.between(chaosMs / 2, chaosMs),
          },
        ]
      : [],
    visibilitySeconds: chance.pick([60, 600]),
  }
}

/** Half of the worlds have none: what goes wrong there is the places' own, and nothing is excused. */
function weatherOf(chance: Chance): Weather {
  if (chance.happens(0.5)) return { ...calm, latencyMs: chance.pick([5, 50, 400]) }
  return {
    error: chance.pick([0, 0, 0.005]),
    lost: chance.pick([0, 0.005, 0.02]),
    crash: chance.pick([0, 0.002, 0.01]),
    pause: chance.pick([0, 0, 0.005]),
    pauseMs: chance.pick([20_000, 5 * MINUTE]),
    skewMs: chance.pick([0, 0, 4_000]),
    latencyMs: chance.pick([5, 50, 400]),
  }
}

/** From a moment in these hours to another; the world begins at nine. */
function quiet(chance: Chance) {
  const hour = (at: number) => `${String(at % 24).padStart(2, '0')}:00`
  const from = chance.whole(8, 11)
  const except = chance.happens(0.3) ? { except: 'critical' as const } : {}
  return { from: hour(from), to: hour(from + chance.whole(1, 3)), timezone: 'UTC', ...except }
}

function lifeOf(chance: Chance, index: number, chaosMs: number): Life {
  const generations: { from: number; reportedAfter: number; lasts?: number }[] = []
  let from = chance.between(0, chaosMs * 0.6)
  for (let count = chance.pick([1, 1, 2]); count > 0; count--) {
    const lasts = chance.pick([2 * MINUTE, 10 * MINUTE, chaosMs / 2])
    const forGood = count === 1 && chance.happens(0.3)
    generations.push({ from, reportedAfter: chance.between(20_000, 4 * MINUTE), ...(forGood ? {} : { lasts }) })
    from += lasts + chance.between(3 * MINUTE, 20 * MINUTE)
  }
  return {
    cluster: chance.pick(fleet),
    identity: `${index}`.padStart(16, '0'),
    severity: chance.pick(['critical', 'critical', 'warning'] as const),
    generations,
  }
}

export const moodAt = (spells: readonly Spell[], at: number): Mood =>
  spells.find(({ from, until }) => from <= at && at < until)?.mood ?? 'well'
