import type { z } from 'zod'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import type { Known } from '../../../shared/cluster/model.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import type { KindInfo } from '../../../shared/kubernetes/cluster-api.ts'
import { isNamesake } from './custom-kinds.ts'

/** Where a thing was read: the journal's entry, and the part of its output that shows the thing ('' when cut away). */
export type Source = { readonly id: string; readonly text: string }

/**
 * One object as it was read. `object` is redacted, and `data` is what its kind's shape makes of that: what the rules say
 * can leak nothing. `raw` is for comparing only (which service does this environment value name?).
 */
export type Seen<T = unknown> = Source & {
  readonly kind: string
  readonly apiVersion: string
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject
  readonly raw: KubeObject
  readonly data: T
}
export type SeenEvent = Source & {
  readonly at: string
  readonly first: string
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly fieldPath: string
  readonly component: string
}
/** `lines` are redacted already: they are quoted as they stand. */
export type SeenLog = Source & {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly previous: boolean
  readonly lines: readonly string[]
}
/** A list that was read; `complete`: there is nothing of that kind there beyond what was seen. */
export type SeenList = Source & {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string
  readonly complete: boolean
  /** Set when one object was looked for by its name. */
  readonly name?: string
}
export type Gap = { readonly what: string; readonly why: string; readonly wouldSettle: string; readonly kind: string }

/** All that was read about one incident. The rules are functions of this and of nothing else. */
export type Snapshot = {
  readonly now: Date
  readonly incident: Incident
  readonly objects: readonly Seen[]
  readonly events: readonly SeenEvent[]
  readonly logs: readonly SeenLog[]
  readonly lists: readonly SeenList[]
  readonly gaps: readonly Gap[]
  /** What the cluster serves, where that was asked. */
  readonly kinds: readonly KindInfo[]
}

export const refOf = (seen: Pick<Seen, 'kind' | 'namespace' | 'name'>): Culprit => ({
  kind: seen.kind,
  namespace: seen.namespace,
  name: seen.name,
})
export const same = (a: Culprit, b: Culprit): boolean =>
  a.kind === b.kind && a.namespace === b.namespace && a.name === b.name
/** `Deployment shop/web`, `Node worker-3`: how a sentence names an object. */
export const label = (ref: Culprit): string =>
  ref.namespace === '' ? `${ref.kind} ${ref.name}` : `${ref.kind} ${ref.namespace}/${ref.name}`

/** Reads objects of one kind in the shape that the rules know. Each object is parsed once: rules ask again and again. */
export type Reader<T> = { readonly kind: string; readonly of: (seen: Seen) => Seen<T> | undefined }
export function reader<T>(kind: string, shape: z.ZodType<T>): Reader<T> {
  const cache = new WeakMap<Seen, Seen<T>>()
  const of = (seen: Seen): Seen<T> | undefined => {
    const known = cache.get(seen)
    if (known !== undefined) return known
    if (kind !== '' && isNamesake(seen)) return undefined
    const parsed = shape.safeParse(seen.object)
    if (!parsed.success) return undefined
    const result = { ...seen, data: parsed.data }
    cache.set(seen, result)
    return result
  }
  return { kind, of }
}

/** Whether it is of a built-in kind, and not of somebody's own kind of the same name. */
export const isKind = (seen: Pick<Seen, 'apiVersion' | 'kind'>, kind: string): boolean =>
  seen.kind === kind && !isNamesake(seen)

export const all = <T>(snapshot: Snapshot, { kind, of }: Reader<T>, namespace?: string): readonly Seen<T>[] =>
  snapshot.objects.flatMap((seen) =>
    seen.kind === kind && (namespace === undefined || seen.namespace === namespace) ? (of(seen) ?? []) : [],
  )
/** What is known of one object; `absent` only where a look has shown it (see `whether`). */
export function find<T>(snapshot: Snapshot, reader: Reader<T>, namespace: string, name: string): Known<Seen<T>> {
  const seen = present(snapshot, reader, namespace, name)
  if (seen !== undefined) return { is: 'there', value: seen }
  const ref = { kind: reader.kind, namespace, name }
  const known = whether(snapshot, reader.kind, namespace, name)
  if (known.is === 'absent') return { is: 'absent' }
  return { is: 'unknown', why: `${label(ref)} was ${known.is === 'there' ? 'read and not understood' : 'not read'}` }
}
/** The object where it was read. Nothing follows from `undefined`: who concludes from absence asks `find`. */
export function present<T>(
  snapshot: Snapshot,
  { kind, of }: Reader<T>,
  namespace: string,
  name: string,
): Seen<T> | undefined {
  const seen = seek(snapshot, { kind, namespace, name })
  return seen === undefined ? undefined : of(seen)
}
/** Whether a list shows all of a kind in a namespace: only then does an empty one mean that there is none. */
export const listed = (snapshot: Snapshot, kind: string, namespace: string): boolean =>
  snapshot.lists.some(
    (one) =>
      isKind(one, kind) &&
      one.complete &&
      one.name === undefined &&
      (one.namespace === namespace || one.namespace === ''),
  )
/** A built-in object comes before a namesake, unless the incident is about the latter. */
export const seek = (snapshot: Snapshot, ref: Culprit): Seen | undefined => {
  const [first, ...others] = snapshot.objects.filter((seen) => same(seen, ref))
  if (others.length === 0) return first
  const namesake = meansNamesake(snapshot, ref)
  return [first, ...others].find((seen) => seen !== undefined && isNamesake(seen) === namesake) ?? first
}
const meansNamesake = ({ incident }: Snapshot, ref: Culprit): boolean =>
  [incident.resource, incident.owner].some(
    (one) =>
      one.kind === ref.kind && one.name === ref.name && (one.namespace ?? '') === ref.namespace && isNamesake(one),
  )

/** `absent` only when a complete list, or a look by that name, showed that it is not there. */
export function whether(
  snapshot: Snapshot,
  kind: string,
  namespace: string,
  name: string,
): { readonly is: 'there' | 'absent' | 'unknown'; readonly source?: SeenList } {
  const ref = { kind, namespace, name }
  const namesake = meansNamesake(snapshot, ref)
  const meant = (one: Pick<Seen, 'apiVersion' | 'kind'>) => one.kind === kind && isNamesake(one) === namesake
  if (snapshot.objects.some((one) => meant(one) && same(one, ref))) return { is: 'there' }
  const lists = snapshot.lists.filter((one) => meant(one) && one.namespace === namespace && one.complete)
  const list = lists.find((one) => one.name === name) ?? lists.find((one) => one.name === undefined)
  return list === undefined ? { is: 'unknown' } : { is: 'absent', source: list }
}

/** Oldest first. */
export const eventsOf = (snapshot: Snapshot, ref: Culprit): readonly SeenEvent[] =>
  snapshot.events.filter(
    (event) => event.kind === ref.kind && event.name === ref.name && event.namespace === ref.namespace,
  )

/** Milliseconds from a time stamp to the snapshot's now; undefined when there is none. */
export function age(snapshot: Snapshot, stamp: string | undefined): number | undefined {
  const at = stamp === undefined ? Number.NaN : Date.parse(stamp)
  return Number.isNaN(at) ? undefined : snapshot.now.getTime() - at
}
