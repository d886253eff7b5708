import type { OtherIncident } from '../artifacts/job.ts'
import type { Incident } from '../incident/incident.ts'
import { causeOf } from '../incident/same-cause.ts'
import { errorText } from '../runtime/errors.ts'
import type { TriageDeps } from './deps.ts'

/** Of the newest; a cluster with more than these at once has one cause or a storm. */
const MAX_LISTED = 40
/** A job's own limit; a reader compares no more. */
const MOST = 12

/** What else is wrong in the cluster now: those with a verdict first. Nothing when it cannot be read. */
export async function otherIncidents(
  { store, log }: Pick<TriageDeps, 'store' | 'log'>,
  incident: Incident,
): Promise<readonly OtherIncident[]> {
  try {
    const { items } = await store.list({ cluster: incident.cluster, open: true }, MAX_LISTED)
    const others = items
      .map((stored) => stored.incident)
      .filter((one) => one.identity !== incident.identity && one.mutedBy === undefined)
      .map(toOther)
    return others.toSorted((a, b) => Number(b.cause !== undefined) - Number(a.cause !== undefined)).slice(0, MOST)
  } catch (error) {
    // A model that is not told of them finds its cause all the same.
    log.warn({ incidentId: incident.incidentId }, `Other incidents could not be listed: ${errorText(error)}`)
    return []
  }
}

function toOther(incident: Incident): OtherIncident {
  const { incidentId, faultType, owner, firstSeen } = incident
  const cause = causeOf(incident)
  const place = [owner.namespace, owner.name].filter(Boolean).join('/')
  return {
    incidentId,
    about: `${faultType} of ${owner.kind} ${place}`.slice(0, 600),
    firstSeen,
    ...(cause === undefined ? {} : { cause }),
  }
}
