import type { Citation, EvidenceEntry } from '../../../shared/artifacts/evidence.ts'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { type Snapshot, seek, whether } from '../snapshot/snapshot.ts'

/**
 * Nothing is culprit that was not looked at: the object was read and is shown, or it was looked for by its name and is
 * not there, or the component that needs it says that it is not found (a Secret may not be read by us).
 */
export function wasRead(snapshot: Snapshot, culprit: Culprit, evidence: readonly Citation[]): boolean {
  const seen = seek(snapshot, culprit)
  if (seen !== undefined) return seen.text !== ''
  const known = whether(snapshot, culprit.kind, culprit.namespace, culprit.name)
  if (known.is === 'absent' && known.source?.name === culprit.name) return true
  return evidence.some(
    ({ quote }) => quote.includes(culprit.name) && /not found|non-existent|couldn't find/i.test(quote),
  )
}

export const outputsOf = (entries: readonly EvidenceEntry[]): ReadonlyMap<string, string> =>
  new Map(entries.map(({ id, output }) => [id, output]))
