import type { Stored } from '../incident/incident-row.ts'
import { contend } from '../runtime/contend.ts'
import { announceQuietly } from './announce.ts'
import type { TriageDeps } from './deps.ts'
import { agentSlots } from './slots.ts'
import { type Started, startAgent } from './start-agent.ts'

export type Launched =
  | Started
  | 'full'
  | 'cluster-full'
  /** It does not wait any more: somebody else took it, or it is over. */
  | 'gone'

/**
 * Past an agent's deadline the sweep ends it and gives the slot back; this is for when no sweep does. Longer than two
 * clocks can be apart (each 10 minutes wrong): a slot that looks over too early lets one agent too many run.
 */
const SLOT_GRACE = 30 * 60_000

/**
 * Slot, then state, then group. Each is idempotent under the next fence, so a crash in between leaves what the next
 * launch or the sweep takes up: a slot without a run is renewed, a run without a group is started again.
 */
export const launch =
  (deps: TriageDeps) =>
  async (incidentId: string): Promise<Launched> => {
    const { store, settings, clock } = deps
    const now = clock.now()
    const deadline = new Date(now.getTime() + settings.AGENT_TIMEOUT * 1000)
    const slots = agentSlots(deps)

    const waiting = await store.current(incidentId)
    if (waiting?.incident.status !== 'queued') return 'gone'
    const fence = waiting.incident.fence + 1
    const { cluster } = waiting.incident
    const until = new Date(deadline.getTime() + SLOT_GRACE).toISOString()
    const limits = { total: settings.MAX_CONCURRENT_AGENTS, perCluster: settings.MAX_CONCURRENT_AGENTS_PER_CLUSTER }
    const slot = await slots.take({ incidentId, cluster, fence, until }, limits)
    if (slot !== 'taken') return slot

    let known: Stored | undefined = waiting
    const running = await contend(deps, incidentId, async () => {
      // Read before the slot was taken: whoever wrote since then makes the move stale, and it is read anew.
      const stored = known ?? (await store.current(incidentId))
      known = undefined
      if (stored?.incident.status !== 'queued' || stored.incident.fence !== fence - 1) return stored
      return store.move(stored, 'running', {
        at: now,
        note: `Attempt ${fence}, until ${deadline.toISOString()}`,
        changes: { fence, startedAt: now.toISOString(), deadline: deadline.toISOString(), ...fresh },
      })
    })
    const found = running === 'refused' ? undefined : running
    const underOurFence = found?.incident.status === 'running' && found.incident.fence === fence
    if (found === undefined || !underOurFence) {
      await slots.release(incidentId, fence)
      return 'gone'
    }
    // Another launcher was faster and starts the group; the slot under this fence is as much its own.
    if (found.incident.startedAt !== now.toISOString()) return 'gone'
    const started = await startAgent(deps)(found)
    if (started === 'started') await announceQuietly(deps, found.incident)
    return started
  }

/** Left over from an earlier attempt. */
const fresh = { agentStartedAt: undefined, resultSentAt: undefined, failureReason: undefined, concluded: undefined }
