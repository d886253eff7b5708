import { z } from 'zod'
import { Condition } from './shapes.ts'
import type { Seen } from './snapshot.ts'

const good =
  /^(Ready|Available|Healthy|Synced|Established|Accepted|Programmed|ResolvedRefs|Reconciled|Reconciling?Succeeded|Succeeded|Valid|Initialized|Reachable)$/
const bad = /^(NotReady|Stalled|Degraded|Failed|Failing|Unhealthy|Error|Blocked)$|(Error|Failure|Failed|Invalid)$/
/** The groups of Kubernetes itself; the Gateway API is served by controllers of others. */
const own = /(?<!gateway\.networking)\.k8s\.io\//
/** Of somebody's own kind: what Kubernetes sets on its own kinds is a symptom, and has rules of its own. */
export const isForeign = ({ apiVersion }: Seen): boolean => /\..+\//.test(apiVersion) && !own.test(apiVersion)

/** As deep as the Gateway API keeps them: `status.parents[].conditions`. */
const DEPTH = 3

/** What a controller says is not as it should be: a good sign that is False, or a bad one that is True. */
export const badConditions = (seen: Seen): readonly Condition[] =>
  conditionsIn(z.looseObject({ status: z.unknown() }).safeParse(seen.object).data?.status, DEPTH).filter(
    ({ type, status }) => (status === 'False' && good.test(type)) || (status === 'True' && bad.test(type)),
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
