import type { DetectedFault } from '../../faults/detect.ts'
import { diffFaults, type OpenFaults } from '../../faults/diff.ts'

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
  const absentSince = new Map<string, number>()
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
      return { appeared: change.appeared, resolved }
    },
  }
}
