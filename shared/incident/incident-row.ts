import { GiveUp } from '../runtime/errors.ts'
import type { Fields, Row } from '../runtime/table.ts'
import { Incident } from './incident.ts'

/** A table property holds 32 K UTF-16 characters (64 KiB), an entity 1 MiB: sixteen parts leave room for the columns. */
const PART = 30_000
const MOST_PARTS = 16

/** The incident as JSON in parts, and the columns that lists filter and sort by. */
export function toFields(incident: Incident): Fields {
  const json = JSON.stringify(incident)
  const parts = Math.ceil(json.length / PART)
  if (parts > MOST_PARTS) {
    throw new GiveUp(`Incident ${incident.incidentId} is too large to be kept (${json.length} characters)`)
  }
  const fields: Record<string, string | number | boolean> = {
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
    parts,
  }
  for (let part = 0; part < parts; part++) fields[`json${part}`] = json.slice(part * PART, (part + 1) * PART)
  return fields
}

/** Throws when the row does not hold an incident: one that another version wrote, or a hand. */
export function fromRow(row: Row): Incident {
  const parts = Number(row.fields.parts ?? 0)
  let json = ''
  for (let part = 0; part < Math.min(parts, MOST_PARTS); part++) json += String(row.fields[`json${part}`] ?? '')
  try {
    return Incident.parse(JSON.parse(json))
  } catch (cause) {
    throw new Error(`Row ${row.partition}/${row.key} does not hold an incident this version can read`, { cause })
  }
}
