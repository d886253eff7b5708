import { z } from 'zod'
import { kindOf, Place, type QuietHours, type Route } from '../../config/notifications.ts'
import { likeAny } from '../../config/pattern.ts'
import { atLeast, type Severity } from '../../faults/fault.ts'
import { derivedId } from '../../runtime/ids.ts'

/** What routes look at. Without a cluster it concerns all of them. */
export type Subject = {
  readonly severity: Severity
  readonly cluster?: string | undefined
  readonly environment: string
  readonly labels: Readonly<Record<string, string>>
}
export type Target = {
  /** Short, for logs and rows: `slack-1a2b3c4d`. Stays the same when the secret's value changes. */
  readonly key: string
  readonly place: Place
}
export type Routing = {
  readonly routes: readonly Route[]
  /** Gets what no route is meant for. */
  readonly fallback: readonly Target[]
}
/** `at`: not before, because of quiet hours, or of what `why` says. */
export type Way = { readonly target: Target; readonly at: Date | undefined; readonly why?: string }

/** A target as a row keeps it; the place that the settings name has nothing but its key. */
export const StoredTarget = z.strictObject({ key: z.string(), place: Place.or(z.strictObject({})) })

export function targetOf(place: Place): Target {
  const kind = kindOf(place)
  const id = derivedId(8, kind ?? '', kind === undefined ? '' : (place[kind] ?? ''), place.channel ?? '')
  return { key: `${kind}-${id}`, place }
}

/** All that there are, each once. */
export const targetsIn = ({ routes, fallback }: Routing): readonly Target[] => [
  ...new Map([...routes.flatMap(({ to }) => to.map(targetOf)), ...fallback].map((one) => [one.key, one])).values(),
]

/**
 * Where the end of what was told in a place can be told, too, when its secret is gone: PagerDuty knows its events by
 * their keys, and a bot's message can be changed in its channel.
 */
export const twinsOf = ({ key, place }: Target, routing: Routing): readonly Target[] =>
  targetsIn(routing).filter(
    (one) =>
      one.key !== key &&
      kindOf(one.place) === kindOf(place) &&
      (place.pagerduty !== undefined || (place.channel !== undefined && one.place.channel === place.channel)),
  )

/** Each place once, at the earliest time that any of its routes allows. */
export function waysFor({ routes, fallback }: Routing, subject: Subject, now: Date): readonly Way[] {
  const fitting = routesFor(routes, subject)
  if (fitting.length === 0) return fallback.map((target) => ({ target, at: undefined }))
  const ways = new Map<string, Way>()
  for (const route of fitting) {
    if (!atLeast(subject.severity, route.severity_threshold)) continue
    const at = route.quiet_hours === undefined ? undefined : endOfQuiet(route.quiet_hours, subject.severity, now)
    for (const target of route.to.map(targetOf)) {
      const before = ways.get(target.key)
      if (before === undefined || earlier(at, before.at)) ways.set(target.key, { target, at })
    }
  }
  // Who is woken hears first.
  return [...ways.values()].sort((a, b) => urgency(a) - urgency(b))
}

const urgency = ({ target }: Way): number => (target.place.pagerduty === undefined ? 1 : 0)

/** Without a cluster: the routes for everything, or if there are none, all. */
function routesFor(routes: readonly Route[], subject: Subject): readonly Route[] {
  if (subject.cluster !== undefined) return routes.filter(({ match }) => fits(match, subject))
  const general = routes.filter(({ match }) => Object.keys(match).length === 0)
  return general.length > 0 ? general : routes
}

/** Whether a route is for it, whatever its threshold. */
export function fits(match: Route['match'], { cluster = '', environment, labels }: Subject): boolean {
  if (match.cluster !== undefined && !likeAny(match.cluster, cluster)) return false
  if (match.environment !== undefined && !likeAny(match.environment, environment)) return false
  return Object.entries(match.labels ?? {}).every(([name, value]) => labels[name] === value)
}

const earlier = (a: Date | undefined, b: Date | undefined): boolean =>
  b !== undefined && (a === undefined || a.getTime() < b.getTime())

/** `undefined` when it may be told now. On the days when clocks change it may be an hour off, and is looked at again then. */
export function endOfQuiet(hours: QuietHours, severity: Severity, now: Date): Date | undefined {
  if (hours.except !== undefined && atLeast(severity, hours.except)) return undefined
  const [from, to] = [minutesOf(hours.from), minutesOf(hours.to)]
  const local = minutesOf(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: hours.timezone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    }).format(now),
  )
  const quiet = from <= to ? local >= from && local < to : local >= from || local < to
  if (!quiet) return undefined
  const minutes = (to - local + DAY) % DAY
  const startOfMinute = Math.floor(now.getTime() / 60_000) * 60_000
  return new Date(startOfMinute + minutes * 60_000)
}

const DAY = 24 * 60
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))
