import type { Cluster } from '../config/cluster.ts'
import { absorb, mutes } from '../incident/absorb.ts'
import type { Incident } from '../incident/incident.ts'
import { contend } from '../runtime/contend.ts'
import { type Admission, admit } from './admit.ts'
import { attach, type OwnerGroup } from './attach.ts'
import type { TriageDeps } from './deps.ts'
import { inhibit } from './inhibit.ts'
import { relate } from './relate.ts'

export type Admitted = Admission | 'explained'
export type ClusterMessage = {
  readonly cluster: Cluster
  readonly groups: readonly OwnerGroup[]
  readonly delivery: string
  readonly traceparent: string | undefined
}

/** What one message tells of one cluster. `each` hears what became of each identity, or what went wrong with it. */
export const admitCluster =
  (deps: TriageDeps) =>
  async (
    { cluster, groups, delivery, traceparent }: ClusterMessage,
    each: (one: OwnerGroup, act: () => Promise<Admitted>) => Promise<void>,
  ): Promise<void> => {
    const { byIdentity, alone, explained, overtaken } = await inhibit(deps)(cluster, groups, deps.clock.now())
    const admitOne = async ({ identity, faults }: OwnerGroup): Promise<Admitted> => {
      const sightings = { identity, faults, delivery, now: deps.clock.now() }
      const admission = await admit(deps)(cluster, sightings, byIdentity.get(identity.key), traceparent)
      // Also when the message comes again: the first time may have ended before it was linked.
      const withImage = faults.some(({ image }) => image !== undefined)
      if (withImage && (admission === 'opened' || admission === 'delivered-before')) {
        const stored = await deps.store.read(identity.cluster, identity.key)
        if (stored !== undefined) await relate(deps)(stored.incident)
      }
      return admission
    }
    // One after the other would make the last of 200 wait; these write to different rows.
    await Promise.all(alone.map((one) => each(one, () => admitOne(one))))
    for (const [key, members] of explained) {
      let outcome: 'attached' | 'gone' | undefined
      for (const one of members)
        await each(one, async () => {
          outcome ??= await attach(deps)(cluster.name, key, members, delivery)
          return outcome === 'attached' ? 'explained' : admitOne(one)
        })
    }
    for (const { incident, by } of overtaken) await overtake(deps, incident, by)
  }

/** An incident that still waits, and whose cause is known now, needs no agent of its own; its members are the cause's. */
async function overtake(deps: TriageDeps, waiting: Incident, by: string): Promise<void> {
  const { cluster, incidentId } = waiting
  const cause = await deps.store.read(cluster, by)
  if (cause === undefined || !mutes(cause.incident)) return
  const reason = `Explained by ${cause.incident.incidentId}`
  const moved = await contend(deps, incidentId, async () => {
    const stored = await deps.store.current(incidentId)
    // Ours already, when the answer to the move was lost.
    if (stored?.incident.status === 'skipped' && stored.incident.mutedBy === cause.incident.incidentId) return stored
    if (stored?.incident.status !== 'queued') return 'refused'
    const at = deps.clock.now()
    const changes = {
      skip: 'explained' as const,
      reason,
      mutedBy: cause.incident.incidentId,
      completedAt: at.toISOString(),
    }
    return deps.store.move(stored, 'skipped', { at, note: reason, changes })
  })
  if (moved !== 'refused') await absorb(deps)(cluster, by, moved.incident)
}
