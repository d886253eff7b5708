import type { Incident } from '../incident/incident.ts'
import { CONTAINER_GROUPS } from '../runtime/breaker-names.ts'
import { STALE } from '../runtime/contend.ts'
import { errorText } from '../runtime/errors.ts'
import { announce } from './announce.ts'
import type { TriageDeps } from './deps.ts'
import { fairOrder, overflow } from './fair-order.ts'
import { launch } from './launch.ts'
import { agentSlots, type Holder } from './slots.ts'
import { OVERLOAD } from './standing.ts'

/** More than may wait at all by default; what lies beyond is seen when these have left. */
const MOST_WAITING = 1_000

/**
 * Gives free slots to waiting incidents, then sends those away for which the queue has no room. One incident that
 * cannot be launched keeps no other waiting: what went wrong is logged, and the sweep tries it again.
 */
export const launchWaiting = (deps: TriageDeps) => async (): Promise<readonly string[]> => {
  const { store, settings, log } = deps
  const { items } = await store.list({ status: 'queued' }, MOST_WAITING)
  if (items.length === 0) return []
  const waiting = items.map(({ incident }) => incident)
  const taken = await freeSlots(deps)
  const limits = { total: settings.MAX_CONCURRENT_AGENTS, perCluster: settings.MAX_CONCURRENT_AGENTS_PER_CLUSTER }
  // While groups cannot be started, all wait; then one goes first, to see whether it works again.
  const groups = (await deps.breakers.state(CONTAINER_GROUPS)).now
  const most = groups === 'open' ? 0 : groups === 'half-open' ? 1 : waiting.length
  const chosen = fairOrder(waiting, taken, limits).slice(0, most)

  const tried = await Promise.all(
    chosen.map(async ({ incidentId, cluster }) => {
      try {
        return { incidentId, outcome: await launch(deps)(incidentId) }
      } catch (error) {
        log.error({ incidentId, cluster }, `Incident ${incidentId} could not be launched: ${errorText(error)}`)
        return { incidentId, outcome: 'error' as const }
      }
    }),
  )
  const launched = tried.filter(({ outcome }) => outcome === 'started').map(({ incidentId }) => incidentId)
  for (const { incidentId, outcome } of tried) log.info({ incidentId, outcome }, `Launch of ${incidentId}: ${outcome}`)

  const left = waiting.filter((one) => !tried.some(({ incidentId }) => incidentId === one.incidentId))
  await sendAway(deps, left)
  return launched
}

async function sendAway(deps: TriageDeps, waiting: readonly Incident[]): Promise<void> {
  const { settings } = deps
  const leaving = overflow(waiting, {
    total: settings.GLOBAL_QUEUE_SIZE,
    perCluster: settings.CLUSTER_QUEUE_SIZE,
    policy: settings.QUEUE_OVERFLOW_POLICY,
  })
  for (const { incidentId, cluster } of leaving) {
    await skip(deps, incidentId, `the queue is full (${settings.QUEUE_OVERFLOW_POLICY})`)
    deps.log.warn({ incidentId, cluster }, `Incident ${incidentId} was skipped: the queue is full`)
  }
}

/** A waiting incident that gets no agent for lack of room. Written down, never dropped in silence. */
export async function skip(deps: TriageDeps, incidentId: string, why: string): Promise<boolean> {
  const stored = await deps.store.current(incidentId)
  if (stored?.incident.status !== 'queued') return false
  const at = deps.clock.now()
  const reason = `${OVERLOAD}${why}`
  const before = stored.incident.steps.filter(({ state }) => state === 'skipped').length
  await announce(deps, stored.incident, 'skipped', String(before))
  const moved = await deps.store.move(stored, 'skipped', {
    at,
    note: reason,
    changes: { reason, completedAt: at.toISOString() },
  })
  // Stale: a new fault or a launch came in between; the next pass looks again.
  return moved !== STALE && moved !== 'refused'
}

/**
 * Gives back slots of incidents that are over, and answers those that are not. Each row is read on its own: only that is
 * sure not to miss a move in between.
 */
export async function freeSlots(deps: TriageDeps): Promise<readonly Holder[]> {
  const slots = agentSlots(deps)
  const needed: Holder[] = []
  for (const holder of await slots.holders()) {
    const { incidentId, fence } = holder
    const incident = (await deps.store.current(incidentId))?.incident
    if (incident?.status === 'queued' || (incident?.status === 'running' && incident.fence === fence))
      needed.push(holder)
    else await slots.release(incidentId, fence)
  }
  return needed
}
