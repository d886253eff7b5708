import { watchesNamespace } from '../config/cluster.ts'
import type { Fault } from '../faults/fault.ts'
import { identityOf } from '../incident/identity.ts'
import { MOST_OBSERVED } from '../incident/messages.ts'
import type { Hearing } from './receive-faults.ts'
import { resyncCluster } from './resync.ts'
import type { SeenFaults } from './seen-faults.ts'
import type { Session, ToolInfo } from './session.ts'
import type { WatchDeps, WatchTask } from './watch-deps.ts'

/** Nothing resolves then but by its own end. */
const TOO_MANY = `over ${MOST_OBSERVED / 2} faults at once: what a look no longer finds is not called over until there are fewer`

export type Reconciled = {
  /** What could not be seen; empty when all was. */
  readonly gaps: string
  /** All was seen, whether or not there is too much of it to be told in one message. */
  readonly whole: boolean
  /** The server no longer answers. */
  readonly broken: string | undefined
  /** Why nothing that the server says of its cluster can be believed; '' when it can. */
  readonly refused: string
  /** Something that was there is there no more. */
  readonly ended: boolean
  /** How many faults it found that nobody had told. */
  readonly unheard: number
}

/** What the last look said of all that is there, and when. */
export type LastSeen = { saw: string; at: number }

/** Looks at the cluster, tells what nobody told, and after a complete look also what is there at all. */
export async function reconcile(
  deps: Pick<WatchDeps, 'clock' | 'outbox' | 'kinds' | 'detect' | 'times'>,
  { cluster, report, signal, before }: Pick<WatchTask, 'cluster' | 'report' | 'signal' | 'before'>,
  {
    session,
    tools,
    hearing,
    seenFaults,
    again,
    seen,
    alive,
  }: {
    session: Session
    tools: readonly ToolInfo[]
    hearing: Hearing
    seenFaults: SeenFaults
    /** Tells also what was told: what explained it may be over. */
    again: boolean
    seen: LastSeen
    /** Rejects when the server is gone. */
    alive: () => Promise<void>
  },
): Promise<Reconciled> {
  // By a little less than the beat, which is never quite kept.
  const reconcileMs = 0.9 * deps.times.reconcileMs
  const resync = await resyncCluster({
    session,
    tools,
    kinds: deps.kinds,
    detect: deps.detect,
    now: deps.clock.now,
    sleep: (ms) => deps.clock.sleep(ms, signal),
    alive,
    seenBefore: before().seenObjects,
    // The server's own name, so that ids are those it would give.
    cluster: hearing.subscription()?.cluster ?? cluster.name,
  })
  const receivedAt = deps.clock.now().getTime()
  const faults = resync.faults
    .filter(({ resource }) => watchesNamespace(cluster, resource.namespace ?? ''))
    .map((detected) => hearing.fault({ ...detected }, 'reconcile', receivedAt))
  let ended = false
  let tooMany = false
  if (resync.complete) {
    ended = seenFaults.settle(faults, resync.at.getTime())
    report.reconciled(resync.at, resync.objects)
    const keys = [...new Set(faults.flatMap(keysOf))]
    const observedAt = resync.at.toISOString()
    // Looks that come every minute say mostly the same, and each would be a message to store and to read.
    const saw = `${seenFaults.notes()} ${keys.sort().join()}`
    // A clock that was set back must not hold it for as long.
    const isNews = saw !== seen.saw || Math.abs(resync.at.getTime() - seen.at) >= reconcileMs
    tooMany = keys.length > MOST_OBSERVED
    if (isNews) Object.assign(seen, { saw, at: resync.at.getTime() })
    if (isNews && !tooMany)
      // Before the faults: what is over explains none of them any more.
      deps.outbox.post({ version: 1, type: 'observed', cluster: cluster.name, observedAt, keys })
  }
  const there = faults.filter((fault) => !seenFaults.hasEndedSince(fault, resync.at.getTime()))
  // Before the first is sent: two containers of one pod are one trouble, and both are told.
  const unheard = new Set(there.filter((fault) => !seenFaults.has(fault)))
  // Where nobody tells it in between, a look says that it got worse, or that something else is wrong.
  const other = seenFaults.isOther(there)
  for (const fault of there) {
    if (unheard.has(fault)) report.event(receivedAt)
    if (again || unheard.has(fault) || other.has(fault)) hearing.send(fault, receivedAt)
  }
  const gaps = resync.gaps.length === 0 ? '' : `not all can be seen: ${resync.gaps.slice(0, 3).join('; ')}`
  return {
    gaps: (tooMany ? TOO_MANY : gaps).slice(0, 300),
    whole: resync.complete,
    broken: resync.broken,
    refused: resync.refused,
    ended,
    unheard: unheard.size,
  }
}

/** Also without the owner: a server that knows none has named its incident by the pod's name. */
function keysOf(fault: Fault): readonly string[] {
  const { owner: _, ...plain } = fault
  return [identityOf(fault).key, identityOf(plain).key]
}
