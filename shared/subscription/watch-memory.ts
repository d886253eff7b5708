import type { LastSeen } from './reconcile.ts'
import type { ResyncMemory } from './resyncs.ts'
import { SeenFaults } from './seen-faults.ts'

/** What outlives one connection, within one window. */
export type WatchMemory = ResyncMemory & {
  readonly seenFaults: SeenFaults
  readonly seen: LastSeen
  claimed: boolean
  /** When the connection was last known to work, and since when it did. */
  activeAt: number
  activeSince: number
  /** Why no stream is opened to this server, as far as was learned; '' if there is no reason. */
  noStream: string
  /** A connection whose calls are refused while its stream still brings faults: let go when the next one stands. */
  lingering: (() => Promise<void>) | undefined
}

export const watchMemory = (): WatchMemory => ({
  seenFaults: new SeenFaults(),
  seen: { saw: '', at: 0 },
  claimed: false,
  activeAt: 0,
  activeSince: 0,
  noStream: '',
  lingering: undefined,
  lookedAt: Number.NEGATIVE_INFINITY,
  againAt: undefined,
  tookMs: 0,
})
