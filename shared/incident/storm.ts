import type { ObjectRef } from '../faults/fault.ts'
import { derivedId } from '../runtime/ids.ts'
import type { Identity } from './identity.ts'
import { stormClass, type Trouble, WIDE, wideClass } from './inhibition.ts'

/** So many new troubles in one place are one trouble: a bad release breaks a few workloads, a lost node or disk dozens. */
export const STORM_SIZE = 20
/** A node's pods are told within a minute or two; slower ones are no storm. */
export const STORM_MS = 120_000
/** In so many namespaces it is none of theirs. */
const WIDE_NAMESPACES = 3
/** No fault type of a server: an incident of this type lives as long as any of its members. */
export const STORM = 'FaultStorm'

export type Storm = { readonly identity: Identity; readonly where: string; readonly members: readonly Trouble[] }

/**
 * Storms among troubles that are new: those on one node come first, as the node's own incident; then those of one class
 * in one namespace, and last those that show one outage over many namespaces. `recent` have an incident already, and count.
 */
export function stormsAmong(cluster: string, fresh: readonly Trouble[], recent: readonly Trouble[]): readonly Storm[] {
  const found: Storm[] = []
  const taken = new Set<string>()
  const gather = (
    placeOf: (one: Trouble) => string | undefined,
    storm: (place: string, any: Trouble) => Identity,
    isWideEnough: (members: readonly Trouble[]) => boolean = () => true,
  ) => {
    const places = new Map<string, Trouble[]>()
    for (const one of fresh) {
      const place = taken.has(one.identity) ? undefined : placeOf(one)
      if (place !== undefined) places.set(place, [...(places.get(place) ?? []), one])
    }
    for (const [place, members] of places) {
      const [first] = members
      const before = recent.filter((one) => placeOf(one) === place).length
      if (first === undefined || members.length + before < STORM_SIZE) continue
      if (!isWideEnough(members)) continue
      const identity = storm(place, first)
      found.push({ identity, where: `${identity.owner.kind.toLowerCase()} ${identity.owner.name}`, members })
      for (const { identity: key } of members) taken.add(key)
    }
  }
  gather(
    ({ node, owner }) => (owner.kind === 'Node' ? undefined : node),
    (node) => identified(cluster, { apiVersion: 'v1', kind: 'Node', name: node }, 'node'),
  )
  gather(
    ({ namespace, faultClass }) => (namespace === '' ? undefined : `${faultClass} ${namespace}`),
    (_, { namespace, faultClass }) =>
      identified(cluster, { apiVersion: 'v1', kind: 'Namespace', name: namespace }, stormClass(faultClass)),
  )
  gather(
    ({ namespace, faultClass }) => (namespace === '' ? undefined : wideClass(faultClass)),
    (faultClass) => identified(cluster, { apiVersion: 'v1', kind: WIDE, name: cluster }, faultClass),
    (members) => new Set([...members, ...recent].map(({ namespace }) => namespace)).size >= WIDE_NAMESPACES,
  )
  return found
}

function identified(cluster: string, owner: ObjectRef, faultClass: string): Identity {
  return { cluster, owner, faultClass, key: derivedId(16, cluster, owner.kind, '', owner.name, faultClass) }
}
