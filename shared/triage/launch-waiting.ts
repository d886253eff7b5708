import { allIncidents } from '../incident/all-incidents.ts'
import type { Incident } from '../incident/incident.ts'
import { muteOf } from '../incident/mute.ts'
import { shares } from '../incident/same-cause.ts'
import type { SkipKind } from '../incident/skipped.ts'
import type { BreakerState } from '../runtime/breaker.ts'
import { CONTAINER_GROUPS } from '../runtime/breaker-names.ts'
import { STALE } from '../runtime/contend.ts'
import { errorText } from '../runtime/errors.ts'
import { announce } from './announce.ts'
import type { TriageDeps } from './deps.ts'
import { fairOrder, overflow } from './fair-order.ts'
import { type Launched, launch, limitsOf, takeSlots } from './launch.ts'
import { notifyWaiting } from './notify-waiting.ts'
import { agentSlots, type Holder, type Seen } from './slots.ts'
import { blockedClusters } from './triage-state.ts'

/**
 * Gives free slots to waiting incidents, then sends those away for which the queue has no room. One incident that
 * cannot be launched keeps no other waiting: what went wrong is logged, and the sweep tries it again.
 *
 * However many it launches, it reads once who waits, who holds slots and whether groups can be started, and takes all
 * slots by one write. What belongs to each launch alone is its move, the note that its agent runs, and the notice.
 */
export const launchWaiting = (deps: TriageDeps) => async (): Promise<readonly string[]> => {
  const items = await allIncidents(deps, { status: 'queued' })
  if (items.length === 0) return []
  const mutes = await deps.mutes()
  // The sweep sends them away; until then an agent would be paid for that nobody wishes for.
  const audible = items.map(({ incident }) => incident).filter((one) => muteOf(mutes, one) === undefined)
  const ready = await withoutBlocked(deps, audible)
  const waiting = await withoutHeld(deps, ready)
  const [room, groups] = await Promise.all([roomFor(deps, waiting), deps.breakers.state(CONTAINER_GROUPS)])
  // While groups cannot be started, all wait; then one goes first, to see whether it works again.
  const most = groups.now === 'open' ? 0 : groups.now === 'half-open' ? 1 : waiting.length
  const chosen = room.chosen.slice(0, most)
  const stored = chosen.flatMap((one) => items.filter(({ incident }) => incident === one))
  const taken = await takeSlots(deps, stored, room.seen)

  const tried = await Promise.all(taken.map(async (one) => ({ ...one, outcome: await launchOne(deps, one, groups) })))
  const idOf = ({ launch: { holder } }: (typeof tried)[number]) => holder.incidentId
  for (const one of tried)
    deps.log.info({ incidentId: idOf(one), outcome: one.outcome }, `Launch of ${idOf(one)}: ${one.outcome}`)

  const without = waiting.filter((one) => !tried.some((t) => t.outcome === 'started' && idOf(t) === one.incidentId))
  await notifyWaiting(
    deps,
    without.flatMap((one) => items.filter(({ incident }) => incident === one)),
  )
  await sendAway(
    deps,
    waiting.filter((one) => !chosen.includes(one)),
  )
  return tried.filter(({ outcome }) => outcome === 'started').map(idOf)
}

/** So long an incident waits for a kubeconfig that somebody puts there now; then people hear that it gets no agent. */
const UNREADY_MS = 60_000

/** Without those whose cluster no agent can be sent to: its own trouble, told once, and nobody else's. */
async function withoutBlocked(deps: TriageDeps, all: readonly Incident[]): Promise<readonly Incident[]> {
  const blocked = await blockedClusters(deps)
  if (blocked.size === 0) return all
  const now = deps.clock.now().getTime()
  for (const one of all) {
    const why = blocked.get(one.cluster)
    if (why === undefined || now - queuedAt(one) < UNREADY_MS) continue
    await skip(deps, one.incidentId, 'triage-broken', `Triage does not work: ${why}`.slice(0, 1_000))
  }
  return all.filter(({ cluster }) => !blocked.has(cluster))
}

/**
 * Without those that a verdict on another may explain, which is at work or goes before them: each waits so long at most.
 * A wake follows every verdict.
 */
