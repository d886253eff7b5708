import { atLeast } from '../faults/fault.ts'
import type { Clock } from '../runtime/clock.ts'
import { contend } from '../runtime/contend.ts'
import type { Random } from '../runtime/ids.ts'
import type { Incident } from './incident.ts'
import { MOST_KEYS, withMember } from './members.ts'
import type { IncidentStore } from './store.ts'

export type AbsorbDeps = {
  readonly store: Pick<IncidentStore, 'read' | 'update'>
  readonly clock: Clock
  readonly random: Random
}

/** Takes over an incident that gives way to this one, with all that it explains. */
export const absorb =
  (deps: AbsorbDeps) =>
  (cluster: string, key: string, other: Incident): Promise<unknown> =>
    contend(deps, `Incident ${key} of ${cluster}`, async () => {
      const stored = await deps.store.read(cluster, key)
      if (stored === undefined || stored.incident.status === 'resolved' || knows(stored.incident, other)) return
      const { members, memberKeys, owner, severity } = stored.incident
      const changes = {
        severity: atLeast(severity, other.severity) ? severity : other.severity,
        members: [other.resource, ...other.members].reduce((all, one) => withMember(all, one, owner), members),
        memberKeys: [...new Set([...(memberKeys ?? []), other.identity, ...(other.memberKeys ?? [])])].slice(
          0,
          MOST_KEYS,
        ),
      }
      const note = `Explains ${other.owner.kind} ${other.owner.name}, too`
      return deps.store.update(stored, changes, { at: deps.clock.now(), note })
    })

/** With all that it explains: it may have stood by itself again since it was taken over, and have got more. */
export const knows = ({ memberKeys = [] }: Incident, other: Incident): boolean =>
  memberKeys.length >= MOST_KEYS ||
  [other.identity, ...(other.memberKeys ?? [])].every((key) => memberKeys.includes(key))

/** Only what is there now explains anything, and not what itself was explained or was not bad enough. */
export const mutes = ({ status, absentSince, mutedBy, skip }: Incident): boolean =>
  absentSince === undefined &&
  status !== 'resolved' &&
  (status !== 'skipped' || (mutedBy === undefined && skip !== 'below-threshold'))
