import type { Citation, EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import type { Blamed } from '../../shared/artifacts/verdict.ts'
import { type Picture, seek, whether } from '../picture/picture.ts'

/**
 * Nothing is blamed that was not looked at: the object was read and is shown, or it was looked for by its name and is
 * not there, or the component that needs it says that it is not found (a Secret may not be read by us).
 */
export function wasRead(picture: Picture, blamed: Blamed, evidence: readonly Citation[]): boolean {
  const seen = seek(picture, blamed)
  if (seen !== undefined) return seen.text !== ''
  const known = whether(picture, blamed.kind, blamed.namespace, blamed.name)
  if (known.is === 'absent' && known.source?.name === blamed.name) return true
  return evidence.some(
    ({ quote }) => quote.includes(blamed.name) && /not found|non-existent|couldn't find/i.test(quote),
  )
}

export const outputsOf = (entries: readonly EvidenceEntry[]): ReadonlyMap<string, string> =>
  new Map(entries.map(({ id, output }) => [id, output]))
