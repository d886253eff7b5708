import { z } from 'zod'
import { Outcome } from '../../artifacts/report.ts'
import { Severity } from '../../faults/fault.ts'
import { type Incident, IncidentState } from '../../incident/incident.ts'

/** One line of the list: what fits a row, so that a month stays small. Texts are cut by what they cost once escaped. */
export const Entry = z.strictObject({
  id: z.string(),
  /** When the incident was opened: places it in its month for ever. */
  at: z.iso.datetime(),
  cluster: z.string(),
  namespace: z.string(),
  /** `Deployment web` */
  object: z.string(),
  faultType: z.string(),
  severity: Severity,
  state: IncidentState,
  outcome: Outcome.optional(),
  cause: z.string(),
  /** Of its report; '' while there is none. */
  headline: z.string(),
  /** Why it was skipped, or what the cluster said. */
  about: z.string(),
  occurrences: z.number().int(),
  /** From the first sign to the report. */
  secondsToReport: z.number().optional(),
})
export type Entry = z.infer<typeof Entry>

export const Month = z.strictObject({ version: z.literal(1), entries: z.array(Entry) })
export type Month = z.infer<typeof Month>

export function entryOf(incident: Incident, headline = ''): Entry {
  const { reportedAt, firstSeen } = incident
  const outcome = Outcome.safeParse(incident.outcome)
  return {
    id: incident.incidentId,
    at: new Date(incident.createdAt).toISOString(),
    cluster: cut(incident.cluster, 63),
    namespace: cut(incident.namespace, 80),
    object: cut(`${incident.owner.kind} ${incident.owner.name}`, 120),
    faultType: cut(incident.faultType, 40),
    severity: incident.severity,
    state: incident.status,
    ...(outcome.success ? { outcome: outcome.data } : {}),
    cause: cut(incident.rootCause ?? '', 120),
    headline: cut(headline, 200),
    about: cut(incident.reason ?? incident.context, 150),
    occurrences: incident.occurrences,
    ...(reportedAt === undefined
      ? {}
      : { secondsToReport: Math.max(0, Math.round((Date.parse(reportedAt) - Date.parse(firstSeen)) / 1000)) }),
  }
}

/** Quotes and brackets take six bytes on a page, control characters about twelve: rows stay bounded whatever they hold. */
function cut(text: string, most: number): string {
  let left = most
  let end = 0
  for (const character of text) {
    left -= /[<>&"']/.test(character) ? 6 : /[\p{Cc}\p{Cf}]/u.test(character) ? 14 : Buffer.byteLength(character)
    if (left < 3) return `${text.slice(0, end).trimEnd()}…`
    end += character.length
  }
  return text
}
