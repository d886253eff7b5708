import { viewOf } from '../../cluster/view/view.ts'
import type { Clock } from '../../runtime/clock.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { FaultHub } from './fault-hub.ts'
import { degradedNotice, eventNotice, faultNotice, type Notice } from './notices.ts'
import { type Filter, filterTest, shownFilters } from './subscription-filter.ts'

type SubscriptionMode = 'faults' | 'events'
type SubscriptionInfo = {
  readonly subscriptionId: string
  readonly cluster: string
  readonly mode: SubscriptionMode
  readonly filters: Readonly<Record<string, string | string[]>>
  readonly createdAt: string
  readonly degraded: boolean
}
/** What a subscription tells before anything new happens. */
type Beginning = { readonly includeCurrent: boolean; readonly since?: Date | undefined }
/** What of the past could be told. `complete` false: something may be missing before `coveredFrom`. */
type Replay = { readonly notices: number; readonly coveredFrom: string; readonly complete: boolean }

/** One session's subscriptions. They end with it. */
export type Subscriptions = {
  readonly subscribe: (
    cluster: string,
    mode: SubscriptionMode,
    filter: Filter,
    what: Beginning,
    signal: AbortSignal,
  ) => Promise<
    SubscriptionInfo & {
      readonly notVisible: readonly { readonly kind: string; readonly reason: string }[]
      readonly replay: Replay | undefined
    }
  >
  /** False when this session never had it; ending one twice is no error. */
  readonly unsubscribe: (subscriptionId: string) => boolean
  readonly list: () => readonly SubscriptionInfo[]
  readonly end: () => void
}

/** The reference server's limits, which it meant to be settable. */
export type SubscriptionLimits = { readonly perSession: number; readonly inAll: number }
export const usualLimits: SubscriptionLimits = { perSession: 10, inAll: 100 }

/**
 * The answer and the notices travel on different streams. So long after it the first ones follow, so that a client
 * that goes by the subscription's id knows the id.
 */
const ANSWER_FIRST_MS = 25
/** Ids of ended ones, kept so that ending one twice is no error. */
const MAX_ENDED = 100

export function createSubscriptions(deps: {
  readonly hub: FaultHub
  readonly clock: Clock
  readonly newId: () => string
  readonly limits: SubscriptionLimits
  /** Of all sessions together. */
  readonly total: { count: number }
  readonly send: (notice: Notice) => void
}): Subscriptions {
  const { hub, clock, total, limits } = deps
  const active = new Map<string, { info: () => SubscriptionInfo; leave: () => void }>()
  const past = new Set<string>()

  function leave(id: string) {
    const found = active.get(id)
    if (found === undefined) return
    active.delete(id)
    total.count -= 1
    past.add(id)
    for (const oldest of past) if (past.size > MAX_ENDED) past.delete(oldest)
    found.leave()
  }

  return {
    subscribe: async (cluster, mode, filter, { includeCurrent, since }, signal) => {
      const fits = filterTest(mode, filter)
      const failed = (what: string) => new GiveUp(`failed to create subscription: ${what}`)
      if (active.size >= limits.perSession)
        throw failed(`session has reached maximum subscriptions (${limits.perSession})`)
      if (total.count >= limits.inAll) throw failed(`server has reached maximum subscriptions (${limits.inAll})`)
      const id = `sub-${deps.newId().slice(0, 8)}`
      let degraded = false
      /** Notices before the answer is under way. */
      let waiting: Notice[] | undefined = []
      const notified = new Set<string>()
      const send = (notice: Notice) => {
        if (!active.has(id)) return
        if (waiting === undefined) deps.send(notice)
        else waiting.push(notice)
      }
      const {
        watch,
        recent,
        leave: leaveWatch,
      } = hub.listen(cluster, {
        onFault: (fault, resolved) => {
          if (mode !== 'faults') return
          // Whoever was told of a fault is told of its end, though its labels may fit no longer.
          if (resolved ? !notified.delete(fault.faultId) : !fits.fault(fault)) return
          if (!resolved) notified.add(fault.faultId)
          send(faultNotice(id, fault, resolved, clock.now()))
        },
        onEvent: (object) => {
          const event = mode === 'events' ? viewOf(object) : undefined
          if (event?.kind === 'Event' && fits.event(event)) send(eventNotice(id, cluster, event))
        },
        onDegraded: (reason) => {
          degraded = reason !== undefined
          if (reason !== undefined) send(degradedNotice(id, cluster, reason))
        },
      })
      const before = since === undefined ? [] : recent.since(since)
      const coveredFrom = recent.coveredFrom()
      const createdAt = `${clock.now().toISOString().slice(0, 19)}Z`
      const filters = shownFilters(filter)
      const info = () => ({ subscriptionId: id, cluster, mode, filters, createdAt, degraded })
      active.set(id, { info, leave: leaveWatch })
      total.count += 1

      // The sleep is ended with the wait, or its timer would keep a program from ending.
      const waited = new AbortController()
      const deadline = clock.sleep(hub.times.subscribeWaitMs, AbortSignal.any([signal, waited.signal]))
      await Promise.race([watch.ready, deadline])
      waited.abort()
      if (!includeCurrent) waiting = waiting.filter(({ logger }) => logger !== 'kubernetes/faults')
      const replay = since === undefined ? undefined : again(since)
      for (const fault of watch.current()) {
        if (mode !== 'faults' || !fits.fault(fault) || notified.has(fault.faultId)) continue
        notified.add(fault.faultId)
        if (includeCurrent) send(faultNotice(id, fault, false, clock.now()))
      }
      void clock.sleep(ANSWER_FIRST_MS).then(() => {
        const held = waiting ?? []
        waiting = undefined
        for (const notice of held) if (active.has(id)) deps.send(notice)
      })
      return { ...info(), notVisible: watch.notVisible(), replay }

      /** What was told to others before this one listened. */
      function again(from: Date): Replay {
        const open = new Set<unknown>()
        const past = before.flatMap((entry) => {
          if ('event' in entry) {
            const event = mode === 'events' ? viewOf(entry.event) : undefined
            return event?.kind === 'Event' && fits.event(event) ? [eventNotice(id, cluster, event)] : []
          }
          const { fault, resolved, at } = entry
          if (mode !== 'faults' || !fits.fault(fault)) return []
          if (resolved) open.delete(fault.faultId)
          else open.add(fault.faultId)
          if (!resolved) notified.add(fault.faultId)
          return [faultNotice(id, fault, resolved, at)]
        })
        // A watch that has just begun tells as new what an earlier one has told.
        const fresh = (waiting ?? []).filter(({ data }) => data.resolved === true || !open.has(data.faultId))
        waiting = [...past, ...fresh]
        const covered = coveredFrom ?? clock.now()
        return { notices: past.length, coveredFrom: covered.toISOString(), complete: covered <= from }
      }
    },
    unsubscribe: (id) => {
      if (!active.has(id)) return past.has(id)
      leave(id)
      return true
    },
    list: () => [...active.values()].map(({ info }) => info()),
    end: () => {
      for (const id of [...active.keys()]) leave(id)
    },
  }
}
