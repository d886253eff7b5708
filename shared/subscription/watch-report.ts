import type { ConnectionStatus, WatchStep } from '../artifacts/cluster-status.ts'
import type { Cleared } from '../runtime/door.ts'

/** What the watch of one cluster tells of itself; it ends as columns of the cluster's row. */
export type WatchReport = {
  /** `since`: from when on it holds, where that is earlier than now. */
  readonly status: (status: ConnectionStatus, error?: Cleared<string>, since?: number) => void
  /** The next try is due at this time. */
  readonly retryAt: (at: Date) => void
  /** A fault was heard of, at these milliseconds. */
  readonly event: (at: number) => void
  /** Something of this cluster was wrong, and is not the connection. */
  readonly trouble: () => void
  readonly reconciled: (at: Date, objects: number) => void
  /** Tried, well or not, and left until the next time. */
  readonly visited: (patrolMs: number) => void
  /** How faults are heard of, what keeps that from being whole, and how much later a fault is found at most. */
  readonly hears: (step: WatchStep, note: string, delayMs: number) => void
  /** The server's own access to the cluster is refused since then; undefined: no more. */
  readonly refused: (since: number | undefined) => void
}
