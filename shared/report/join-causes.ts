import { absorb, mutes } from '../incident/absorb.ts'
import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { causeOf, leansOn, sameCause } from '../incident/same-cause.ts'
import { contend } from '../runtime/contend.ts'
import type { ReportDeps } from './deps.ts'

type JoinDeps = Pick<ReportDeps, 'store' | 'clock' | 'random' | 'log'>

/**
 * One cause, one incident: who names what another report has named before becomes its member, and what waits for an
 * agent and hangs on the cause that was found needs none. Answers whether this one has become a member. Whoever calls it
 * again, after a failure or beside another, comes to the same.
 */
export async function joinCauses(deps: JoinDeps, { incidentId, fence }: Incident): Promise<boolean> {
  // As it is kept: a report's own copy does not know when it was published.
  const incident = (await deps.store.current(incidentId))?.incident
  if (incident === undefined || incident.fence !== fence) return false
  if (incident.mutedBy !== undefined) return true
  const cause = causeOf(incident)
  if (cause === undefined || incident.status !== 'reported') return false
  const open = (await allIncidents(deps, { cluster: incident.cluster, open: true })).map((stored) => stored.incident)
  const same = open.filter((one) => hasVerdict(one) && sameCause(one, incident)).sort(byReport)
  const [first] = same
  if (first !== undefined && byReport(first, incident) < 0) return await giveWay(deps, incident, first)
  // What is not seen right now explains no other.
  if (!hasVerdict(incident)) return false
  // By clocks that differ, or by a step that failed there, they did not see that this one was before them.
  for (const one of same) await giveWay(deps, one, incident)
  for (const one of open)
    if (one.status === 'queued' && one.fence === 0 && one.identity !== incident.identity && leansOn(one, cause))
      await giveWay(deps, one, incident)
  return false
}

const byReport = (a: Incident, b: Incident): number =>
  `${a.reportedAt} ${a.identity}` < `${b.reportedAt} ${b.identity}` ? -1 : 1
/** It has its report, and may explain others. */
const hasVerdict = (one: Incident): boolean => one.status === 'reported' && mutes(one)

async function giveWay(deps: JoinDeps, incident: Incident, to: Incident): Promise<boolean> {
  const reason = `Explained by ${to.incidentId}`
  const moved = await contend(deps, incident.incidentId, async (): Promise<Stored | 'refused' | 'stale'> => {
    const stored = await deps.store.current(incident.incidentId)
    if (stored?.incident.status !== incident.status || stored.incident.fence !== incident.fence) return 'refused'
    const at = deps.clock.now()
    const changes = { skip: 'explained' as const, reason, mutedBy: to.incidentId, completedAt: at.toISOString() }
    return deps.store.move(stored, 'skipped', { at, note: reason, changes })
  })
  if (moved === 'refused') return false
  await absorb(deps)(incident.cluster, to.identity, moved.incident)
  return true
}
