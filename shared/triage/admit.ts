import type { Cluster } from '../config/cluster.ts'
import { atLeast, type Severity } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { type Mute, muteOf } from '../incident/mute.ts'
import { contend, STALE } from '../runtime/contend.ts'
import { announceHarm } from './announce.ts'
import { causeChanged } from './cause-changed.ts'
import { type Count, countFaults, countOf, newIncident, type Sightings, wasCounted } from './count-faults.ts'
import type { TriageDeps } from './deps.ts'
import { mayQueueAgain, whyNot } from './queue-state.ts'

export type Admission =
  | 'opened'
  | 'counted'
  /** Reported, and what is seen now is something else. */
  | 'changed'
  /** Skipped before, and wanted now: worse than it was, or the cluster's settings changed, or the rush is over. */
  | 'queued-again'
  /** This queue message was here before. */
  | 'delivered-before'
  /** A `resolved` notice of something that is not open. */
  | 'nothing-open'

export type AdmitDeps = Pick<TriageDeps, 'store' | 'clock' | 'random' | 'notify' | 'mutes' | 'log'> & {
  readonly settings: Pick<TriageDeps['settings'], 'QUIET_PERIOD_SECONDS' | 'SEVERITY_THRESHOLD'>
}

/**
 * Faults of one identity become an incident, or add to the one that is open: one conditional write either way. `listed`:
 * its open incident as it was read just now, if there was one. That decides the first try, without a read of its own; a
 * write since then, or a generation that is over, makes it stale, and it is read.
 */
export const admit = (deps: AdmitDeps) => {
  const { store } = deps
  return (
    cluster: Cluster,
    sightings: Sightings,
    listed: Stored | undefined,
    traceparent?: string,
  ): Promise<Admission> => {
    let tries = 0
    const threshold = deps.settings.SEVERITY_THRESHOLD
    return contend(deps, `Incident ${sightings.identity.key} of ${cluster.name}`, async () => {
      const { identity, delivery, now } = sightings
      tries += 1
      const mutes = await deps.mutes()
      const fresh = (generation: number) => {
        const mute = muteOfFaults(mutes, cluster, sightings)
        return newIncident(sightings, {
          generation,
          environment: cluster.environment,
          labels: cluster.labels,
          whyNot: (severity) => whyNot(cluster, severity, threshold, mute),
          muted: mute === undefined ? undefined : markOf(mute, now),
          traceparent,
        })
      }

      const stored = tries === 1 ? listed : await store.read(identity.cluster, identity.key)
      if (stored === undefined) {
        const incident = fresh(1)
        // A list is cut somewhere: what is over may be of one that it does not hold.
        if (incident === undefined) return tries === 1 ? STALE : 'nothing-open'
        if ((await store.insert(incident)) === undefined) return STALE
        logSkipped(deps, incident)
        return 'opened'
      }
      const { incident } = stored
      if (wasCounted(incident, delivery)) return 'delivered-before'
      if (incident.status === 'resolved') {
        const next = fresh(incident.generation + 1)
        if (next === undefined) return 'nothing-open'
        if ((await store.openNextGeneration(stored, next)) === STALE) return STALE
        logSkipped(deps, next)
        return 'opened'
      }
      const count = countFaults(countOf(incident), sightings)
      // By what is stored, as whoever lifts the mark judges it: its next faults may be of another type, and each delivery
      // would write a mark that the next sweep takes for a mute that is over.
      const mute = muteOf(mutes, incident)
      if (mayQueueAgain(incident, cluster, count.severity, now, deps.settings, mute)) {
        const again = { ...count, reason: undefined, completedAt: undefined, mutedBy: undefined, muted: undefined }
        const note = 'Came again, and waits for an agent now'
        return (await store.move(stored, 'queued', { at: now, note, changes: again })) === STALE
          ? STALE
          : 'queued-again'
      }
      const changed = causeChanged(incident, sightings.faults, now)
      if (changed !== undefined && whyNot(cluster, count.severity, threshold, mute) === undefined) {
        const news = { completedAt: undefined, causeBefore: incident.rootCause, acknowledged: undefined }
        const again = { ...count, ...news }
        const moved = await store.move(stored, 'queued', { at: now, note: changed, changes: again })
        return moved === STALE ? STALE : 'changed'
      }
      const step = absenceStep(incident.absentSince, count.absentSince, now) ?? harmStep(incident, count, now)
      const worse = isWorse(count.severity, incident.severity)
      // Whoever is at it took on what it was.
      const held = mute !== undefined && incident.muted?.id !== mute.id ? { muted: markOf(mute, now) } : {}
      const changes = { ...count, ...held, ...(worse ? { acknowledged: undefined } : {}) }
      if ((await store.update(stored, changes, step)) === STALE) return STALE
      // Places that hear of the worse only hear of it now, and the others that it got worse.
      if (wasNotified(incident) && worse) await announceHarm(deps, incident, count.severity)
      return 'counted'
    })
  }
}

/** Whoever looks into the log for a report finds why there is none. */
function logSkipped({ log }: Pick<AdmitDeps, 'log'>, { incidentId, cluster, status, reason = '' }: Incident): void {
  if (status !== 'skipped') return
  log.info({ event: 'triage_skipped', incidentId, cluster, reason }, `Triage of ${incidentId} is skipped: ${reason}`)
}

/** What mutes an incident that these faults open: by the one that it will be about. */
function muteOfFaults(mutes: readonly Mute[], cluster: Cluster, { identity, faults }: Sightings): Mute | undefined {
  const first = faults.find((fault) => fault.resolved !== true)
  if (first === undefined) return undefined
  const { owner, faultClass } = identity
  const namespace = owner.namespace ?? first.resource.namespace ?? ''
  const labels = { ...first.labels, ...cluster.labels }
  const { resource, faultType } = first
  return muteOf(mutes, { cluster: cluster.name, namespace, owner, resource, labels, faultClass, faultType })
}
const markOf = ({ id, until, reason }: Mute, now: Date) => ({ id, since: now.toISOString(), until, reason })

const isWorse = (after: Severity, before: Severity): boolean => after !== before && atLeast(after, before)
const wasNotified = ({ status, outcome, mutedBy }: Incident): boolean =>
  (status === 'reported' || status === 'evidence-only') && outcome !== 'none' && mutedBy === undefined

/** What it does to others has changed: `critical: 0 of 2 ready`. */
function harmStep(before: Incident, { severity, harm }: Count, at: Date) {
  if (harm === undefined || (harm === before.harm && severity === before.severity)) return undefined
  return { at, note: `${severity}: ${harm}` }
}

function absenceStep(before: string | undefined, after: string | undefined, at: Date) {
  if ((before === undefined) === (after === undefined)) return undefined
  return { at, note: after === undefined ? 'Seen again' : 'The cluster says it is over' }
}
