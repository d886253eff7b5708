import type { Incident } from '../../../shared/incident/incident.ts'
import { waysFor } from '../../../shared/notify/route/routing.ts'
import { BEGINNING } from '../mortal.ts'
import { type Mood, moodAt, type PlaceKind, type PlacesPlan } from './plan.ts'
import type { ReceiverModel, Taken } from './receivers.ts'

export type PlacesAtRest = {
  readonly plan: PlacesPlan
  readonly now: number
  /** All generations. */
  readonly incidents: readonly Incident[]
  readonly receivers: readonly ReceiverModel[]
  /** Reasons of what was kept aside: they name place and notice. */
  readonly kept: readonly string[]
  readonly waiting: readonly string[]
  /** Failed five times by storage alone: kept as they are, and told of nowhere. */
  readonly poisoned: readonly string[]
  readonly isThere: (cluster: string) => boolean
}

const MINUTE = 60_000
/** The last look at an incident comes before its post: so long it may take at most. */
const LOOKED_MS = 10_000
const MOST_COPIES = 2
/** How long a place may be well and hear nothing, by the worst that it did before. */
const silence: Readonly<Record<Mood, number>> = {
  well: 2 * MINUTE,
  slow: 40 * MINUTE,
  unsure: 40 * MINUTE,
  // Each minute one tries, and wakes the others.
  away: 12 * MINUTE,
  fussy: 40 * MINUTE,
  throttled: 40 * MINUTE,
  // A refused key is asked about every four hours when it stays the same.
  wrong: 280 * MINUTE,
}
/** A process that dies with a message holds it for its visibility time, some times in a row. */
const ROUGH_MS = 60 * MINUTE
const STEP_MS = MINUTE

export function checkPlaces(world: PlacesAtRest): readonly string[] {
  const violations = new Set<string>()
  const violated = (what: string) => void violations.add(what)
  if (world.waiting.length > 0) violated(`${world.waiting.length} notices wait for ever: ${world.waiting[0]}`)
  const over = new Map(
    world.incidents.flatMap((one) => {
      const end = one.steps.findLast(({ state }) => state === 'resolved')
      return end === undefined ? [] : [[one.incidentId, Date.parse(end.at) - BEGINNING] as const]
    }),
  )
  for (const one of world.incidents) {
    if (one.unwatched !== undefined && world.isThere(one.cluster))
      violated(`${one.incidentId} was closed although its cluster is there`)
    unheard(world, one, violated)
    if (!world.isThere(one.cluster) && one.status !== 'resolved')
      violated(`${one.incidentId} stays open although its cluster left`)
  }
  for (const receiver of world.receivers) {
    ends(world, receiver, over, violated)
    order(receiver, over, violated)
    copies(receiver, violated)
    for (const one of world.incidents) heard(world, receiver, one, over.get(one.incidentId), violated)
  }
  return [...violations]
}

const isRough = ({ weather }: PlacesPlan): boolean => weather.error + weather.crash + weather.lost + weather.pause > 0
type Say = (what: string) => void
const isIncident = ({ subject }: Taken): boolean => /^\w+\.\d{16}\.\d+$/.test(subject)

/** What was told as open and is over stands closed; what is not over stands open. */
function ends(
  world: PlacesAtRest,
  { place, taken, open, messages, calls }: ReceiverModel,
  over: ReadonlyMap<string, number>,
  say: Say,
) {
  for (const subject of new Set(taken.map((one) => one.subject))) {
    const all = taken.filter((one) => one.subject === subject)
    const [last] = all.slice(-1)
    if (last === undefined || subject.startsWith('dead-letter')) continue
    const isOver = isIncident(last) ? over.has(subject) : true
    const lost = world.poisoned.some((body) => body.includes(inIds(subject))) || isGivenUp(world, place, subject)
    const closed =
      place === 'page'
        ? !open.has(subject)
        : place === 'bot' && isIncident(last)
          ? [...messages.values()].every((one) => one.subject !== subject || one.over)
          : last.over
    if (isOver && !closed && !lost) say(`${subject} is over and stays open in ${place}`)
    if (!isOver && last.over) say(`${subject} is open and was told to be over in ${place}`)
    if (!isOver && place === 'page' && closed) say(`${subject} is open and its page is closed`)
    // Where a begin was tried and no answer came, or whoever meant to has died, nobody knows whether it is there.
    const tried = isRough(world.plan) || calls.some((one) => one.subject === subject && !one.over)
    if (all.every((one) => one.over) && !tried) say(`the end of ${subject} was told in ${place}, and never its begin`)
  }
}

/** Nothing is told as open after its end: neither after the end was told there, nor after it was over. */
function order({ place, taken }: ReceiverModel, over: ReadonlyMap<string, number>, say: Say) {
  const ended = new Set<string>()
  for (const one of taken) {
    const { subject, id, disturbed, begun } = one
    if (one.over) ended.add(subject)
    else if (ended.has(subject) && !disturbed) say(`${id} was told in ${place} after the end of ${subject}`)
    const end = over.get(subject)
    if (!one.over && end !== undefined && begun > end + LOOKED_MS && !disturbed)
      say(`${id} was told in ${place} as open ${Math.round((begun - end) / 1000)} s after it was over`)
  }
}

