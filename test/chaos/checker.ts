import { mutes } from '../../shared/incident/absorb.ts'
import { type Incident, mayMove } from '../../shared/incident/incident.ts'
import { explains } from '../../shared/incident/inhibition.ts'
import type { ClusterRow } from '../../shared/lease/cluster-row.ts'
import { settings } from './settings.ts'

export type Post = {
  readonly id: string
  readonly by: string
  readonly unsure: boolean
  readonly disturbed: () => boolean
}

const over: ReadonlySet<string> = new Set(['open', 'reported', 'evidence-only', 'failed', 'skipped', 'resolved'])

/** Looks on while a world runs; what it says is wrong at any moment is a broken promise. */
export function checker(note: (what: string) => void) {
  const violations: string[] = []
  const running = new Map<string, string>()
  const told = new Set<string>()
  /** Incidents that stand, and so may explain others, with the time since when they have stood without a break. */
  const standing = new Map<string, { readonly incident: Incident; readonly since: number }>()
  function violated(what: string): void {
    if (told.has(what)) return
    told.add(what)
    violations.push(what)
    note(`VIOLATION ${what}`)
  }

  /** `begun`: when the writer took up its message. */
  function incident(before: Incident | undefined, after: Incident, begun: number, now: number): void {
    const { incidentId, status } = after
    if (before?.generation !== after.generation)
      for (const { incident: other, since } of standing.values())
        if (since < begun && other.cluster === after.cluster && explains(other, after))
          violated(`${incidentId} (${after.owner.name}) began although ${other.incidentId} explains it`)
    const key = `${after.cluster} ${after.identity}`
    if (!mutes(after)) standing.delete(key)
    else standing.set(key, { incident: after, since: standing.get(key)?.since ?? now })
    if (before !== undefined) {
      if (after.generation === before.generation) {
        if (after.createdAt !== before.createdAt || after.occurrences < before.occurrences)
          violated(`${incidentId} was written over by another beginning of itself`)
        if (after.fence < before.fence) violated(`the fence of ${incidentId} shrank`)
        if (status !== before.status && !mayMove(before.status, status))
          violated(`${incidentId} moved from ${before.status} to ${status}`)
        if (after.fence > before.fence && !(before.status === 'queued' && status === 'running'))
          violated(`${incidentId} got a new fence without a launch`)
      } else if (after.generation !== before.generation + 1 || before.status !== 'resolved')
        violated(`generation ${after.generation} of ${incidentId} followed ${before.generation} ${before.status}`)
    } else if (after.generation !== 1) violated(`${incidentId} began with generation ${after.generation}`)

    if (status === 'running') running.set(incidentId, after.cluster)
    else running.delete(incidentId)
    if (running.size > settings.MAX_CONCURRENT_AGENTS) violated(`${running.size} agents at once`)
    const here = [...running.values()].filter((cluster) => cluster === after.cluster).length
    if (here > settings.MAX_CONCURRENT_AGENTS_PER_CLUSTER) violated(`${here} agents at once in ${after.cluster}`)
  }

  /** One owner under each fence, and nobody else's write is taken. */
  function lease(before: ClusterRow | undefined, after: ClusterRow, cluster: string, writer: string): void {
    if (before === undefined) return
    if (after.fence < before.fence) violated(`the fence of the lease on ${cluster} shrank`)
    if (after.fence !== before.fence || before.owner === '') return
    if (after.owner !== '' && after.owner !== before.owner)
      violated(`${before.owner} and ${after.owner} both hold ${cluster} under fence ${after.fence}`)
    if (before.owner !== writer) violated(`${writer} wrote the lease of ${before.owner} on ${cluster}`)
    if (after.blindMilliseconds < before.blindMilliseconds) violated(`the blind time of ${cluster} shrank`)
  }

  return { violations, violated, incident, lease, isOver: (status: string) => over.has(status) }
}
export type Checker = ReturnType<typeof checker>
