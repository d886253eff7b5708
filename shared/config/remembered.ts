import { z } from 'zod'
import { Cluster } from './cluster.ts'

/** A cluster that is known and not watched now: it is being made, stopped, or going. */
export type HeldBack = {
  readonly name: string
  readonly heldBack: string
  /** Once it is watched it stays so: then this state is trouble, and no beginning. */
  readonly onlyIfNew?: boolean
}
/** The place will not answer any more from some time on: when, and what to do. */
export type Soon = { readonly soon: string }
/** What a place tells of: clusters, those that are held back, and in words what makes no cluster. */
export type Listing = readonly (Cluster | HeldBack | Soon | string)[]

/** What one place told last, kept beyond this process: a new one must not be blind because the place is away. */
export const Remembered = z.strictObject({
  version: z.literal(1),
  at: z.iso.datetime(),
  clusters: z.array(Cluster).max(25_000),
})
export type Remembered = z.infer<typeof Remembered>
export type Memory = {
  readonly read: (key: string) => Promise<string | undefined>
  readonly write: (key: string, text: string) => Promise<unknown>
}

/** A list that has shrunk to less than half is believed when the place has told the same for so long. */
const DOUBT_MS = 24 * 3_600_000
const MOST_NAMES = 10

export type Weighed =
  | {
      readonly believed: true
      readonly clusters: readonly Cluster[]
      readonly words: readonly string[]
      /** Also of those that are held back: stopped for a night is not gone. */
      readonly names: readonly string[]
      readonly soon: string
    }
  | { readonly believed: false; readonly why: string }

/**
 * What is to be made of a new list. Empty after some, or less than half of them, is more often a lost right, a wrong page
 * or a place that starts than the end of a fleet: then the old list stays. One that is empty stays doubted; whoever means
 * it takes the place out of `discovery:`.
 */
export function weigh(before: readonly Cluster[], listing: Listing, doubtedForMs: number): Weighed {
  const entries = listing.filter((one) => typeof one !== 'string')
  const clusters = entries.filter((one): one is Cluster => !('heldBack' in one || 'soon' in one))
  const held = entries.filter((one): one is HeldBack => 'heldBack' in one)
  const soon = entries.flatMap((one) => ('soon' in one ? [one.soon] : [])).join('; ')
  const known = new Map(before.map((cluster) => [cluster.name, cluster]))
  const kept = held.flatMap(({ name, onlyIfNew }) => (onlyIfNew === true ? (known.get(name) ?? []) : []))
  const back = held.filter(({ name, onlyIfNew }) => onlyIfNew !== true || !known.has(name))
  const there = clusters.length + held.length
  if (before.length > 0 && there === 0)
    return { believed: false, why: `it tells of no cluster any more, and told of ${before.length}` }
  if (there * 2 < before.length && doubtedForMs < DOUBT_MS)
    return { believed: false, why: `it tells of ${there} clusters, and told of ${before.length}` }
  const words = [
    ...(soon === '' ? [] : [soon]),
    ...listing.filter((one) => typeof one === 'string'),
    ...(back.length === 0
      ? []
      : [`not watched now: ${listed(back.map(({ name, heldBack }) => `${name} (${heldBack})`))}`]),
  ]
  const names = [...new Set([...clusters, ...held].map(({ name }) => name))]
  return { believed: true, clusters: [...clusters, ...kept], words, names, soon }
}

/** Which came and which went. */
export function moves(before: readonly string[], after: readonly string[]) {
  const [old, now] = [new Set(before), new Set(after)]
  return { came: [...now].filter((name) => !old.has(name)), went: [...old].filter((name) => !now.has(name)) }
}

/** The same in one sentence; '' when none did. */
export function comings(before: readonly Cluster[], after: readonly Cluster[]): string {
  const names = (list: readonly Cluster[]) => list.map(({ name }) => name)
  const { came, went } = moves(names(before), names(after))
  return [
    ...(came.length === 0 ? [] : [`found: ${listed(came)}`]),
    ...(went.length === 0 ? [] : [`not there any more: ${listed(went)}`]),
  ].join('; ')
}

export function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