function copies({ place, taken, messages }: ReceiverModel, say: Say) {
  const counted = new Map<string, number>()
  for (const { id } of taken) counted.set(id, (counted.get(id) ?? 0) + 1)
  for (const [id, count] of counted)
    if (place === 'board' && count > MOST_COPIES) say(`${id} was told ${count} times in ${place}`)
  const made = new Map<string, number>()
  for (const one of messages.values()) made.set(one.made, (made.get(one.made) ?? 0) + 1)
  for (const [subject, count] of made) if (count > MOST_COPIES) say(`${count} messages of ${subject} in ${place}`)
}

/** Whatever became of the places that were to hear of it: where the routes lead now, somebody has heard of what is open. */
function unheard({ plan, receivers, kept, poisoned }: PlacesAtRest, incident: Incident, say: Say) {
  const { incidentId, status, reportedAt, severity, cluster, environment, labels } = incident
  if (plan.later === undefined || reportedAt === undefined || status === 'resolved') return
  const subject = { severity, cluster, environment, labels }
  const meant = (routes: PlacesPlan['routes'], at: Date) => waysFor({ routes, fallback: [] }, subject, at).length > 0
  // Told when it was reported; a threshold or match that came later brings it to nobody anew.
  if (!meant(plan.routes, new Date(reportedAt)) || !meant(plan.later.routes, new Date(reportedAt))) return
  if ([...kept, ...poisoned].some((text) => text.includes(incidentId))) return
  if (!receivers.some(({ taken }) => taken.some((one) => one.subject === incidentId)))
    say(`${incidentId} is open and nobody has heard of it since the routes changed`)
}

/** Kept aside: for this place, and for this incident. */
const isGivenUp = ({ kept }: PlacesAtRest, place: PlaceKind, subject: string): boolean =>
  kept.some((reason) => reason.startsWith(prefix[place]) && reason.includes(inIds(subject)))
/** Notices of a cluster's trouble are named by cluster and time. */
const inIds = (subject: string): string => subject.replace(/^cluster (\S+) since /, '$1:')
const prefix: Readonly<Record<PlaceKind, string>> = {
  page: 'pagerduty-',
  bot: 'slack-',
  hook: 'webhook-',
  board: 'teams-',
}

/** Who is to hear of an incident hears of it, and not later than a place that fails can explain. */
function heard(
  world: PlacesAtRest,
  { place, taken, calls }: ReceiverModel,
  incident: Incident,
  over: number | undefined,
  say: Say,
) {
  const { plan, now, poisoned } = world
  const { incidentId, severity, cluster, environment, labels, reportedAt } = incident
  // Whom a route meant that is gone by now is another question.
  if (reportedAt === undefined || plan.later !== undefined) return
  const subject = { severity, cluster, environment, labels }
  const wanted = (at: number) =>
    waysFor({ routes: plan.routes, fallback: [] }, subject, new Date(BEGINNING + at)).find(({ target }) =>
      target.key.startsWith(prefix[place]),
    )
  const from = Date.parse(reportedAt) - BEGINNING
  if (wanted(from) === undefined) return
  const first = taken.find((one) => one.subject === incidentId && !one.over && one.at >= from)?.at
  if (isGivenUp(world, place, incidentId) || poisoned.some((body) => body.includes(incidentId))) return
  if (first === undefined && over === undefined) {
    // A page that a first notice opened needs no second.
    if (!taken.some((one) => one.subject === incidentId)) say(`${incidentId} is open and ${place} never heard of it`)
    return
  }
  if (Math.min(first ?? now, over ?? now) - from <= silence.well) return
  const hasQuiet = plan.routes.some(({ quiet_hours }) => quiet_hours !== undefined)
  let worst: Mood = 'well'
  let [silent, asked] = [0, 0]
  const until = Math.min(first ?? now, over ?? now)
  for (let at = from; at < until; at += STEP_MS) {
    for (; calls[asked] !== undefined && (calls[asked]?.at ?? 0) <= at; asked++) {
      const { mood = 'well' } = calls[asked] ?? {}
      if (silence[mood] > silence[worst]) worst = mood
    }
    const mood = at < plan.chaosMs ? moodAt(plan.spells[place], at) : 'well'
    const speaks = mood === 'well' && !(hasQuiet && wanted(at)?.at !== undefined)
    silent = speaks ? silent + STEP_MS : 0
    if (silent > silence[worst] + (isRough(plan) ? ROUGH_MS : 0))
      return say(
        `${place} was well for ${silent / MINUTE} min and did not hear of ${incidentId} (worst before: ${worst})`,
      )
  }
}
