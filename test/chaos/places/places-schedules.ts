import type { Weather } from '../mortal.ts'
import { simulatePlaces } from './simulate-places.ts'

export type PlacesSummary = {
  readonly failures: readonly { readonly seed: number; readonly violations: readonly string[] }[]
  readonly sum: Readonly<Record<'happened' | 'incidents' | 'told' | 'kept', number>>
}
const counts = ['happened', 'incidents', 'told', 'kept'] as const

/** Schedules `first`, `first + 1`, … one after the other; ends early where one says what is waited for. */
export async function placesSchedules(
  first: number,
  count: number,
  { waitFor, weather }: { readonly waitFor?: RegExp; readonly weather?: Weather | undefined } = {},
): Promise<PlacesSummary> {
  const failures: { seed: number; violations: readonly string[] }[] = []
  const sum = { happened: 0, incidents: 0, told: 0, kept: 0 }
  const stacks = Error.stackTraceLimit
  // Every refusal makes an error, whose stack nobody reads.
  Error.stackTraceLimit = 0
  for (let seed = first; seed < first + count; seed++) {
    const outcome = await simulatePlaces(seed, weather === undefined ? {} : { weather })
    for (const name of counts) sum[name] += outcome[name]
    if (outcome.violations.length > 0) failures.push({ seed, violations: outcome.violations })
    if (waitFor !== undefined && outcome.violations.some((one) => waitFor.test(one))) break
    if (seed % 100 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  Error.stackTraceLimit = stacks
  return { failures, sum }
}

export const placesTogether = (parts: readonly PlacesSummary[]): PlacesSummary => ({
  failures: parts.flatMap(({ failures }) => failures),
  sum: parts.reduce(
    (all, { sum }) => ({
      happened: all.happened + sum.happened,
      incidents: all.incidents + sum.incidents,
      told: all.told + sum.told,
      kept: all.kept + sum.kept,
    }),
    { happened: 0, incidents: 0, told: 0, kept: 0 },
  ),
})
