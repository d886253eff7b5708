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
  return {
    note: (fault: Fault, at: number): void => {
      if (told.size >= MAX_TOLD) told.clear()
      if (fault.resolved === true) told.delete(trouble(fault))
      else told.set(trouble(fault), at)
    },
    has: (fault: Fault): boolean => told.has(trouble(fault)),
    /** A complete look that began at `at` found these and no others: what is over may be told again when it returns. Answers whether anything is. */
    settle: (present: readonly Fault[], at: number): boolean => {
      const there = new Set(present.map(trouble))
      const over = [...told].filter(([id, when]) => !there.has(id) && when < at)
      for (const [id] of over) told.delete(id)
      return over.length > 0
    },
  }
}
export type ToldFaults = ReturnType<typeof toldFaults>
