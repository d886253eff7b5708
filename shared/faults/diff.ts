import type { DetectedFault } from './detect.ts'
import { faultClass } from './fault-class.ts'

/** The faults that have been told and not been told to be over, by faultId. */
export type OpenFaults = ReadonlyMap<string, DetectedFault>

/** A crash that becomes a crash loop is the same trouble going on, so it is not over. */
const trouble = (fault: DetectedFault) =>
  `${faultClass(fault.faultType)}/${fault.resource.uid ?? fault.resource.name}/${fault.container ?? ''}`

/**
 * What changed between two looks at one cluster. `open` is what to hand in as `before` next time: all of `after`, and
 * what is not seen any more as such but has turned into another fault of its class.
 */
export function diffFaults(
  before: OpenFaults,
  after: readonly DetectedFault[],
): {
  readonly appeared: readonly DetectedFault[]
  readonly resolved: readonly DetectedFault[]
  readonly open: OpenFaults
} {
  const open = new Map(after.map((fault) => [fault.faultId, fault]))
  const troubles = new Set(after.map(trouble))
  const resolved: DetectedFault[] = []
  for (const [id, fault] of before) {
    if (open.has(id)) continue
    if (troubles.has(trouble(fault))) open.set(id, fault)
    else resolved.push(fault)
  }
  return { appeared: after.filter((fault) => !before.has(fault.faultId)), resolved, open }
}
