import { collect, takeSnapshot } from '../../agent-container/diagnose/read/read.ts'
import type { Snapshot } from '../../agent-container/diagnose/snapshot/snapshot.ts'
import { openJournal } from '../../agent-container/journal/journal.ts'
import type { EvidenceEntry } from '../../shared/artifacts/evidence.ts'
import { identityOf } from '../../shared/incident/identity.ts'
import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { findFaults } from '../simulator/find-faults.ts'
import { memoryCluster } from '../simulator/memory-cluster.ts'
import { incidentOf, play } from '../simulator/memory-run.ts'
import type { Scenario } from '../simulator/scenario.ts'

/** What was read of one incident: enough to judge it again and again, with other rules and other weights. */
export type Reading = {
  readonly snapshot: Snapshot
  readonly entries: readonly EvidenceEntry[]
  readonly complete: boolean
  readonly reads: number
}
export type Gathered = { readonly scenario: Placed; readonly readings: readonly Reading[]; readonly blind: boolean }
type Placed = Scenario & { readonly set: string }

const MOST_INCIDENTS = 6
const MOST_READS = 60
const weight = { critical: 0, warning: 1, info: 2 } as const

/** Every incident of a scenario, read once. */
export async function gathered(scenario: Placed): Promise<Gathered> {
  const { api, store } = memoryCluster({ read: scenario })
  const seen = await findFaults({ api, startChanges: () => play(scenario, store) }, 'sim', scenario)
  const faults = seen.faults.toSorted((a, b) => weight[a.severity] - weight[b.severity])
  const incidents = new Map(faults.map((fault) => [identityOf(fault).key, incidentOf(fault)]))
  const readings: Reading[] = []
  for (const incident of [...incidents.values()].slice(0, MOST_INCIDENTS)) {
    const now = systemClock.now()
    const journal = openJournal({
      api,
      redactor: createRedactor({ key: 'a key for tests, long enough' }),
      clock: systemClock,
      cluster: 'sim',
      budget: MOST_READS,
      signal: AbortSignal.timeout(60_000),
      focus: () => [...new Set([incident.owner.name, incident.resource.name])],
    })
    await collect(journal, incident, now)
    readings.push({
      snapshot: takeSnapshot(journal, incident, now),
      entries: journal.entries(),
      complete: journal.refused() === 0,
      reads: journal.calls(),
    })
  }
  return { scenario, readings, blind: seen.notVisible.some((kind) => kind.startsWith('Pod:')) }
}
