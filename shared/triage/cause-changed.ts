import type { Fault } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { newsOf } from './count-faults.ts'

/** Attempts of one incident: what changes more often than this has no one cause, and its page says what was found. */
export const MOST_ATTEMPTS = 10
/** What comes back within a minute is a loop between two of its tries, and was never over. */
const OVER_MS = 60_000

/**
 * Why an incident that has its report is investigated again: what is seen now is not what the report is about, or it was
 * over and has come back, as a first repair often uncovers a second fault. `undefined`: it is the same trouble going on.
 */
export function causeChanged(incident: Incident, faults: readonly Fault[], now: Date): string | undefined {
  const { status, fence, investigated, absentSince, outcome } = incident
  if (status !== 'reported' && status !== 'evidence-only') return undefined
  const seen = faults.filter((fault) => fault.resolved !== true)
  if (seen.length === 0 || fence >= MOST_ATTEMPTS) return undefined
  const news = seen.map(newsOf).find((mark) => mark !== undefined && investigated?.includes(mark) === false)
  if (news !== undefined) return `Something else is wrong now (${news}): investigated again`
  if (absentSince === undefined || now.getTime() - Date.parse(absentSince) < OVER_MS) return undefined
  // A message that was long on its way says nothing against the end that was seen since.
  if (seen.every(({ receivedAt }) => Date.parse(receivedAt) < Date.parse(absentSince))) return undefined
  return outcome === 'none'
    ? 'It was found well and has come back: investigated again'
    : 'It was over and has come back: investigated again'
}
