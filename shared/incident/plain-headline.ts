import type { Incident } from './incident.ts'

/** What is known of an incident without any agent, in one sentence. */
export function plainHeadline(incident: Incident): string {
  const where = incident.namespace === '' ? '' : ` in namespace ${incident.namespace}`
  return `${incident.owner.kind} ${incident.owner.name}${where} of cluster ${incident.cluster}: ${incident.faultType}, since ${utcMinute(incident.firstSeen)}.`
}

const utcMinute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`
