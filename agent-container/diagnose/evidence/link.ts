import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import type { Snapshot } from '../snapshot/snapshot.ts'
import type { TellingText } from './telling-texts.ts'

export type How =
  | 'named'
  | 'kind-named'
  | 'path'
  | 'variable'
  | 'credential'
  | 'certificate'
  | 'host'
  | 'policy'
  | 'account'
  | 'config-word'
  | 'word'
/** A text speaks of an object: by which word, and how that word leads there. */
export type Link = {
  readonly object: Culprit
  readonly how: How
  readonly word: string
  /** The relation in words, such as `mounts /etc/app from ConfigMap shop/web`. */
  readonly relation: string
  readonly text: TellingText
  /** 0 to 1: rare words lead surely, common ones hardly. */
  readonly strength: number
  /** The object itself bears it out: not the word alone leads there. */
  readonly verified?: boolean
}
/** What a finder sees in one text. */
export type Draft = Omit<Link, 'text'>
export type Find = (snapshot: Snapshot, text: TellingText) => readonly Draft[]
