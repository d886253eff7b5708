import type { Outcome } from '../../shared/artifacts/report.ts'
import type { Culprit } from '../../shared/artifacts/verdict.ts'
import type { Part } from './conclusion.ts'
import { isControl, mentions, objectOf, sameClass, wantedBy } from './expectations.ts'
import { familyOf } from './families.ts'
import type { Expect } from './scenario.ts'

/** What was found in one scenario, wherever it was run. */
export type Result = {
  readonly set: string
  readonly scenario: string
  readonly expect: Expect
  readonly heard: boolean
  readonly parts: readonly (Part & { readonly suspects: readonly Culprit[] })[]
  readonly outcome: Outcome
  readonly text: string
  readonly missed: readonly string[]
  readonly seconds: number
  readonly reads: number
}

/** One row of the measure: each question with its own answer. */
export type Judged = {
  readonly set: string
  readonly scenario: string
  readonly family: string
  readonly control: boolean
  readonly held: boolean
  readonly heard: boolean
  readonly woken: boolean
  readonly right: boolean
  readonly firstThree: boolean
  readonly mechanism: boolean
  readonly falseCertain: boolean
  readonly blamed: boolean
  readonly seconds: number
  readonly reads: number
}

/** A list of suspects that is longer leaves the reader where they were. */
const FIRST = 3

export function judged(result: Result): Judged {
  const { expect, parts, missed } = result
  const control = isControl(expect)
  const wanted = wantedBy(expect)
  const found = parts.flatMap(({ causes }) => causes)
  const named = (among: readonly Culprit[]) =>
    (wanted ?? []).every((cause) => among.some((one) => objectOf(one) === objectOf(cause)))
  const mustNot = found.some((cause) => expect.mustNotBlame.includes(objectOf(cause)))
  // Where no object is expected, only what must be said and what must not can be right or wrong.
  const right = wanted === undefined ? outcomeFits(result) : named(found) && !mustNot
  const classes = (wanted ?? []).every(
    (cause) =>
      cause.class === undefined ||
      found.some((one) => objectOf(one) === objectOf(cause) && sameClass(one.class, cause.class ?? '')),
  )
  const words =
    expect.mustMention.every((text) => mentions(result.text, text)) &&
    !expect.mustNotMention.some((text) => mentions(result.text, text))
  const wrong = (cause: Culprit) =>
    control || (wanted !== undefined && !wanted.some((one) => objectOf(one) === objectOf(cause)))
  return {
    set: result.set,
    scenario: result.scenario,
    family: familyOf(result.set, result.scenario),
    control,
    held: missed.length === 0,
    heard: result.heard,
    woken: expect.trigger === undefined && parts.length > 0,
    right,
    firstThree: right || (wanted !== undefined && named(inOrder(parts).slice(0, Math.max(FIRST, wanted.length)))),
    mechanism: right && classes && words,
    falseCertain: parts.some(({ outcome, causes }) => outcome === 'cause' && causes.some(wrong)) || overstated(result),
    blamed: found.length > 0,
    seconds: result.seconds,
    reads: result.reads,
  }
}

/** What is named for certain first, then the suspects of each in their order. */
const inOrder = (parts: Result['parts']): readonly Culprit[] => [
  ...new Map(
    [...parts.flatMap(({ causes }) => causes), ...parts.flatMap(({ suspects }) => suspects)].map((one) => [
      objectOf(one),
      one,
    ]),
  ).values(),
]
/** "Nothing is wrong" of something that is; certain of what cannot be known, or with a sentence that is not true. */
function overstated({ expect, outcome, parts, text }: Result): boolean {
  if (isControl(expect) || parts.length === 0) return false
  if (outcome === 'none') return !(expect.outcome ?? []).includes('none')
  const untrue = expect.mustNotMention.some((one) => mentions(text, one))
  const unknowable = wantedBy(expect) === undefined && expect.outcome?.includes('cause') === false
  return outcome === 'cause' && (untrue || unknowable)
}
const outcomeFits = ({ expect, outcome }: Result): boolean =>
  expect.outcome === undefined ? outcome !== 'none' : expect.outcome.some((one) => one === outcome)
