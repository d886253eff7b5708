import type { DetectedFault } from '../../faults/detect.ts'
import { diffFaults, type OpenFaults } from '../../faults/diff.ts'
import { atLeast } from '../../faults/fault.ts'

/**
 * The faults that have been told and are not over. A container that crashes is well for moments in between, so a fault
 * is over only when it has been absent for a while, or its object is gone.
 */
export function createOpenFaults(
  resolveAfterMs: number,
  exists: (kind: string, uid: string | undefined) => boolean,
): {
  readonly update: (
    seen: readonly DetectedFault[],
    now: Date,
  ) => { readonly appeared: readonly DetectedFault[]; readonly resolved: readonly DetectedFault[] }
  readonly all: () => readonly DetectedFault[]
} {
  let open: OpenFaults = new Map()
  /** As they were told last, and since when they are less bad than that. */
  const notified = new Map<string, { readonly fault: DetectedFault; readonly milderSince?: number }>()
  const absentSince = new Map<string, number>()
  /**
   * New, or not what it was: worse, or told apart by something else. That it is milder is told when it has stayed so for
   * as long as its end would have to, since replicas come and go around a failing one.
   */
  function isNews(fault: DetectedFault, now: number): boolean {
    const before = notified.get(fault.faultId)
    const milder = before !== undefined && !atLeast(fault.severity, before.fault.severity)
    const since = milder ? (before.milderSince ?? now) : undefined
    const news =
      before === undefined ||
      fault.mark !== before.fault.mark ||
      (fault.severity !== before.fault.severity && (!milder || now - (since ?? now) >= resolveAfterMs))
    if (news) notified.set(fault.faultId, { fault })
    else notified.set(fault.faultId, { fault: before.fault, ...(since === undefined ? {} : { milderSince: since }) })
    return news
  }
  return {
    all: () => [...open.values()],
    update: (seen, now) => {
      const change = diffFaults(open, seen)
      const next = new Map(change.open)
      for (const id of change.open.keys()) absentSince.delete(id)
      const resolved = change.resolved.filter((fault) => {
        const { faultId, resource } = fault
        const since = absentSince.get(faultId) ?? now.getTime()
        absentSince.set(faultId, since)
        const gone = !exists(resource.kind, resource.uid)
        if (gone || now.getTime() - since >= resolveAfterMs) {
          absentSince.delete(faultId)
          return true
        }
        next.set(faultId, fault)
        return false
      })
      open = next
      const appeared = seen.filter((fault) => isNews(fault, now.getTime()))
      for (const id of notified.keys()) if (!open.has(id)) notified.delete(id)
      return { appeared, resolved }
    },
  }
}
