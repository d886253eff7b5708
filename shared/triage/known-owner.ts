import type { Fault } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import type { OwnerGroup } from './attach.ts'

/**
 * Servers that name no owner leave it to the pod's name, and a Job's pod is named like a DaemonSet's, a bare `app-2`
 * like a StatefulSet's; the look at the cluster then sees the true owner. Whoever came first has the incident: of the
 * same class and with the same pod in it, or, where no owner is named now, with an owner of the guessed name.
 */
export function underKnownOwners(groups: readonly OwnerGroup[], open: readonly Incident[]): readonly OwnerGroup[] {
  const known = new Set(open.map(({ identity }) => identity))
  const merged = new Map<string, OwnerGroup>()
  for (const one of groups) {
    const { identity, faults } = one
    const found = known.has(identity.key) ? undefined : open.find((incident) => isSame(incident, one))
    const to = found === undefined ? identity : { ...identity, owner: found.owner, key: found.identity }
    merged.set(to.key, { identity: to, faults: [...(merged.get(to.key)?.faults ?? []), ...faults] })
  }
  return [...merged.values()]
}

function isSame(incident: Incident, { identity, faults }: OwnerGroup): boolean {
  if (incident.faultClass !== identity.faultClass || !faults.every(({ resource }) => resource.kind === 'Pod'))
    return false
  if (faults.some((fault) => lists(incident, fault))) return true
  const { owner, namespace } = incident
  return (
    faults.every((fault) => fault.owner === undefined) &&
    owner.name === identity.owner.name &&
    namespace === (identity.owner.namespace ?? '')
  )
}

const lists = ({ resource, members }: Incident, fault: Fault): boolean =>
  [resource, ...members].some(
    ({ kind, namespace, name }) =>
      kind === 'Pod' && name === fault.resource.name && namespace === fault.resource.namespace,
  )
