import type { Cluster } from '../config/cluster.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Door } from '../runtime/door.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { BackoffSettings } from './backoff.ts'
import type { DeadLetterKeeper } from './dead-letter.ts'
import type { Outbox } from './outbox.ts'
import type { ResyncDeps } from './resync.ts'
import type { OpenSession } from './session.ts'
import type { Priority, Slots } from './slots.ts'
import type { WatchReport } from './watch-report.ts'
import type { TlsIdentity } from './wire/connector.ts'

export type WatchTimes = {
  /** One call, its answer included. */
  readonly callMs: number
  /** The only proof of life: known servers send nothing while nothing happens. */
  readonly pingMs: number
  /** Whether the subscription is still there. */
  readonly checkMs: number
  readonly reconcileMs: number
  /** How often a cluster is looked at while nothing proves that its faults are heard. */
  readonly closeMs: number
  /** A stream on which nothing has come for so long since it was opened has not proved itself. */
  readonly proveMs: number
  /** What was refused or missing is tried again so often: a stream, a subscription, another list of tools. */
  readonly climbMs: number
  /** From one visit to the next; 0: clusters are watched without a break. */
  readonly patrolMs: number
  readonly backoff: BackoffSettings
}
export type WatchDeps = {
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly open: OpenSession
  readonly resolveApiKey: (cluster: Cluster) => Promise<string | undefined>
  /** The certificates of `mcp.ca`, `mcp.client_certificate` and `mcp.client_key`. */
  readonly resolveIdentity?: ((cluster: Cluster) => Promise<TlsIdentity>) | undefined
  readonly outbox: Pick<Outbox, 'add' | 'post'>
  readonly deadLetter: Pick<DeadLetterKeeper, 'keep'>
  readonly kinds: ResyncDeps['kinds']
  readonly detect: ResyncDeps['detect']
  readonly door: Door
  /** So many connect at once, so that a thousand clusters do not start in one moment. */
  readonly connecting: Slots
  readonly times: WatchTimes
}
export type Before = {
  /** Since when nobody was subscribed; '' when that is not known. */
  readonly blindSince: string
  readonly source: string
  readonly refusedSince: string
  readonly reconciledAt: string
  readonly seenObjects: number
}
export type WatchTask = {
  /** How it went the last time: who goes first when many connect. */
  readonly priority: Priority
  readonly cluster: Cluster
  readonly report: WatchReport
  /** Ends the watch; it resolves when all is closed. */
  readonly signal: AbortSignal
  /**
   * Called once faults are heard: false ends the watch, and nothing it heard is sent. So the next owner of a cluster is
   * subscribed before the last one lets go.
   */
  readonly claim: () => Promise<boolean>
  /** What is known of the watch by now, also from before this supervisor had it. */
  readonly before: () => Before
  /** Another still watches: one try, and when it fails the cluster is left where it is. */
  readonly once: boolean
}
