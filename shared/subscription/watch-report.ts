import type { ConnectionStatus } from '../artifacts/cluster-status.ts'

/** What the watch of one cluster tells of itself; it ends as columns of the cluster's row. */
export type WatchReport = {
  readonly status: (status: ConnectionStatus, error?: string) => void
  /** The next try is due at this time. */
  readonly retryAt: (at: Date) => void
  /** A fault was heard of, at these milliseconds. */
  readonly event: (at: number) => void
  /** Something of this cluster was wrong, and is not the connection. */
  readonly trouble: () => void
  readonly reconciled: (at: Date) => void
  /** Tried, well or not, and left until the next time. */
  readonly visited: (patrolMs: number) => void
  /** How faults are heard of, and what keeps that from being whole. */
  readonly hears: (source: 'subscription' | 'reconcile', note: string) => void
}
