import { atLeast } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import type { Holder, Limits } from './slots.ts'

/**
 * Which waiting incidents get the free slots: of the clusters with the fewest agents the most severe, then the oldest,
 * so a noisy cluster waits for the quiet ones. Incidents that hold a slot already, left by a crash, go first.
 */
export function fairOrder(
  waiting: readonly Incident[],
  holders: readonly Holder[],
  limits: Limits,
): readonly Incident[] {
  const resumed = waiting.filter((one) => holders.some(({ incidentId }) => incidentId === one.incidentId))
  const running = new Map<string, number>()
  for (const { cluster } of holders) running.set(cluster, (running.get(cluster) ?? 0) + 1)

  const left = waiting.filter((one) => !resumed.includes(one)).sort(bySeverityThenAge)
  const chosen: Incident[] = []
  for (let free = limits.total - holders.length; free > 0; free--) {
    const next = left
      .filter(({ cluster }) => (running.get(cluster) ?? 0) < limits.perCluster)
      .reduce<Incident | undefined>((best, one) => {
        return best === undefined || (running.get(one.cluster) ?? 0) < (running.get(best.cluster) ?? 0) ? one : best
      }, undefined)
    if (next === undefined) break
    chosen.push(next)
    left.splice(left.indexOf(next), 1)
    running.set(next.cluster, (running.get(next.cluster) ?? 0) + 1)
  }
  return [...resumed, ...chosen]
}

const rank = ({ severity }: Incident): number =>
  atLeast(severity, 'critical') ? 0 : atLeast(severity, 'warning') ? 1 : 2
const bySeverityThenAge = (a: Incident, b: Incident): number =>
  rank(a) - rank(b) || (a.firstSeen < b.firstSeen ? -1 : a.firstSeen > b.firstSeen ? 1 : 0)

export type QueueLimits = { readonly total: number; readonly perCluster: number; readonly policy: 'drop' | 'reject' }

/** Who must leave the queue: `drop` gives up the least severe and oldest, `reject` the newest, of the fullest cluster first. */
export function overflow(waiting: readonly Incident[], limits: QueueLimits): readonly Incident[] {
  const firstToGo = limits.policy === 'drop' ? dropOrder : rejectOrder
  const clusters = new Map<string, Incident[]>()
  for (const one of [...waiting].sort(firstToGo)) clusters.set(one.cluster, [...(clusters.get(one.cluster) ?? []), one])

  const leaving: Incident[] = []
  let total = waiting.length
  for (const queue of clusters.values()) {
    const over = queue.splice(0, Math.max(0, queue.length - limits.perCluster))
    leaving.push(...over)
    total -= over.length
  }
  for (; total > limits.total; total--) {
    const fullest = [...clusters.values()].reduce((most, queue) => (queue.length > most.length ? queue : most))
    const next = fullest.shift()
    if (next !== undefined) leaving.push(next)
  }
  return leaving
}

const byAge = (a: Incident, b: Incident): number => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0)
const dropOrder = (a: Incident, b: Incident): number => rank(b) - rank(a) || byAge(a, b)
const rejectOrder = (a: Incident, b: Incident): number => byAge(b, a)