async function withoutHeld(deps: TriageDeps, waiting: readonly Incident[]): Promise<readonly Incident[]> {
  const patience = deps.settings.SAME_CAUSE_WAIT_SECONDS * 1000
  const now = deps.clock.now().getTime()
  const young = waiting.filter((one) => now - queuedAt(one) < patience)
  if (young.length === 0) return waiting
  const items = await allIncidents(deps, { status: 'running' })
  const before = items.map(({ incident }) => incident)
  return [...waiting]
    .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
    .filter((one) => {
      if (young.includes(one) && before.some((other) => shares(other, one))) return false
      before.push(one)
      return true
    })
}

const queuedAt = ({ steps, createdAt }: Incident): number =>
  Date.parse(steps.findLast(({ state }) => state === 'queued')?.at ?? createdAt)

async function launchOne(
  deps: TriageDeps,
  { launch: one, slot }: Awaited<ReturnType<typeof takeSlots>>[number],
  groups: BreakerState,
): Promise<Launched> {
  if (slot !== 'taken') return slot
  try {
    return await launch(deps)(one, groups)
  } catch (error) {
    const { incidentId, cluster } = one.holder
    deps.log.error({ incidentId, cluster }, `Incident ${incidentId} could not be launched: ${errorText(error)}`)
    return 'error'
  }
}

/**
 * Who gets a slot. Whether those that are held are still needed is only looked at when there is no room for all: each
 * look is a request, and what ends in order gives its slot back itself.
 */
async function roomFor(
  deps: TriageDeps,
  waiting: readonly Incident[],
): Promise<{ readonly chosen: readonly Incident[]; readonly seen?: Seen }> {
  const limits = limitsOf(deps.settings)
  const seen = await agentSlots(deps).read()
  const chosen = fairOrder(waiting, seen.held, limits)
  if (chosen.length === waiting.length || seen.held.length === 0) return { chosen, seen }
  const needed = await freeSlots(deps, seen.held)
  if (needed.length === seen.held.length) return { chosen, seen }
  return { chosen: fairOrder(waiting, needed, limits) }
}

async function sendAway(deps: TriageDeps, waiting: readonly Incident[]): Promise<void> {
  const { settings } = deps
  const leaving = overflow(waiting, {
    total: settings.GLOBAL_QUEUE_SIZE,
    perCluster: settings.CLUSTER_QUEUE_SIZE,
    policy: settings.QUEUE_OVERFLOW_POLICY,
  })
  for (const { incidentId, cluster } of leaving) {
    await skip(deps, incidentId, 'queue-full', `Overload: the queue is full (${settings.QUEUE_OVERFLOW_POLICY})`)
    deps.log.warn({ incidentId, cluster }, `Incident ${incidentId} was skipped: the queue is full`)
  }
}

/** A waiting incident that gets no agent for lack of room. Written down, never dropped in silence. */
export async function skip(deps: TriageDeps, incidentId: string, kind: SkipKind, reason: string): Promise<boolean> {
  const stored = await deps.store.current(incidentId)
  if (stored?.incident.status !== 'queued') return false
  const at = deps.clock.now()
  const before = stored.incident.steps.filter(({ state }) => state === 'skipped').length
  await announce(deps, stored.incident, 'skipped', String(before))
  const moved = await deps.store.move(stored, 'skipped', {
    at,
    note: reason,
    changes: { skip: kind, reason, completedAt: at.toISOString() },
  })
  // Stale: a new fault or a launch came in between; the next pass looks again.
  return moved !== STALE && moved !== 'refused'
}

/**
 * Gives back slots of incidents that are over, and answers those that are not. Each row is read on its own: only that is
 * sure not to miss a move in between.
 */
export async function freeSlots(deps: TriageDeps, held?: readonly Holder[]): Promise<readonly Holder[]> {
  const slots = agentSlots(deps)
  const needed: Holder[] = []
  for (const holder of held ?? (await slots.holders())) {
    const { incidentId, fence } = holder
    const incident = (await deps.store.current(incidentId))?.incident
    if (incident?.status === 'queued' || (incident?.status === 'running' && incident.fence === fence))
      needed.push(holder)
    else await slots.release(incidentId, fence)
  }
  return needed
}
