import { atLeast, type Fault } from '../faults/fault.ts'
import type { Identity } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { BELOW } from '../incident/skipped.ts'
import { contend } from '../runtime/contend.ts'
import { deliveryMark, lastMarks, withMember } from './count-faults.ts'
import type { TriageDeps } from './deps.ts'

export type Told = { readonly identity: Identity; readonly faults: readonly Fault[] }

/** The schema's own limit: enough for any storm's bookkeeping. */
const MOST_KEYS = 500

/**
 * Counts faults as members of the incident that explains them. `gone` when it no longer stands, or is absent: then they
 * stand for themselves. Their end says nothing of the incident's, and neither does their coming.
 */
export const attach =
  (deps: Pick<TriageDeps, 'store' | 'clock' | 'random'>) =>
  (cluster: string, key: string, told: readonly Told[], delivery: string): Promise<'attached' | 'gone'> =>
    contend(deps, `Incident ${key} of ${cluster}`, async () => {
      const stored = await deps.store.read(cluster, key)
      const { incident } = stored ?? {}
      if (stored === undefined || incident === undefined || !mutes(incident)) return 'gone'
      // Its own faults may have come in the same message.
      const mark = deliveryMark(`${delivery} members`)
      if (incident.countedFaults.includes(mark)) return 'attached'
      const changes = { ...withTold(incident, told), countedFaults: lastMarks([...incident.countedFaults, mark]) }
      const names = told.map(({ identity }) => `${identity.owner.kind} ${identity.owner.name}`)
      const note = `Explains ${names.length} more: ${[...new Set(names)].slice(0, 5).join(', ')}`
      const known = told.every(({ identity }) => incident.memberKeys?.includes(identity.key))
      const step = known ? undefined : { at: deps.clock.now(), note }
      const written = await deps.store.update(stored, changes, step)
      return typeof written === 'string' ? written : 'attached'
    })

/** Takes over an incident that gives way to this one, with all that it explains. */
export const absorb =
  (deps: Pick<TriageDeps, 'store' | 'clock' | 'random'>) =>
  (cluster: string, key: string, other: Incident): Promise<unknown> =>
    contend(deps, `Incident ${key} of ${cluster}`, async () => {
      const stored = await deps.store.read(cluster, key)
      if (stored === undefined || stored.incident.status === 'resolved') return
      const { members, memberKeys, owner } = stored.incident
      const changes = {
        members: [other.resource, ...other.members].reduce((all, one) => withMember(all, one, owner), members),
        memberKeys: [...new Set([...(memberKeys ?? []), other.identity, ...(other.memberKeys ?? [])])].slice(
          0,
          MOST_KEYS,
        ),
      }
      const note = `Explains ${other.owner.kind} ${other.owner.name}, too`
      return deps.store.update(stored, changes, { at: deps.clock.now(), note })
    })

/** Only what is there now explains anything, and not what itself was explained or was not bad enough. */
export const mutes = ({ status, absentSince, mutedBy, reason }: Incident): boolean =>
  absentSince === undefined &&
  status !== 'resolved' &&
  (status !== 'skipped' || (mutedBy === undefined && reason?.startsWith(BELOW) !== true))

function withTold(incident: Incident, told: readonly Told[]) {
  const keys = new Set(incident.memberKeys)
  let { occurrences, members, severity } = incident
  for (const { identity, faults } of told) {
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
