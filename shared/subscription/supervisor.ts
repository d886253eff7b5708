import type { Cluster } from '../config/cluster.ts'
import type { ClustersInForce } from '../config/clusters-source.ts'
import type { Settings } from '../config/settings.ts'
import { faultKinds } from '../faults/fault-kinds.ts'
import { heartbeat } from '../lease/heartbeat.ts'
import { leaseBook } from '../lease/lease-book.ts'
import type { Blobs } from '../runtime/blobs.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Door } from '../runtime/door.ts'
import { errorText } from '../runtime/errors.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { Queue } from '../runtime/queue.ts'
import type { Table } from '../runtime/table.ts'
import { deadLetterKeeper } from './dead-letter.ts'
import { outbox } from './outbox.ts'
import type { ResyncDeps } from './resync.ts'
import { type OpenSession, openSession } from './session.ts'
import { shareClusters } from './share-clusters.ts'
import { slots } from './slots.ts'
import type { WatchDeps, WatchTimes } from './watch-deps.ts'
import { watches } from './watches.ts'

export type SupervisorDeps = {
  readonly clock: Clock
  readonly random: Random
  /** A name for one life of one supervisor. */
  readonly newId: () => string
  readonly log: Log
  readonly settings: Pick<
    Settings,
    | 'SUPERVISORS'
    | 'SUPERVISOR_WINDOW_SECONDS'
    | 'LEASE_SECONDS'
    | 'PATROL_SECONDS'
    | 'RECONCILE_SECONDS'
    | 'MCP_CALL_TIMEOUT_SECONDS'
    | 'RECONNECT_INITIAL_SECONDS'
    | 'RECONNECT_MAX_SECONDS'
  >
  readonly tables: { readonly clusters: Table; readonly control: Table }
  readonly queue: Pick<Queue, 'send'>
  readonly deadLetters: Pick<Blobs, 'write'>
  readonly clusters: ClustersInForce
  /** `undefined`: the server wants none. Throws GiveUp when it cannot be had. */
  readonly resolveApiKey: (cluster: Cluster) => Promise<string | undefined>
  readonly resolveIdentity?: WatchDeps['resolveIdentity']
  readonly detect: ResyncDeps['detect']
  /** Through which all comes in that a server says. */
  readonly door: Door
  readonly kinds?: ResyncDeps['kinds']
  readonly open?: OpenSession
  /** Beside what the settings say; for tests. */
  readonly times?: Partial<WatchTimes>
}
export type WindowSummary = {
  readonly owner: string
  readonly seconds: number
  readonly clustersHeld: number
  readonly leasesLost: number
  readonly faultsHeard: number
  readonly messagesSent: number
}

/** On loopback a thousand connect in three seconds; with 40 ms of distance in four. */
const CONNECTING = 50
/** What is left at the end of a window has this long to reach the queue, and to be written down otherwise. */
const DRAIN_MS = 5_000
/** Windows are shortened by up to this part, so that two supervisors seldom change at the same moment. */
const STAGGER = 0.15
/** And by so many times the hand-over, by which one waits for another that is leaving already, and for its return. */
const RESERVE = 1.5
/**
 * A lease is at most this part of a window: each window learns anew that a row stands still, so a shorter one would end
 * before it may take over a dead owner's cluster, and so would all after it.
 */
const LEASE_SHARE = 1 / 4
/** Health counts on a sign of life at least every 30 s. */
const HEARTBEAT_MS = 20_000
/** How often columns that changed are written, unless a lease is very short. */
const BEAT_MS = 1_000

/**
 * One window of one supervisor: takes its share of the clusters, keeps them watched, and gives them back at its own
 * deadline, or when the signal says to end; if it can, to somebody who is watching already.
 */
