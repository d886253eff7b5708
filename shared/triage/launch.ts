import type { Stored } from '../incident/incident-row.ts'
import type { BreakerState } from '../runtime/breaker.ts'
import { contend } from '../runtime/contend.ts'
import { announceQuietly } from './announce.ts'
import type { TriageDeps } from './deps.ts'
import { agentSlots, type Holder, type Limits, type Seen, type Taken } from './slots.ts'
import { type Started, startAgent } from './start-agent.ts'

export type Launched =
  | Started
  | Exclude<Taken, 'taken'>
  /** Something failed on the way; the sweep tries again. */
  | 'error'
export type Launch = {
  /** As it was listed, waiting: whoever has written since then makes the move stale, and it is read anew. */
  readonly waiting: Stored
  readonly now: Date
  readonly deadline: Date
  readonly holder: Holder
}

/**
 * Past an agent's deadline the sweep ends it and gives the slot back; this is for when no sweep does. Longer than two
 * clocks can be apart (each 10 minutes wrong): a slot that looks over too early lets one agent too many run.
 */
const SLOT_GRACE = 30 * 60_000

export const limitsOf = (settings: TriageDeps['settings']): Limits => ({
  total: settings.MAX_CONCURRENT_AGENTS,
  perCluster: settings.MAX_CONCURRENT_AGENTS_PER_CLUSTER,
})

/** Slots for all that are to start, by one write however many they are. One answer for each, in their order. */
export async function takeSlots(
  deps: TriageDeps,
  chosen: readonly Stored[],
  seen: Seen | undefined,
): Promise<readonly { readonly launch: Launch; readonly slot: Taken }[]> {
  const now = deps.clock.now()
  const deadline = new Date(now.getTime() + deps.settings.AGENT_TIMEOUT * 1000)
  const until = new Date(deadline.getTime() + SLOT_GRACE).toISOString()
  const launches = chosen.map((waiting): Launch => {
    const { incidentId, cluster, fence } = waiting.incident
    return { waiting, now, deadline, holder: { incidentId, cluster, fence: fence + 1, until } }
  })
  const holders = launches.map(({ holder }) => holder)
  const slots = holders.length === 0 ? [] : await agentSlots(deps).take(holders, limitsOf(deps.settings), seen)
  return launches.map((launch, at) => ({ launch, slot: slots[at] ?? 'full' }))
}

/**
 * Slot (taken before), then state, then group. Each is idempotent under the next fence, so a crash in between leaves
 * what the next launch or the sweep takes up: a slot without a run is renewed, a run without a group is started again.
 */
export const launch =
  (deps: TriageDeps) =>
  async (
    { waiting, now, deadline, holder: { incidentId, fence } }: Launch,
    groups?: BreakerState,
  ): Promise<Launched> => {
    const { store } = deps
    let known: Stored | undefined = waiting
    let moved = false
    const running = await contend(deps, incidentId, async () => {
      const stored = known ?? (await store.current(incidentId))
      known = undefined
      if (stored?.incident.status !== 'queued' || stored.incident.fence !== fence - 1) return stored
      const next = await store.move(stored, 'running', {
        at: now,
        note: `Attempt ${fence}, until ${deadline.toISOString()}`,
        changes: {
          fence,
          startedAt: now.toISOString(),
          deadline: deadline.toISOString(),
          investigated: marksOf(stored.incident),
          ...fresh,
        },
      })
      moved = typeof next !== 'string'
      return next
    })
    const found = running === 'refused' ? undefined : running
    const underOurFence = found?.incident.status === 'running' && found.incident.fence === fence
    if (found === undefined || !underOurFence) {
      await agentSlots(deps).release(incidentId, fence)
      return 'gone'
    }
    // Another launcher was faster and starts the group; the slot under this fence is as much its own.
    if (found.incident.startedAt !== now.toISOString()) return 'gone'
    // Found by its moment alone it may be another's of the same moment, or our own whose answer was lost.
    const started = await startAgent(deps)(found, { groups, first: moved })
    if (started === 'started') await announceQuietly(deps, found.incident)
    return started
  }

/** What this attempt is about: a fault that is told apart from these later is news. */
const marksOf = ({ openFaults, investigated }: Stored['incident']): string[] =>
  [...new Set([...(investigated ?? []), ...(openFaults ?? []).flatMap(({ mark }) => mark ?? [])])].slice(-MOST_MARKS)
const MOST_MARKS = 50

/** Left over from an earlier attempt. */
const fresh = { agentStartedAt: undefined, resultSentAt: undefined, failureReason: undefined, concluded: undefined }
