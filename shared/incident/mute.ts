import { MATCH_KEYS, type Maintenance, type Match, type MuteEntry, weekdays } from '../config/mutes.ts'
import { likeAny } from '../config/pattern.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Incident } from './incident.ts'

/** What nobody is to be told of until a time, and why. */
export type Mute = {
  readonly id: string
  readonly match: Match
  readonly until: string
  readonly reason: string
  /** Written in clusters.yaml, its hours too; or asked for, and then it can be taken back. */
  readonly source: 'file' | 'maintenance' | 'asked'
  /** Who asked. */
  readonly by?: string
}
export type Mutable = Pick<
  Incident,
  'cluster' | 'namespace' | 'owner' | 'labels' | 'faultClass' | 'faultType' | 'resource'
>

/** The mute that lasts longest of those that fit; nobody is told before its end. */
export function muteOf(mutes: readonly Mute[], incident: Mutable): Mute | undefined {
  return mutes
    .filter(({ match }) => fits(match, incident))
    .reduce<Mute | undefined>((last, one) => (last === undefined || one.until > last.until ? one : last), undefined)
}

/** Trouble with the watch of a cluster is muted by what mutes all of the cluster, and by nothing narrower. */
export const muteOfCluster = (mutes: readonly Mute[], cluster: string): Mute | undefined =>
  mutes
    .filter(({ match }) => MATCH_KEYS.every((key) => (match[key] !== undefined) === (key === 'cluster')))
    .filter(({ match }) => likeAny(match.cluster ?? [], cluster))
    .reduce<Mute | undefined>((last, one) => (last === undefined || one.until > last.until ? one : last), undefined)

function fits(match: Match, incident: Mutable): boolean {
  const { cluster, namespace, owner, resource, faultClass, faultType, labels } = incident
  const among = (patterns: readonly string[] | undefined, ...texts: readonly string[]) =>
    patterns === undefined || texts.some((text) => likeAny(patterns, text))
  const [key = '', value = ''] = match.label?.split('=') ?? []
  return (
    among(match.cluster, cluster) &&
    among(match.namespace, namespace) &&
    among(match.kind, owner.kind, resource.kind) &&
    among(match.name, owner.name, resource.name) &&
    among(match.class, faultClass, faultType) &&
    (match.label === undefined || labels[key] === value)
  )
}

/** Those of the file that are in force now, each with its end. */
export function mutesOfFile(
  { mutes, maintenance }: { readonly mutes: readonly MuteEntry[]; readonly maintenance: readonly Maintenance[] },
  now: Date,
): readonly Mute[] {
  const listed = mutes.flatMap((entry): readonly Mute[] => {
    const { from, until, reason, ...match } = entry
    const begun = from === undefined || Date.parse(from) <= now.getTime()
    if (!begun || Date.parse(until) <= now.getTime()) return []
    return [{ id: idOf(match, reason), match, until: new Date(until).toISOString(), reason, source: 'file' }]
  })
  const windows = maintenance.flatMap((entry): readonly Mute[] => {
    const { days: _, from: __, to: ___, timezone: ____, reason, ...match } = entry
    const until = endOfWindow(entry, now)
    if (until === undefined) return []
    return [{ id: idOf(match, reason), match, until: until.toISOString(), reason, source: 'maintenance' }]
  })
  return [...listed, ...windows]
}

/** The same match for the same reason is the same mute: said again, it lasts until what was said last. */
export const idOf = (match: Match, reason: string): string =>
  derivedId(12, ...MATCH_KEYS.flatMap((key) => [key, JSON.stringify(match[key] ?? '')]), reason)

/** Whatever the order of its keys. */
export const sameMatch = (one: Match, other: Match): boolean => idOf(one, '') === idOf(other, '')

const DAY = 24 * 60
const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))

/** `undefined` outside its hours; equal times are 24 hours. On days when clocks change it may be an hour off, and is looked at again then. */
export function endOfWindow({ days, from, to, timezone }: Maintenance, now: Date): Date | undefined {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now)
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
  const today = weekdays.map(String).indexOf(part('weekday').toLowerCase())
  const local = minutesOf(`${part('hour')}:${part('minute')}`)
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  // A window over midnight belongs to the day on which it began.
  const sinceMidnight = begin >= end && local < end
  if (begin < end ? local < begin || local >= end : !sinceMidnight && local < begin) return undefined
  const beganOn = weekdays[(today + (sinceMidnight ? 6 : 0)) % 7]
  if (days !== undefined && (beganOn === undefined || !days.includes(beganOn))) return undefined
  const startOfMinute = Math.floor(now.getTime() / 60_000) * 60_000
  return new Date(startOfMinute + ((end - local + DAY) % DAY || DAY) * 60_000)
}

/** `namespace sandbox-*, kind Deployment` */
export const matchWords = (match: Match): string =>
  MATCH_KEYS.flatMap((key) => {
    const value = match[key]
    return value === undefined ? [] : [`${key} ${typeof value === 'string' ? value : value.join(' or ')}`]
  }).join(', ')

export const mutedReason = ({ until, reason }: Pick<Mute, 'until' | 'reason'>): string =>
  `Muted until ${until.slice(0, 16).replace('T', ' ')} UTC: ${reason}`
