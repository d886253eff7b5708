import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import { mayMove } from '../incident/incident.ts'
import { contend } from '../runtime/contend.ts'
import { announce } from './announce.ts'
import type { TriageDeps } from './deps.ts'
import { skip } from './launch-waiting.ts'

/** Incidents that have waited too long for an agent are skipped, with the reason. */
export const skipOverdue = (deps: TriageDeps) => async (): Promise<void> => {
  const limit = deps.settings.QUEUE_WAIT_LIMIT_SECONDS
  for (const { incident } of await allIncidents(deps, { status: 'queued' })) {
    const waited = deps.clock.now().getTime() - queuedSince(incident).getTime()
    if (waited < limit * 1000) continue
    if (await skip(deps, incident.incidentId, 'no-agent-in-time', `Overload: no agent was free for ${limit} s`)) {
      deps.log.warn(
        { incidentId: incident.incidentId, cluster: incident.cluster },
        `${incident.incidentId} waited too long`,
      )
    }
  }
}

/** From its first wait, also when there was no room for its group and it waits again. */
function queuedSince(incident: Incident): Date {
  const skippedLast = incident.steps.map(({ state }) => state).lastIndexOf('skipped')
  const step = incident.steps.slice(skippedLast + 1).find(({ state }) => state === 'queued')
  return new Date(step?.at ?? incident.createdAt)
}

type QuietDeps = Pick<TriageDeps, 'store' | 'notify' | 'clock' | 'random' | 'log'> & {
  readonly settings: Pick<TriageDeps['settings'], 'QUIET_PERIOD_SECONDS'>
}

/** Incidents that have been absent for the quiet period are over. One that is being investigated waits for its report. */
export const resolveQuiet = (deps: QuietDeps) => async (): Promise<void> => {
  const quiet = deps.settings.QUIET_PERIOD_SECONDS * 1000
  for (const { incident } of await allIncidents(deps, { absent: true, open: true })) {
    await contend(deps, incident.incidentId, async () => {
      const stored = await deps.store.current(incident.incidentId)
      const now = deps.clock.now()
      const { absentSince, status, completedAt } = stored?.incident ?? {}
      if (stored === undefined || status === undefined || absentSince === undefined) return
      if (now.getTime() - new Date(absentSince).getTime() < quiet || !mayMove(status, 'resolved')) return
      await announce(deps, stored.incident, 'resolved')
      return deps.store.move(stored, 'resolved', {
        at: now,
        note: `Not seen since ${absentSince}`,
        changes: { completedAt: completedAt ?? now.toISOString() },
      })
    })
  }
}
