import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import { contend } from '../runtime/contend.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'
import { whyNoAgent } from './settle-mutes.ts'

type SurfaceDeps = Pick<TriageDeps, 'store' | 'cluster' | 'settings' | 'clock' | 'random' | 'log'>

/**
 * What was explained by another incident and is still there when that one is over waits for an agent of its own. Mostly
 * its fault is told again before; where nobody tells it, or it was told too early, it would be hidden for ever.
 */
export const surfaceExplained = (deps: SurfaceDeps) => async (): Promise<void> => {
  const hidden = (await allIncidents(deps, { status: 'skipped', absent: false })).map(({ incident }) => incident)
  // One cause may hide hundreds, and this is looked at in every sweep.
  const causes = new Map<string, boolean>()
  for (const { incidentId, mutedBy } of hidden.filter(isExplained)) {
    if (mutedBy === undefined) continue
    const isOver = causes.get(mutedBy) ?? (await deps.store.byId(mutedBy))?.status === 'resolved'
    causes.set(mutedBy, isOver)
    if (!isOver) continue
    await contend(deps, incidentId, async () => {
      const stored = await deps.store.current(incidentId)
      if (stored === undefined || !isExplained(stored.incident) || stored.incident.mutedBy !== mutedBy) return
      const at = deps.clock.now()
      const why = await whyNoAgent(deps, stored.incident)
      if (why !== undefined) return deps.store.update(stored, { ...why, mutedBy: undefined }, { at, note: why.reason })
      const changes = { mutedBy: undefined, reason: undefined, completedAt: undefined }
      const note = `${mutedBy} is over and it is still there: waits for an agent`
      return deps.store.move(stored, 'queued', { at, note, changes })
    })
  }
}

const isExplained = ({ status, skip, absentSince, fence }: Incident): boolean =>
  status === 'skipped' && skip === 'explained' && absentSince === undefined && fence < MOST_ATTEMPTS
