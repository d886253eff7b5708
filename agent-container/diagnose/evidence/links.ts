import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { refOf, type Snapshot } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'
import type { Draft, Find, Link } from './link.ts'
import { byAccount, byHost, byPolicy } from './links-in-network.ts'
import { byCertificate, byCredential, byPath, byRequest, byUnexpanded, byVariable } from './links-in-template.ts'
import { byAgent, byDevice, byTaint } from './links-of-nodes.ts'
import type { TellingText } from './telling-texts.ts'
import { tokenIndex, tokensOf } from './token-index.ts'

/** A word that more objects than this write down tells none of them. */
const MOST_OBJECTS = 4
const RARE = 0.45

export const linksOf = (snapshot: Snapshot, texts: readonly TellingText[]): readonly Link[] =>
  texts.flatMap((text) => finders.flatMap((find) => find(snapshot, text)).map((draft): Link => ({ ...draft, text })))

const kindWord = (kind: string): string => kind.replace(/([a-z])([A-Z])/g, '$1[ -]?$2')

/** By its name, with its kind beside it or alone. */
const byName: Find = (snapshot, { text, at, subject }) => {
  const words = new Set(tokensOf(text))
  const named = new Map<string, Culprit[]>()
  for (const seen of snapshot.objects) {
    const name = seen.name.toLowerCase()
    if (!words.has(name) || name.length < 3 || /^(Event|EndpointSlice|Lease)$/.test(seen.kind)) continue
    const ref = seen.kind === 'Pod' || seen.kind === 'ReplicaSet' ? topOf(snapshot, seen) : refOf(seen)
    if ((ref.kind === at.kind && ref.name === at.name) || (ref.kind === 'Namespace' && name === at.namespace)) continue
    named.set(name, [...(named.get(name) ?? []), ref])
  }
  return [...named.entries()].flatMap(([name, refs]) => {
    const distinct = [...new Map(refs.map((ref) => [`${ref.kind} ${ref.namespace}/${ref.name}`, ref])).values()]
    return distinct.slice(0, 6).map((object): Draft => {
      const beside = new RegExp(`${kindWord(object.kind)}s?\\b[\\s:/="'.a-z0-9-]{0,24}${escaped(name)}`, 'i').test(text)
      const own = object.name === subject.name
      return {
        object,
        how: beside ? 'kind-named' : 'named',
        word: name,
        relation: 'is named there',
        strength:
          (beside ? 1 : 0.7 / Math.sqrt(distinct.length)) *
          (own ? 0.4 : 1) *
          (object.namespace === '' || object.namespace === at.namespace || beside ? 1 : 0.6),
      }
    })
  })
}
const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Any other rare word: who else writes it down. Data of a ConfigMap counts for those who take it. */
const byWord: Find = (snapshot, reported) => {
  const index = tokenIndex(snapshot)
  return tokensOf(reported.text).flatMap((word): readonly Draft[] => {
    const rarity = index.rarity(word)
    const objects = index.objectsWith(word)
    if (rarity < RARE || objects.length === 0 || objects.length > MOST_OBJECTS) return []
    return objects
      .filter(({ name }) => name.toLowerCase() !== word)
      .map((object): Draft => {
        const config = object.kind === 'ConfigMap'
        return {
          object,
          how: config ? 'config-word' : 'word',
          word,
          strength: rarity / objects.length,
          relation: `says “${word}”`,
        }
      })
  })
}

const finders: readonly Find[] = [
  byName,
  byPath,
  byVariable,
  byUnexpanded,
  byCredential,
  byCertificate,
  byRequest,
  byHost,
  byPolicy,
  byAccount,
  byTaint,
  byDevice,
  byAgent,
  byWord,
]
