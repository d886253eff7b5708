import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { refOf, type Seen, type Snapshot } from '../snapshot/snapshot.ts'
import { topOf } from '../snapshot/subject.ts'

/** Which objects write a word down in what people set: names, labels, specs and data, never status. */
export type TokenIndex = {
  readonly objectsWith: (token: string) => readonly Culprit[]
  /** 1: only one object writes it; near 0: everybody does. */
  readonly rarity: (token: string) => number
}

/** Derived from others, or noise: what they write was written elsewhere. */
const derived = new Set([
  'Event',
  'Pod',
  'ReplicaSet',
  'EndpointSlice',
  'Lease',
  'ControllerRevision',
  'CSINode',
  'VolumeAttachment',
])
const MAX_TEXT = 60_000
const word = /[A-Za-z0-9_][A-Za-z0-9_.-]{2,}/g
/** Words of the language, of Kubernetes and of programs, that name nothing. */
const common = new Set(
  'the and for with not was from that this error failed failure could cannot can pod pods container containers node nodes image name value http https get post default true false system kubernetes level info warn warning error fatal msg message time status exit code reason main run running start started none null command args config configuration file files path server client connect connection service services host port data log logs root user app version spec template metadata labels key type kind unable missing required invalid open read write load loading timeout request response found been has have its already exists available process program into after before while when does because will one all any new old using use used per via run-time runtime'.split(
    ' ',
  ),
)

export const tokensOf = (text: string): readonly string[] =>
  [
    ...new Set(
      [...text.matchAll(word)].flatMap(([found]) => {
        const plain = found.replace(/[.-]+$/, '').toLowerCase()
        return [plain]
      }),
    ),
  ].filter((token) => token.length > 2 && !common.has(token) && !/^[\d.-]+$/.test(token))

const kept = new WeakMap<Snapshot, TokenIndex>()
export function tokenIndex(snapshot: Snapshot): TokenIndex {
  const known = kept.get(snapshot)
  if (known !== undefined) return known
  const index = new Map<string, Map<string, Culprit>>()
  let count = 0
  for (const seen of snapshot.objects) {
    if (derived.has(seen.kind) && !isAlone(snapshot, seen)) continue
    count++
    const ref = refOf(seen)
    for (const token of tokensOf(writtenIn(seen))) {
      const row = index.get(token) ?? new Map<string, Culprit>()
      index.set(token, row.set(`${ref.kind} ${ref.namespace}/${ref.name}`, ref))
    }
  }
  const most = Math.log(Math.max(count, 2) + 1)
  const made: TokenIndex = {
    objectsWith: (token) => [...(index.get(token)?.values() ?? [])],
    rarity: (token) => Math.max(0, 1 - Math.log(Math.max(1, index.get(token)?.size ?? 1)) / most),
  }
  kept.set(snapshot, made)
  return made
}
const isAlone = (snapshot: Snapshot, seen: Seen): boolean => seen.kind === 'Pod' && topOf(snapshot, seen).kind === 'Pod'

function writtenIn({ raw, name }: Seen): string {
  const { status: _, metadata, kind: __, apiVersion: ___, ...rest } = raw
  const { labels, annotations } = metadata
  const { 'kubectl.kubernetes.io/last-applied-configuration': ____, ...set } = annotations ?? {}
  return `${name} ${JSON.stringify({ labels, annotations: set, ...rest })}`.slice(0, MAX_TEXT)
}
