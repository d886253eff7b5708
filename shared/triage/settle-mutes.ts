import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { type Mute, mutedReason, muteOf } from '../incident/mute.ts'
import { contend } from '../runtime/contend.ts'
import { derivedId } from '../runtime/ids.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'

/** Per pass; the next takes the rest. */
const MOST_AT_ONCE = 1_000

type SettleMutesDeps = Pick<TriageDeps, 'store' | 'mutes' | 'notify' | 'clock' | 'random'> & {
  readonly settings: Pick<TriageDeps['settings'], 'NOTIFY_ON_AGENT_FAILURE'>
}

/**
 * Open incidents that are muted carry the mark of it, and none waits for an agent; where the mute is over and the incident
 * is not, the mark goes and people hear of it. Without mutes this costs one look for marks that are left.
 */
export const settleMutes = (deps: SettleMutesDeps) => async (): Promise<void> => {
  const mutes = await deps.mutes()
  const marked = await deps.store.list({ muted: true, open: true }, MOST_AT_ONCE)
  const all = mutes.length === 0 ? marked : await deps.store.list({ open: true }, MOST_AT_ONCE)
  const known = new Set(all.items.map(({ incident }) => incident.incidentId))
  const rest = marked.items.filter(({ incident }) => !known.has(incident.incidentId))
  for (const { incident } of [...all.items, ...rest])
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
  const changes = { muted: undefined }
  const waits = { ...changes, reason: undefined, completedAt: undefined }
  // Gone already: it is over soon, and if it comes again it waits for an agent then.
  if (incident.absentSince !== undefined) return deps.store.update(stored, changes, { at, note: 'The mute is over' })
  if (incident.skip === 'muted')
    return deps.store.move(stored, 'queued', { at, note: `${note}: waits for an agent`, changes: waits })
  if (hasReport(incident) && hasNews(incident))
    return deps.store.move(stored, 'queued', {
      at,
      note: `${note}, and has changed: investigated again`,
      changes: waits,
    })
  if (isToTell(incident, deps.settings)) await tellAgain(deps, incident)
  return deps.store.update(stored, changes, { at, note })
}

const hasReport = ({ status }: Incident): boolean => status === 'reported' || status === 'evidence-only'
/** What began meanwhile, and was not investigated since nobody was to hear of it. */
const hasNews = ({ openFaults = [], investigated, fence }: Incident): boolean =>
  fence < MOST_ATTEMPTS && openFaults.some(({ mark }) => mark !== undefined && investigated?.includes(mark) === false)

const isToTell = ({ status, acknowledged, mutedBy }: Incident, settings: SettleMutesDeps['settings']): boolean =>
  acknowledged === undefined &&
  mutedBy === undefined &&
  (status === 'reported' || status === 'evidence-only' || (status === 'failed' && settings.NOTIFY_ON_AGENT_FAILURE))

async function tellAgain({ notify, clock }: SettleMutesDeps, { incidentId, fence, muted, traceparent }: Incident) {
  await notify({
    version: 1,
    id: `reported:${incidentId}:${fence}:unmuted-${derivedId(8, muted?.since ?? '')}`,
    at: clock.now().toISOString(),
    type: 'incident',
    event: 'reported',
    incidentId,
    ...(traceparent === undefined ? {} : { traceparent }),
  })
}
