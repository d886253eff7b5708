import type { DetectedFault } from '../../faults/detect.ts'
import type { KubeObject } from '../../faults/kube-object.ts'

/** What was told of one cluster, in order. */
export type Recent =
  | { readonly at: Date; readonly fault: DetectedFault; readonly resolved: boolean }
  | { readonly at: Date; readonly event: KubeObject }

/** A restart of a client takes minutes, in which a broken cluster writes hundreds; 100 clusters keep some 60 MB. */
const MAX_KEPT = 500

/** The newest of one cluster, for subscribers that come back. It outlives the watch, and knows what it has missed. */
export function createRecentNotices(): {
  readonly note: (entry: Recent) => void
  readonly since: (from: Date) => readonly Recent[]
  /** From here on nothing is missing. */
  readonly coveredFrom: () => Date | undefined
  /** A watch begins to see: whatever happened while none did is not here. */
  readonly begin: (now: Date) => void
} {
  const kept: Recent[] = []
  let covered: Date | undefined
  return {
    note: (entry) => {
      kept.push(entry)
      if (kept.length <= MAX_KEPT) return
      const gone = kept.shift()
      if (gone !== undefined && covered !== undefined && gone.at >= covered) covered = new Date(gone.at.getTime() + 1)
    },
    since: (from) => kept.filter(({ at }) => at >= from),
    coveredFrom: () => covered,
    begin: (now) => {
      covered = now
    },
  }
}
