import type { Expect } from './scenario.ts'

export type Cause = { readonly kind: string; readonly namespace: string; readonly name: string; readonly class: string }
export type Finding = {
  readonly outcome: string
  readonly rootCauses: readonly Cause[]
  /** All that a reader of the reports could read. */
  readonly text: string
  readonly incidents: number
}

/** Words for the same mechanism; the first of each row is the one the rules use. */
const synonyms: readonly (readonly string[])[] = [
  ['BadCommand', 'CommandNotFound', 'WrongCommand', 'InvalidCommand', 'ExecutableNotFound', 'BadEntrypoint'],
  ['ImageNotFound', 'ImageTagMissing', 'ImageTagNotFound', 'TagNotFound', 'MissingImage', 'BadImageTag'],
  ['NodeNotReady', 'NodeDown', 'NodeUnreachable', 'KubeletStopped', 'KubeletDown', 'NodeUnhealthy'],
  ['MemoryLimitTooLow', 'OomLimitTooLow', 'MemoryLimit', 'LimitTooLow', 'LowMemoryLimit'],
]
const plain = (word: string): string => word.toLowerCase().replace(/[^a-z0-9]/g, '')
const meaning = new Map(
  synonyms.flatMap(([first = '', ...rest]) => [first, ...rest].map((word) => [plain(word), plain(first)])),
)
export const sameClass = (one: string, other: string): boolean =>
  (meaning.get(plain(one)) ?? plain(one)) === (meaning.get(plain(other)) ?? plain(other))

export const objectOf = ({ kind, namespace, name }: Wanted): string => `${kind}/${namespace}/${name}`
const shown = (cause: Wanted): string =>
  cause.class === undefined ? objectOf(cause) : `${objectOf(cause)} ${cause.class}`

export type Wanted = Omit<Cause, 'class'> & { readonly class?: string | undefined }

export const wantedBy = (expected: Expect): readonly Wanted[] | undefined =>
  expected.rootCauses ?? (expected.rootCause ? [expected.rootCause] : undefined)
/** Nothing is broken in it. */
export const isControl = (expected: Expect): boolean => expected.rootCause === null && wantedBy(expected) === undefined

/** What of a scenario's expectation does not hold, one sentence each; none when all of it does. */
export function unmet(expected: Expect, found: Finding): string[] {
  const wanted = wantedBy(expected)
  const none = isControl(expected)
  return [
    ...(none ? found.rootCauses.map((cause) => `blames ${shown(cause)}, and nothing is broken`) : []),
    ...(expected.incident === 'none' && found.incidents > 0 ? ['wakes somebody, and nothing is to be told'] : []),
    ...(wanted ?? []).filter((cause) => !found.rootCauses.some((one) => same(one, cause))).map(missed),
    ...(wanted === undefined
      ? []
      : found.rootCauses
          .filter((cause) => !wanted.some((one) => same(cause, one)))
          .map((cause) => `blames ${shown(cause)}, which is not to blame`)),
    ...found.rootCauses
      .filter((cause) => expected.mustNotBlame.includes(objectOf(cause)))
      .map((cause) => `blames ${objectOf(cause)}, which it must not`),
    ...expected.mustMention.filter((text) => !mentions(found.text, text)).map((text) => `does not mention ${text}`),
    ...expected.mustNotMention
      .filter((text) => mentions(found.text, text))
      .map((text) => `mentions ${text}, which it must not`),
    ...wrongOutcome(expected, found, none, wanted !== undefined),
  ]
  function missed(cause: Wanted): string {
    const near = found.rootCauses.find((one) => objectOf(one) === objectOf(cause))
    return near === undefined
      ? `does not find ${shown(cause)}`
      : `calls the cause in ${objectOf(cause)} ${near.class} in place of ${cause.class}`
  }
}

const same = (one: Cause, wanted: Wanted): boolean =>
  objectOf(one) === objectOf(wanted) && (wanted.class === undefined || sameClass(one.class, wanted.class))

function wrongOutcome(expected: Expect, found: Finding, none: boolean, named: boolean): string[] {
  const right =
    expected.outcome !== undefined
      ? expected.outcome
      : none
        ? ['none', 'inconclusive']
        : named
          ? ['cause', 'likely']
          : undefined
  if (right === undefined || right.some((one) => one === found.outcome)) return []
  return [`comes out as ${found.outcome} in place of ${right.join(' or ')}`]
}

/** `/…/i` is a pattern, anything else a text; white space and case do not count in a text. */
export function mentions(text: string, wanted: string): boolean {
  const [, pattern, flags] = /^\/(.+)\/([a-z]*)$/.exec(wanted) ?? []
  // A path such as /usr/local/bin/x ends in something that could be flags: only known ones make it a pattern.
  if (pattern !== undefined && /^[imsu]*$/.test(flags ?? '')) return new RegExp(pattern, flags).test(text)
  const folded = (one: string) => one.toLowerCase().replace(/\s+/g, ' ')
  return folded(text).includes(folded(wanted))
}
