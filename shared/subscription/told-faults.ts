import type { Fault } from '../faults/fault.ts'
import { faultClass } from '../faults/fault-class.ts'

/** A window's worth of a cluster in ruins; beyond that a look tells again what was told. */
const MAX_TOLD = 10_000

/** One trouble of one object, whichever of its faces is seen: a crash that became a crash loop is known already. */
const trouble = ({ faultType, resource }: Pick<Fault, 'faultType' | 'resource'>): string =>
  `${faultClass(faultType)}/${resource.kind}/${resource.namespace ?? ''}/${resource.name}/${resource.uid ?? ''}`

/** What the queue has heard of one cluster in this window, so that a look does not tell it again. */
export function toldFaults() {
  const told = new Map<string, number>()
  const ended = new Map<string, number>()
  let first: number | undefined
  /** Since the first of them: the map itself keeps a small integer, and a date's milliseconds would be an object more. */
  const since = (at: number): number => {
    first ??= at
    return at - first
  }
  return {
    note: (fault: Fault, at: number): void => {
      const id = trouble(fault)
      const [into, from] = fault.resolved === true ? [ended, told] : [told, ended]
      if (into.size >= MAX_TOLD) into.clear()
      if (from.size > 0) from.delete(id)
      into.set(id, since(at))
    },
    has: (fault: Fault): boolean => told.has(trouble(fault)),
    /** Whether it has ended since a look that finds it still there began: that saw it as it was before. */
    hasEndedSince: (fault: Fault, lookedAt: number): boolean =>
      (ended.get(trouble(fault)) ?? Number.NEGATIVE_INFINITY) >= since(lookedAt),
    /** A complete look that began at `at` found these and no others: what is over may be told again when it returns. Answers whether anything is. */
    settle: (present: readonly Fault[], at: number): boolean => {
      const there = new Set(present.map(trouble))
      const looked = since(at)
      const over = [...told].filter(([id, when]) => !there.has(id) && when < looked)
      for (const [id] of over) told.delete(id)
      for (const [id, when] of ended) if (when < looked) ended.delete(id)
      return over.length > 0
    },
  }
}
export type ToldFaults = ReturnType<typeof toldFaults>
