import { z } from 'zod'
import { endedBadly, isBad, isUnmet } from '../../../shared/cluster/kinds/polarity.ts'
import { Condition } from './shapes.ts'
import type { Seen } from './snapshot.ts'

/** As deep as the Gateway API keeps them: `status.parents[].conditions`. */
const DEPTH = 3

/** What a controller says is not as it should be, or not yet: by the words that the watch goes by. */
export const badConditions = (seen: Seen): readonly Condition[] =>
  conditionsIn(z.looseObject({ status: z.unknown() }).safeParse(seen.object).data?.status, DEPTH).filter(
    (one) => isBad(one) || isUnmet(one) || endedBadly(one),
  )

function conditionsIn(value: unknown, depth: number): readonly Condition[] {
  if (typeof value !== 'object' || value === null || depth === 0) return []
  if (Array.isArray(value)) return value.flatMap((one) => conditionsIn(one, depth))
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'conditions' ? readAll(inner) : conditionsIn(inner, depth - 1),
  )
}
/** Argo lists only what is so, without saying that it is. */
const readAll = (value: unknown): readonly Condition[] =>
  Array.isArray(value) ? value.flatMap((one) => Condition.safeParse({ status: 'True', ...one }).data ?? []) : []
