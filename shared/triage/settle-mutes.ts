import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import type { IncidentFilters } from '../incident/incident-list.ts'
import type { Stored } from '../incident/incident-row.ts'
import { type Mute, mutedReason, muteOf } from '../incident/mute.ts'
import { isOverload, type Skip } from '../incident/skipped.ts'
import { contend } from '../runtime/contend.ts'
import { derivedId } from '../runtime/ids.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'
import { whyNot } from './queue-state.ts'

type SettleMutesDeps = Pick<TriageDeps, 'store' | 'mutes' | 'notify' | 'cluster' | 'clock' | 'random' | 'log'> & {
  readonly settings: Pick<TriageDeps['settings'], 'NOTIFY_ON_AGENT_FAILURE' | 'SEVERITY_THRESHOLD'>
}

type WhyNoAgentDeps = Pick<TriageDeps, 'cluster'> & {
  readonly settings: Pick<TriageDeps['settings'], 'SEVERITY_THRESHOLD'>
}

/**
 * Open incidents that are muted carry the mark of it, and none waits for an agent; where the mute is over and the incident
 * is not, the mark goes and people hear of it. Without mutes this costs one look for marks that are left.
 */
export const settleMutes = (deps: SettleMutesDeps) => async (): Promise<void> => {
  const mutes = await deps.mutes()
  const listed = async (filters: IncidentFilters) => (await allIncidents(deps, filters)).map(({ incident }) => incident)
  const marked = await listed({ muted: true, open: true })
  const all = mutes.length === 0 ? marked : await listed({ open: true })
  const known = new Set(all.map(({ incidentId }) => incidentId))
  const rest = marked.filter(({ incidentId }) => !known.has(incidentId))
  for (const incident of [...all, ...rest])
    if (needs(incident, muteOf(mutes, incident)))
      await contend(deps, incident.incidentId, async () => {
        const stored = await deps.store.current(incident.incidentId)
        if (stored === undefined || stored.incident.status === 'resolved') return
        const mute = muteOf(await deps.mutes(), stored.incident)
        if (!needs(stored.incident, mute)) return
        return mute === undefined ? surface(deps, stored) : muteOne(deps, stored, mute)
      })
}

/** Whether what is written of it differs from what is so. */
const needs = ({ muted, status }: Incident, mute: Mute | undefined): boolean =>
  mute === undefined ? muted !== undefined : muted?.id !== mute.id || muted.until !== mute.until || status === 'queued'

function muteOne(deps: SettleMutesDeps, stored: Stored, mute: Mute) {
  const at = deps.clock.now()
  const { id, until, reason } = mute
  const muted = { id, since: stored.incident.muted?.since ?? at.toISOString(), until, reason }
  const note = mutedReason(mute)
  const { status } = stored.incident
  // One that has its report keeps it; one that only waits would be told and paid for by nobody's wish.
  if (status !== 'queued') return deps.store.update(stored, { muted, ...asReason(stored.incident, note) }, { at, note })
  const completedAt = at.toISOString()
  return deps.store.move(stored, 'skipped', { at, note, changes: { muted, skip: 'muted', reason: note, completedAt } })
}

const asReason = ({ skip }: Incident, note: string) => (skip === 'muted' ? { reason: note } : {})

/** Announced first: a crash in between tells it once more under the same name, which nobody hears twice. */
async function surface(deps: SettleMutesDeps, stored: Stored) {
  const { incident } = stored
  const at = deps.clock.now()
  const note = 'The mute is over and it is still there'
  // That it waits was told nobody, if it was while it was muted.
  const changes = { muted: undefined, waitingNotifiedAt: undefined }
  const waits = { ...changes, reason: undefined, completedAt: undefined }
  // Gone already: it is over soon, and if it comes again it waits for an agent then.
  if (incident.absentSince !== undefined) return deps.store.update(stored, changes, { at, note: 'The mute is over' })
  const isNews = hasReport(incident) && hasNews(incident)
  const why = incident.skip === 'muted' || isNews ? await whyNoAgent(deps, incident) : undefined
  if (incident.skip === 'muted')
    return why === undefined
      ? deps.store.move(stored, 'queued', { at, note: `${note}: waits for an agent`, changes: waits })
      : deps.store.update(stored, { ...changes, ...why }, { at, note: why.reason })
  if (isNews && why === undefined)
    return deps.store.move(stored, 'queued', {
      at,
      note: `${note}, and has changed: investigated again`,
      changes: { ...waits, causeBefore: incident.rootCause, acknowledged: undefined },
    })
  if (isToNotify(incident, deps.settings)) await notifyAgain(deps, incident)
  return deps.store.update(stored, changes, { at, note })
}

/** Its cluster's triage may have been switched off, or its threshold raised, while it was hidden. */
export async function whyNoAgent(
  deps: WhyNoAgentDeps,
  { cluster: name, severity }: Incident,
): Promise<Skip | undefined> {
  const cluster = await deps.cluster(name)
  if (cluster !== undefined) return whyNot(cluster, severity, deps.settings.SEVERITY_THRESHOLD)
  return { skip: 'triage-off', reason: `Triage is off for cluster ${name} (it is not in the configuration)` }
}

const hasReport = ({ status }: Incident): boolean => status === 'reported' || status === 'evidence-only'
/** What began meanwhile, and was not investigated since nobody was to hear of it. */
const hasNews = ({ openFaults = [], investigated, fence }: Incident): boolean =>
  fence < MOST_ATTEMPTS && openFaults.some(({ mark }) => mark !== undefined && investigated?.includes(mark) === false)

/** Those who got no agent for what they could not help are told so; it was kept back with all else. */
const isToNotify = (
  { status, skip, acknowledged, mutedBy }: Incident,
  settings: SettleMutesDeps['settings'],
): boolean =>
  acknowledged === undefined &&
  mutedBy === undefined &&
  (status === 'reported' ||
    status === 'evidence-only' ||
    (status === 'failed' && settings.NOTIFY_ON_AGENT_FAILURE) ||
    (status === 'skipped' && (isOverload(skip) || skip === 'triage-broken')))

async function notifyAgain({ notify, clock }: SettleMutesDeps, incident: Incident) {
  const { incidentId, fence, status, muted, traceparent } = incident
  const event = status === 'skipped' ? 'skipped' : 'reported'
  await notify({
    version: 1,
    id: `${event}:${incidentId}:${fence}:unmuted-${derivedId(8, muted?.since ?? '')}`,
    at: clock.now().toISOString(),
    type: 'incident',
    event,
    incidentId,
    ...(traceparent === undefined ? {} : { traceparent }),
  })
}
