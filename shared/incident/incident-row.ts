import { GiveUp } from '../runtime/errors.ts'
import { fromParts, toParts } from '../runtime/json-parts.ts'
import type { Fields, Row } from '../runtime/table.ts'
import { Incident } from './incident.ts'
import { NO_KUBECONFIG } from './messages.ts'
import { skipOfSentence } from './skipped.ts'

/** An incident as it was read, with the row that a conditional write needs. */
export type Stored = { readonly incident: Incident; readonly row: Row }

/** The incident as JSON in parts, and the columns that lists filter and sort by. */
export function toFields(incident: Incident): Fields {
  return {
    incidentId: incident.incidentId,
    status: incident.status,
    severity: incident.severity,
    namespace: incident.namespace,
    faultType: incident.faultType,
    generation: incident.generation,
    fence: incident.fence,
    firstSeen: incident.firstSeen,
    lastSeen: incident.lastSeen,
    deadline: incident.deadline ?? '',
    absent: incident.absentSince !== undefined,
    muted: incident.muted !== undefined,
    skip: incident.skip ?? '',
    ...parts(incident),
  }
}

function parts(incident: Incident): Fields {
  try {
    return toParts(incident)
  } catch (cause) {
    throw new GiveUp(`Incident ${incident.incidentId} is too large to be kept`, { cause })
  }
}

/** Throws when the row does not hold an incident: one that another version wrote, or a hand. */
export function fromRow(row: Row): Incident {
  try {
    return upgraded(Incident.parse(fromParts(row.fields)))
  } catch (cause) {
    throw new Error(`Row ${row.partition}/${row.key} does not hold an incident this version can read`, { cause })
  }
}

/** What earlier versions said in a sentence only. */
function upgraded(incident: Incident): Incident {
  const { status, skip, reason = '', mutedBy, concluded } = incident
  const isSkipped = status === 'skipped' && skip === undefined
  const isUnready = concluded?.ended === 'not-started' && concluded.reason?.startsWith(NO_KUBECONFIG) === true
  return {
    ...incident,
    ...(isSkipped ? { skip: skipOfSentence(reason, mutedBy !== undefined) } : {}),
    ...(isUnready ? { concluded: { ...concluded, cause: 'no-kubeconfig' } } : {}),
  }
}
