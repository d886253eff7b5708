import type { Fault } from '../faults/fault.ts'
import { derivedId } from '../runtime/ids.ts'
import { Troubles } from './troubles.ts'

/** More than servers replay; each has some sixty bytes. */
const MAX_MARKS = 200

/** What the queue has heard of one cluster in this window, so that a look does not tell it again. */
export function createSeenFaults() {
  const troubles = new Troubles()
  const ended = new Troubles()
  /** What the last look saw of each, as a number. */
  const resyncs = new Troubles()
  let first: number | undefined
  /** How often something was told. */
  let notes = 0
  /** Of notices, made only where one is asked for. */
  const marks = new Set<string>()
  /** Since the first of them: a map itself keeps a small integer, and a date's milliseconds would be an object more. */
  const since = (at: number): number => {
    first ??= at
    return at - first
  }
  return {
    note: (fault: Fault, at: number): void => {
      const [into, from] = fault.resolved === true ? [ended, troubles] : [troubles, ended]
      from.delete(fault)
      notes += 1
      if (fault.source === 'notification') remember(marks, markOf(fault))
      into.set(fault, since(at))
    },
    notes: (): number => notes,
    /** Whether the very same notice was told before; then this one is a replay, and no further occurrence. */
    isRepeat: (fault: Fault): boolean => marks.has(markOf(fault)),
    has: (fault: Fault): boolean => troubles.get(fault) !== undefined,
    /** Whether it has ended since a look that finds it still there began: that saw it as it was before. */
    hasEndedSince: (fault: Fault, lookedAt: number): boolean =>
      (ended.get(fault) ?? Number.NEGATIVE_INFINITY) >= since(lookedAt),
    /**
     * Those of a whole look whose trouble the last one saw otherwise: less bad, with another mark, in another container.
     * Of a trouble that it did not see it says nothing.
     */
    isOther: (faults: readonly Fault[]): ReadonlySet<Fault> => {
      // Several containers of one pod fail in one trouble, in any order: its face is that of all of them.
      const faces = new Troubles()
      for (const fault of faults) faces.set(fault, (faces.get(fault) ?? 0) + faceOf(fault))
      const other = new Set(
        faults.filter((fault) => {
          const before = resyncs.get(fault)
          return before !== undefined && before !== faces.get(fault)
        }),
      )
      for (const fault of faults) {
        const now = faces.get(fault)
        if (now !== undefined) resyncs.set(fault, now)
      }
      return other
    },
    /** A complete look that began at `at` found these and no others: what is over may be told again when it returns. Answers whether anything is. */
    settle: (present: readonly Fault[], at: number): boolean => {
      const there = new Troubles()
      for (const fault of present) there.set(fault, 0)
      const resynced = since(at)
      ended.forget((_, when) => when < resynced)
      resyncs.forget((trouble) => !there.has(trouble))
      return troubles.forget((trouble, when) => when < resynced && !there.has(trouble)) > 0
    },
  }
}
const faceOf = ({ severity, harm = '', mark = '', container = '' }: Fault): number =>
  Number.parseInt(derivedId(8, severity, harm, mark, container), 16)
const markOf = ({ faultId, timestamp, resolved }: Fault): string => `${faultId} ${timestamp} ${resolved === true}`

function remember(marks: Set<string>, mark: string): void {
  marks.add(mark)
  const [oldest] = marks
  if (marks.size > MAX_MARKS && oldest !== undefined) marks.delete(oldest)
}

export type SeenFaults = ReturnType<typeof createSeenFaults>
