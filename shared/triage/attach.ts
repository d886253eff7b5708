import { atLeast, type Fault } from '../faults/fault.ts'
import { mutes } from '../incident/absorb.ts'
import type { Identity } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { MOST_KEYS, withMember } from '../incident/members.ts'
import { contend } from '../runtime/contend.ts'
import { deliveryMark, lastMarks } from './count-faults.ts'
import type { TriageDeps } from './deps.ts'

export type OwnerGroup = { readonly identity: Identity; readonly faults: readonly Fault[] }

/**
 * Counts faults as members of the incident that explains them. `gone` when it no longer stands, or is absent: then they
 * stand for themselves. Their end says nothing of the incident's, and neither does their coming.
 */
export const attach =
  (deps: Pick<TriageDeps, 'store' | 'clock' | 'random'>) =>
  (cluster: string, key: string, groups: readonly OwnerGroup[], delivery: string): Promise<'attached' | 'gone'> =>
    contend(deps, `Incident ${key} of ${cluster}`, async () => {
      const stored = await deps.store.read(cluster, key)
      const { incident } = stored ?? {}
      if (stored === undefined || incident === undefined || !mutes(incident)) return 'gone'
      // Its own faults may have come in the same message.
      const mark = deliveryMark(`${delivery} members`)
      if (incident.countedFaults.includes(mark)) return 'attached'
      const changes = { ...withFaults(incident, groups), countedFaults: lastMarks([...incident.countedFaults, mark]) }
      const names = groups.map(({ identity }) => `${identity.owner.kind} ${identity.owner.name}`)
      const note = `Explains ${names.length} more: ${[...new Set(names)].slice(0, 5).join(', ')}`
      const known = groups.every(({ identity }) => incident.memberKeys?.includes(identity.key))
      const step = known ? undefined : { at: deps.clock.now(), note }
      const written = await deps.store.update(stored, changes, step)
      return typeof written === 'string' ? written : 'attached'
    })

function withFaults(incident: Incident, groups: readonly OwnerGroup[]) {
  const keys = new Set(incident.memberKeys)
  let { occurrences, members, severity } = incident
  for (const { identity, faults } of groups) {
    for (const fault of faults) {
      if (fault.resolved === true) continue
      // Found by looking again: a member that is known is no new occurrence.
      if (fault.source !== 'reconcile' || !keys.has(identity.key)) occurrences += 1
      members = withMember(members, fault.resource, incident.owner)
      if (atLeast(fault.severity, severity)) severity = fault.severity
    }
    if (keys.size < MOST_KEYS) keys.add(identity.key)
  }
  return { occurrences, members, severity, memberKeys: [...keys] }
}
