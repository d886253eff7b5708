import { type Cluster, watchesNamespace } from '../config/cluster.ts'
import type { Fault, FaultNotice } from '../faults/fault.ts'
import { type Clock, isoTime } from '../runtime/clock.ts'
import type { Door } from '../runtime/door.ts'
import type { DeadLetterKeeper } from './dead-letter.ts'
import type { Outbox } from './outbox.ts'
import { readNotice } from './read-notice.ts'
import type { SeenFaults } from './seen-faults.ts'
import type { Subscription } from './subscribe.ts'
import type { WatchReport } from './watch-report.ts'

/** Notices that come before the id of their subscription; more than this are taken without looking at the id. */
const MAX_EARLY = 1_000
/** Whatever clocks differ by: what is older was not sent because it has just begun. */
const PAST_MS = 10 * 60_000
/** Ids of subscriptions that are over. */
const MAX_FORMER = 20

export type ReceiveDeps = {
  readonly cluster: Cluster
  readonly clock: Pick<Clock, 'now'>
  readonly outbox: Pick<Outbox, 'add'>
  readonly deadLetter: Pick<DeadLetterKeeper, 'keep'>
  readonly report: Pick<WatchReport, 'event' | 'trouble'>
  readonly seenFaults: SeenFaults
  /** False once the lease is gone: nothing is sent for a cluster that is another's. */
  readonly signal: AbortSignal
  readonly claimed: boolean
  readonly door: Door
  readonly onSubscriptionError: (error: string) => void
  /** One came on the stream. */
  readonly onFault?: () => void
  /** One came under an id that is not ours, and never was. */
  readonly onForeign?: () => void
  /** What comes now may have been sent before: servers replay on a new stream. */
  readonly mayBeReplay?: () => boolean
  /** The server says that a fault is over. */
  readonly onEnd: () => void
}

/** From a connection's notices to faults in the outbox: whose they are, what they say, whether we may send them. */
export function receiveFaults(deps: ReceiveDeps) {
  const { cluster, clock, outbox, deadLetter: deadLetters, report, seenFaults, signal } = deps
  let subscription: Subscription | undefined
  /** Ours, and over. */
  const former: string[] = []
  let early: unknown[] | undefined = []
  /** Long past when they came on a new stream: the look that follows says whether they are there. */
  let past: Fault[] = []
  let draining = false
  let unclaimed: Fault[] | undefined = deps.claimed ? undefined : []

  function send(fault: Fault, at: number): void {
    if (signal.aborted || !watchesNamespace(cluster, fault.resource.namespace ?? '')) return
    if (unclaimed !== undefined) {
      unclaimed.push(fault)
      return
    }
    seenFaults.note(fault, at)
    outbox.add(fault)
  }

  /** The name is ours, never the server's: that one is often empty. */
  const fault = (notice: FaultNotice, source: Fault['source'], at: number): Fault => ({
    ...notice,
    cluster: cluster.name,
    labels: cluster.labels,
    receivedAt: isoTime(at),
    source,
  })

  /** Watchers of subscriptions that are over go on sending; what they say, the current one says too. */
  const isForeign = (id: string | undefined): boolean =>
    subscription?.id !== undefined && id !== undefined && id !== subscription.id

  function receive(notice: FaultNotice, at: number): void {
    const one = fault(notice, 'notification', at)
    deps.onFault?.()
    if (draining || deps.mayBeReplay?.() === true) {
      if (seenFaults.isRepeat(one)) return
      if (one.resolved !== true && at - Date.parse(one.timestamp) > PAST_MS && past.length < MAX_EARLY) {
        past.push(one)
        return
      }
    }
    report.event(at)
    send(one, at)
    if (notice.resolved === true) deps.onEnd()
  }

  function onNotice(params: unknown): void {
    if (early !== undefined && early.length < MAX_EARLY) {
      early.push(params)
      return
    }
    const notice = readNotice(params, isoTime(clock.now().getTime()))
    if (notice.kind === 'other') return
    if (isForeign(notice.subscriptionId)) {
      if (notice.kind === 'fault' && !former.includes(notice.subscriptionId ?? '')) {
        report.trouble()
        deps.onForeign?.()
      }
      return
    }
    switch (notice.kind) {
      case 'fault':
        receive(notice.fault, clock.now().getTime())
        break
      case 'bad':
        report.trouble()
        deadLetters.keep({
          queue: 'faults',
          cluster: cluster.name,
          ...deps.door.clear({ reason: notice.reason, body: notice.body }),
        })
        break
      case 'subscription-error':
        deps.onSubscriptionError(deps.door.clear(notice.error))
        break
      default:
        notice satisfies never
    }
  }

  return {
    send,
    fault,
    onNotice,
    onGarbage: (text: string, reason: string): void => {
      report.trouble()
      deadLetters.keep({ queue: 'faults', cluster: cluster.name, ...deps.door.clear({ reason, body: text }) })
    },
    /** A subscription is being made: what comes now is held until its id is known. */
    expect: (): void => {
      early ??= []
    },
    /** `undefined`: there will be none. */
    know: (made: Subscription | undefined): void => {
      if (subscription?.id !== undefined) former.push(subscription.id)
      if (former.length > MAX_FORMER) former.shift()
      subscription = made
      const held = early ?? []
      early = undefined
      draining = deps.mayBeReplay !== undefined
      for (const params of held) onNotice(params)
      draining = false
    },
    /** After a look at objects of these kinds: what is there it has told, what is not is over. Of other kinds all is told. */
    settlePast: (resynced: ReadonlySet<string>): void => {
      const held = past
      past = []
      const at = clock.now().getTime()
      for (const one of held) if (!resynced.has(one.resource.kind)) send(one, at)
    },
    subscription: (): Subscription | undefined => subscription,
    claim: (): void => {
      const held = unclaimed ?? []
      unclaimed = undefined
      const at = clock.now().getTime()
      for (const one of held) send(one, at)
    },
  }
}
export type Hearing = ReturnType<typeof receiveFaults>
