import type { OtherIncident } from '../artifacts/job.ts'
import type { Incident } from '../incident/incident.ts'
import { causeOf } from '../incident/same-cause.ts'
import { errorText } from '../runtime/errors.ts'
import type { TriageDeps } from './deps.ts'

/** Of the newest; a cluster with more than these at once has one cause or a storm. */
const MAX_LISTED = 40
/** A job's own limit; a reader compares no more. */
const MOST = 12
/** A verdict of the last hour may speak of the same outage. */
const RECENT_MS = 60 * 60_000

/** What else is wrong in the cluster or was lately: those with a verdict first. Nothing when it cannot be read. */
export async function otherIncidents(
  { store, clock, log }: Pick<TriageDeps, 'store' | 'clock' | 'log'>,
  incident: Incident,
): Promise<readonly OtherIncident[]> {
  try {
    const { items } = await store.list({ cluster: incident.cluster }, MAX_LISTED)
    const since = clock.now().getTime() - RECENT_MS
    const others = items
      .map((stored) => stored.incident)
      .filter((one) => one.identity !== incident.identity && one.mutedBy === undefined)
      .filter((one) => one.status !== 'resolved' || Date.parse(one.reportedAt ?? one.lastSeen) > since)
      .map(toOther)
    return others.toSorted((a, b) => Number(b.cause !== undefined) - Number(a.cause !== undefined)).slice(0, MOST)
  } catch (error) {
    // A model that is not told of them finds its cause all the same.
    log.warn({ incidentId: incident.incidentId }, `Other incidents could not be listed: ${errorText(error)}`)
    return []
  }
}

function toOther(incident: Incident): OtherIncident {
  const { incidentId, faultType, owner, firstSeen, status } = incident
  const cause = causeOf(incident)
  const place = [owner.namespace, owner.name].filter(Boolean).join('/')
  return {
    incidentId,
    about: `${faultType} of ${owner.kind} ${place}`.slice(0, 600),
    firstSeen,
    isOpen: status !== 'resolved',
    ...(cause === undefined ? {} : { cause }),
  }
}