export const runSupervisor =
  (deps: SupervisorDeps) =>
  async (name: string, signal: AbortSignal = new AbortController().signal): Promise<WindowSummary> => {
    const { clock, random, log, settings, tables } = deps
    const startedAt = clock.now().getTime()
    const owner = `${name}.${deps.newId().slice(0, 8)}`
    const leaseMs = Math.min(settings.LEASE_SECONDS, LEASE_SHARE * settings.SUPERVISOR_WINDOW_SECONDS) * 1000
    const windowMs = settings.SUPERVISOR_WINDOW_SECONDS * 1000
    const beatMs = Math.min(BEAT_MS, leaseMs / 12)
    const patrolMs = settings.PATROL_SECONDS * 1000
    // A patrol is over when all clusters are visited, also by others: it looks often, for a short time.
    const resyncMs = patrolMs > 0 ? beatMs : leaseMs / 6
    // Long enough for another to look twice and to connect.
    const handoverMs = Math.min(windowMs / 4, 2 * resyncMs + 2_000)
    const times: WatchTimes = {
      callMs: settings.MCP_CALL_TIMEOUT_SECONDS * 1000,
      pingMs: 20_000,
      checkMs: 60_000,
      reconcileMs: settings.RECONCILE_SECONDS * 1000,
      closeMs: 60_000,
      proveMs: 60_000,
      climbMs: 60_000,
      patrolMs,
      backoff: {
        initialMs: settings.RECONNECT_INITIAL_SECONDS * 1000,
        maxMs: settings.RECONNECT_MAX_SECONDS * 1000,
      },
      ...deps.times,
    }

    const book = leaseBook({ clock, table: tables.clusters, owner, leaseMs, graceMs: leaseMs / 6 })
    const beats = heartbeat({
      clock,
      control: tables.control,
      name,
      owner,
      staleMs: leaseMs,
      patrolSeconds: settings.PATROL_SECONDS,
    })
    const deadLetter = deadLetterKeeper({ deadLetters: deps.deadLetters, clock, log })
    const out = outbox({ queue: deps.queue, deadLetter, door: deps.door, clock, random, log })
    const watching = watches(
      {
        clock,
        random,
        log,
        open: deps.open ?? openSession,
        resolveApiKey: deps.resolveApiKey,
        outbox: out,
        deadLetter,
        kinds: deps.kinds ?? faultKinds,
        detect: deps.detect,
        door: deps.door,
        connecting: slots(CONNECTING, clock),
        resolveIdentity: deps.resolveIdentity,
        times,
      },
      book,
    )
    // By a clock that is further off it looks unvisited, and is visited twice.
    const isVisited = ({ visitedAt }: { readonly visitedAt: string }) =>
      patrolMs > 0 && Math.abs(clock.now().getTime() - Date.parse(visitedAt)) < patrolMs / 2
    /** Until then the others may not have told of themselves, and each begins with the part that will be its own. */
    let assumesOthersUntil = 0
    const among = async () => {
      const known = await beats.among()
      const expected = settings.SUPERVISORS
      return clock.now().getTime() >= assumesOthersUntil || known.supervisors >= expected
        ? known
        : { ...known, supervisors: expected, rank: rankIn(name, expected) }
    }
    const share = shareClusters({ clusters: deps.clusters, book, beats: { among }, watching, isVisited, log })

    let end = startedAt + windowMs * (1 - STAGGER * random()) - RESERVE * handoverMs
    const stop = new AbortController()
    const over = () => stop.abort()
    signal.addEventListener('abort', over, { once: true })
    if (signal.aborted) over()
    let lost = 0
    let most = 0

    /** Storage that fails now and then must not end the watch; a lease that cannot be renewed ends by itself. */
    async function attempt(what: string, act: () => Promise<unknown>): Promise<void> {
      try {
        await act()
      } catch (error) {
        log.warn({ supervisor: name }, `${what} failed, it is tried again: ${errorText(error)}`)
      }
    }
    const dropped = (names: readonly string[]) => {
      lost += names.length
      for (const one of names) watching.end(one, 'its lease is another supervisor’s')
    }

    /** Nobody is left to take over when all others are leaving, too; of two that begin at once the first by name goes on. */
    const wouldLeaveNobody = async (names: (other: string) => boolean): Promise<boolean> => {
      const { supervisors, leaving } = await beats.among()
      return supervisors === 1 && leaving.some(names)
    }
    /** `false`: not now. Then the window lasts a little longer, as far as it may. */
    async function announceLeaving(): Promise<boolean> {
      const last = end + resyncMs / 2 > startedAt + windowMs
      if (!last && (await wouldLeaveNobody(() => true))) return false
      await beats.leave()
      if (!last && (await wouldLeaveNobody((other) => other < name))) {
        await beats.beat()
        return false
      }
      return true
    }
    async function findTakers(): Promise<void> {
      dropped(await share.offerAll())
      dropped((await book.scan()).lost)
    }

    async function loop(): Promise<void> {
      let resyncAt = 0
      let renewAt = 0
      let beatAt = 0
      let leaving = false
      while (!stop.signal.aborted) {
        const now = clock.now().getTime()
        if (now >= end) return
        if (now >= beatAt) {
          await attempt('The heartbeat', async () => {
            const known = await (leaving ? beats.leave() : beats.beat())
            // After a long silence all may begin in the same moments.
            if (!known && resyncAt === 0 && patrolMs === 0) assumesOthersUntil = now + resyncMs / 2
          })
          beatAt = now + Math.min(HEARTBEAT_MS, leaseMs / 3)
        }
        if (now >= renewAt) {
          await attempt('Renewing leases', async () => dropped(await book.renewAll()))
          renewAt = now + leaseMs / 3
        } else await attempt('Writing columns', async () => dropped(await book.flush()))
        if (now >= end - handoverMs && !leaving) {
          await attempt('Leaving', async () => {
            leaving = await announceLeaving()
          })
          if (!leaving) end = Math.min(startedAt + windowMs, end + resyncMs / 2)
        }
        if (leaving) await attempt('Handing over', findTakers)
        else if (now >= resyncAt) {
          resyncAt = now < assumesOthersUntil ? assumesOthersUntil : now + resyncMs
          await attempt('Sharing the clusters', async () => {
            dropped(await share.tick())
          })
          if (patrolMs > 0 && share.unvisited() === 0) return
        }
        most = Math.max(most, book.held().length)
        await clock.sleep(Math.min(beatMs, Math.max(0, end - clock.now().getTime())), stop.signal)
      }
    }

    /** Beside the loop, which may hang in a call to storage: just then leases run out. */
    async function guard(): Promise<void> {
      while (!stop.signal.aborted) {
        dropped(book.expired())
        await clock.sleep(beatMs, stop.signal)
      }
    }

    try {
      void guard()
      await bounded(clock, windowMs + leaseMs, stop.signal, loop())
    } finally {
      signal.removeEventListener('abort', over)
      stop.abort()
      await bounded(clock, DRAIN_MS, undefined, watching.endAll())
      await bounded(
        clock,
        3 * DRAIN_MS,
        undefined,
        Promise.all([
          attempt('Giving leases back', () => book.release(book.held())),
          out.drain(DRAIN_MS).then(deadLetter.settled),
          attempt('The last heartbeat', beats.leave),
        ]),
      )
    }
    const { accepted, sent } = out.counts()
    const seconds = (clock.now().getTime() - startedAt) / 1000
    const summary = { owner, seconds, clustersHeld: most, leasesLost: lost, faultsHeard: accepted, messagesSent: sent }
    log.info(summary, `Window of ${name} is over: ${most} clusters, ${accepted} faults`)
    return summary
  }

/** By the number in its name; all reach for the same clusters first where names have none. */
const rankIn = (name: string, supervisors: number): number =>
  Math.min(supervisors, Math.max(1, Number(/\d+$/.exec(name)?.[0] ?? 1))) - 1

/** Resolves when the work is done, or time is up, or (once the signal aborts) the work has had a moment more. */
async function bounded(
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
  work: Promise<unknown>,
): Promise<void> {
  const patience = new AbortController()
  const stopped = async () => {
    await clock.sleep(ms, signal === undefined ? patience.signal : AbortSignal.any([signal, patience.signal]))
    if (signal?.aborted === true) await clock.sleep(DRAIN_MS, patience.signal)
  }
  try {
    await Promise.race([work, stopped()])
  } finally {
    patience.abort()
  }
}
