import { absorb, mutes } from '../incident/absorb.ts'
import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { causeOf, leansOn, sameCause } from '../incident/same-cause.ts'
import { contend } from '../runtime/contend.ts'
import { errorText } from '../runtime/errors.ts'
import type { ReportDeps } from './deps.ts'

type JoinDeps = Pick<ReportDeps, 'store' | 'clock' | 'random' | 'log'>

/**
 * One cause, one incident: who names what another report has named before becomes its member, and what waits for an
 * agent and hangs on the cause that was found needs none. Answers whether this one has become a member.
 */
export async function joinCauses(deps: JoinDeps, incident: Incident): Promise<boolean> {
  if (incident.mutedBy !== undefined) return true
  const cause = causeOf(incident)
  if (cause === undefined || incident.status !== 'reported') return false
  try {
    const open = (await allIncidents(deps, { cluster: incident.cluster, open: true })).map((stored) => stored.incident)
    const first = open.filter((one) => isFirst(one, incident)).sort(byReport)[0]
    if (first !== undefined) return await giveWay(deps, incident, first)
    for (const one of open)
      if (one.status === 'queued' && one.fence === 0 && one.identity !== incident.identity && leansOn(one, cause))
        await giveWay(deps, one, incident)
  } catch (error) {
    // Told twice is better than not told: the report itself stands.
    deps.log.warn({ incidentId: incident.incidentId }, `Incidents of one cause were not joined: ${errorText(error)}`)
  }
  return false
}

const byReport = (a: Incident, b: Incident): number =>
  `${a.reportedAt} ${a.identity}` < `${b.reportedAt} ${b.identity}` ? -1 : 1
/** Whoever was reported before is the one that people have heard of. */
const isFirst = (one: Incident, incident: Incident): boolean =>
  one.status === 'reported' && mutes(one) && sameCause(one, incident) && byReport(one, incident) < 0

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
