import { PlaceRow, WaitingRow } from '../artifacts/notice-places.ts'
import type { Row } from '../runtime/table.ts'
import { family, type Sample } from './prometheus.ts'

/** One place that notices go to, as `GET /api/health/clusters` and the board show it; what is empty is left out. */
export type PlaceHealth = {
  readonly place: string
  readonly sent: number
  /** Tries that did not succeed. */
  readonly failed: number
  /** Dead letters: it did not take them. */
  readonly given_up: number
  /** Posted twice without an answer: it may have them. */
  readonly unsure: number
  readonly waiting: number
  /** How long the oldest of those that wait has waited. */
  readonly oldest_seconds?: number
  readonly last_sent?: string
  readonly last_error?: string
  /** It asks for time; nothing is wrong with it. */
  readonly rate_limited_since?: string
  readonly not_before?: string
}

/** A message that came to its end while its process died leaves its row; after this it is not believed any more. */
const LATE_MS = 10 * 60_000

/** `places` and `waiting`: of table `control`, the partitions of those names. */
export function placesHealth(places: readonly Row[], waiting: readonly Row[], now: Date): readonly PlaceHealth[] {
  const ms = now.getTime()
  const waits = waiting
    .flatMap(({ fields }) => WaitingRow.safeParse(fields).data ?? [])
    .filter(({ until }) => Date.parse(until) + LATE_MS > ms)
  const states = new Map(places.map((row) => [row.key, PlaceRow.safeParse(row.fields).data]))
  const names = [...new Set([...states.keys(), ...waits.map(({ place }) => place)])].sort()
  return names.map((place) => {
    const state = states.get(place) ?? PlaceRow.parse({})
    const mine = waits.filter((one) => one.place === place)
    const oldest = Math.min(...mine.map(({ since }) => Date.parse(since)))
    const limited = state.pauses > 0
    return {
      ...{ place, sent: state.sent, failed: state.failed, given_up: state.refused, unsure: state.unsure },
      waiting: mine.length,
      ...(mine.length === 0 ? {} : { oldest_seconds: Math.max(0, Math.round((ms - oldest) / 1000)) }),
      ...(state.lastSent === '' ? {} : { last_sent: state.lastSent }),
      ...(state.lastError === '' || state.lastSent > state.lastFailed ? {} : { last_error: state.lastError }),
      ...(limited ? { rate_limited_since: state.pausedSince } : {}),
      ...(limited && Date.parse(state.pausedUntil) > ms ? { not_before: state.pausedUntil } : {}),
    }
  })
}

export function placeMetrics(places: readonly PlaceHealth[]): readonly string[] {
  const each = (value: (place: PlaceHealth) => number): readonly Sample[] =>
    places.map((one) => ({ labels: { place: one.place }, value: value(one) }))
  const name = (what: string) => `nightcrier_notices_${what}`
  return [
    family(
      name('sent_total'),
      'counter',
      'Notices that the place proved to have.',
      each(({ sent }) => sent),
    ),
    family(
      name('failed_total'),
      'counter',
      'Tries that did not succeed.',
      each(({ failed }) => failed),
    ),
    family(
      name('given_up_total'),
      'counter',
      'Notices kept as dead letters.',
      each((one) => one.given_up),
    ),
    family(
      name('unsure_total'),
      'counter',
      'Notices posted twice without an answer.',
      each(({ unsure }) => unsure),
    ),
    family(
      name('waiting'),
      'gauge',
      'Notices that wait for the place.',
      each(({ waiting }) => waiting),
    ),
    family(
      name('oldest_seconds'),
      'gauge',
      'How long the oldest of them has waited.',
      each((one) => one.oldest_seconds ?? 0),
    ),
    family(
      name('rate_limited'),
      'gauge',
      'Whether the place asks for time.',
      each((one) => (one.rate_limited_since === undefined ? 0 : 1)),
    ),
  ]
}
