import { changesOf } from '../../../shared/cluster/changes/managed-fields.ts'
import { kindsSpokenOf } from '../../../shared/cluster/messages/domains.ts'
import { mutationsOf } from '../rules/mutated.ts'
import { badConditions } from '../snapshot/conditions.ts'
import { isCustomKind } from '../snapshot/custom-kinds.ts'
import { pointersTo } from '../snapshot/pointers.ts'
import { refOf, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Link } from './link.ts'
import type { TellingText } from './telling-texts.ts'

/** More of one kind than this tell nothing: all are alike. */
const MOST_ALIKE = 3
const BEFORE_MS = 2 * 60 * 60_000

/** Who points at what fails: borne out when it came shortly before, is refused itself, or changes what pods are. */
export function reverseLinks(
  snapshot: Snapshot,
  ill: readonly Subject[],
  texts: readonly TellingText[],
  onset: string,
): readonly Link[] {
  const [nearest] = texts
  if (nearest === undefined) return []
  const speaking = texts.slice(0, 12).map((text) => ({ text, kinds: kindsSpokenOf(text.text) }))
  const pointed = ill.slice(0, 3).flatMap((subject): readonly Link[] => {
    const changes = mutationsOf(snapshot, subject) !== undefined
    return pointersTo(snapshot, subject).map(({ seen, word, relation }): Link => {
      const about = speaking.find(({ kinds }) => kinds.has(seen.kind))
      const verified = isFresh(seen, onset) || badConditions(seen).length > 0 || (changes && about !== undefined)
      return {
        object: refOf(seen),
        how: verified ? 'policy' : 'word',
        word,
        relation: verified && isFresh(seen, onset) ? `${relation}, and was written shortly before` : relation,
        text: about?.text ?? nearest,
        strength: verified ? 0.8 : 0.3,
        verified,
      }
    })
  })
  return [...pointed, ...speaking.flatMap(({ text, kinds }) => ofKinds(snapshot, text, kinds, onset))]
}

/** The only ones of a foreign kind that a sentence is about; and the API that it calls by its group. */
function ofKinds(snapshot: Snapshot, text: TellingText, kinds: ReadonlySet<string>, onset: string): readonly Link[] {
  return [...kinds].flatMap((kind): readonly Link[] => {
    const all = snapshot.objects.filter((seen) => seen.kind === kind && isSpokenOf(seen, text.text))
    return all.length > MOST_ALIKE
      ? []
      : all.map((seen): Link => {
          const verified = isFresh(seen, onset)
          return {
            object: refOf(seen),
            how: 'named',
            word: kind,
            relation: verified ? 'is what it speaks of, and was written shortly before' : 'is what it speaks of',
            text,
            strength: 0.6 / all.length,
            verified,
          }
        })
  })
}
function isSpokenOf({ kind, apiVersion, raw }: Seen, text: string): boolean {
  if (kind !== 'APIService') return isCustomKind(apiVersion)
  const { group } = (raw.spec ?? {}) as { readonly group?: unknown }
  const [first, second] = typeof group === 'string' ? group.split('.') : []
  return first !== undefined && second !== undefined && new RegExp(`\\b${first}[. ]${second}\\b`, 'i').test(text)
}

/** Written by somebody in the hours before the first sign; what controllers write of themselves is no change. */
function isFresh({ raw }: Seen, onset: string): boolean {
  const since = Date.parse(onset)
  const written = [
    ...changesOf(raw).flatMap(({ at, by }) => (/controller|operator|scheduler|kubelet/.test(by) ? [] : [at])),
    raw.metadata.creationTimestamp ?? '',
  ]
  return written.some((at) => {
    const before = since - Date.parse(at)
    return before > -60_000 && before < BEFORE_MS
  })
}
