import type { Fault } from '../faults/fault.ts'
import { derivedId } from '../runtime/ids.ts'
import { Troubles } from './troubles.ts'

/** More than servers replay; each has some sixty bytes. */
const MAX_MARKS = 200

/**
 * What the queue has heard of one cluster in this window, so that a look does not tell it again. Most clusters are well,
 * and a thousand of them share these functions and have no maps.
 */
export class SeenFaults {
  #troubles: Troubles | undefined
  #ended: Troubles | undefined
  /** What the last look saw of each, as a number. */
  #resyncs: Troubles | undefined
  #first: number | undefined
  /** How often something was told. */
  #notes = 0
  /** Of notices. */
  #marks: Set<string> | undefined

  /** Since the first of them: a map itself keeps a small integer, and a date's milliseconds would be an object more. */
  #since(at: number): number {
    this.#first ??= at
    return at - this.#first
  }

  note(fault: Fault, at: number): void {
    this.#notes += 1
    if (fault.source === 'notification') {
      this.#marks ??= new Set()
      remember(this.#marks, markOf(fault))
    }
    if (fault.resolved === true) {
      this.#troubles?.delete(fault)
      this.#ended ??= new Troubles()
      this.#ended.set(fault, this.#since(at))
    } else {
      this.#ended?.delete(fault)
      this.#troubles ??= new Troubles()
      this.#troubles.set(fault, this.#since(at))
    }
  }

  notes(): number {
    return this.#notes
  }

  /** Whether the very same notice was told before; then this one is a replay, and no further occurrence. */
  isRepeat(fault: Fault): boolean {
    return this.#marks?.has(markOf(fault)) === true
  }

  has(fault: Fault): boolean {
    return this.#troubles?.get(fault) !== undefined
  }

  /** Whether it has ended since a look that finds it still there began: that saw it as it was before. */
  hasEndedSince(fault: Fault, lookedAt: number): boolean {
    return (this.#ended?.get(fault) ?? Number.NEGATIVE_INFINITY) >= this.#since(lookedAt)
  }

  /**
   * Those of a whole look whose trouble the last one saw otherwise: less bad, with another mark, in another container.
   * Of a trouble that it did not see it says nothing.
   */
  isOther(faults: readonly Fault[]): ReadonlySet<Fault> {
    if (faults.length === 0) return new Set()
    const resyncs = this.#resyncs ?? new Troubles()
    this.#resyncs = resyncs
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
  }

  /** A complete look that began at `at` found these and no others: what is over may be told again when it returns. Answers whether anything is. */
  settle(present: readonly Fault[], at: number): boolean {
    const there = new Troubles()
    for (const fault of present) there.set(fault, 0)
    const resynced = this.#since(at)
    this.#ended?.forget((_, when) => when < resynced)
    this.#resyncs?.forget((trouble) => !there.has(trouble))
    const over = this.#troubles?.forget((trouble, when) => when < resynced && !there.has(trouble)) ?? 0
    return over > 0
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
