import { setTimeout as sleep } from 'node:timers/promises'
import { type Investigation, investigate } from '../../agent-container/diagnose/investigate.ts'
import type { Fault } from '../../shared/faults/fault.ts'
import { identityOf, incidentId } from '../../shared/incident/identity.ts'
import { Incident } from '../../shared/incident/incident.ts'
import type { ClusterApi } from '../../shared/kubernetes/cluster-api.ts'
import { createRedactor } from '../../shared/kubernetes/redact.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { concluded } from './conclusion.ts'
import { unmet } from './expectations.ts'
import { findFaults } from './find-faults.ts'
import type { Result } from './judge.ts'
import { memoryCluster } from './memory-cluster.ts'
import { type Scenario, shiftObjects } from './scenario.ts'
import { shiftBetween } from './shift-time.ts'
import type { Store } from './store.ts'
import { wordsIn } from './words-in.ts'

/** More incidents than this of one snapshot say nothing new. */
const MOST_INCIDENTS = 6
const MOST_READS = 60
/** Rules need a part of a second; a crowded machine several times that. */
const INVESTIGATION_MS = 20_000

/** The incident that triage would open for a fault. */
export function incidentOf(
  fault: Pick<Fault, 'faultId' | 'faultType' | 'severity' | 'resource' | 'owner' | 'context' | 'timestamp'>,
): Incident {
  const identity = identityOf({ cluster: 'sim', ...fault })
  const now = systemClock.now().toISOString()
  return Incident.parse({
    version: 1,
    incidentId: incidentId('sim', identity.key, 1),
    faultId: fault.faultId,
    status: 'running',
    createdAt: now,
    startedAt: now,
    cluster: 'sim',
    namespace: fault.resource.namespace ?? '',
    resource: fault.resource,
    owner: identity.owner,
    faultType: fault.faultType,
    faultClass: identity.faultClass,
    severity: fault.severity,
    context: fault.context,
    timestamp: fault.timestamp,
    identity: identity.key,
    generation: 1,
    occurrences: 1,
    countedFaults: [],
    firstSeen: now,
    lastSeen: now,
    fence: 1,
    notices: {},
    steps: [],
  })
}

/** The rules alone on one incident, as the broker runs them. */
export const investigated = (api: ClusterApi, incident: Incident): Promise<Investigation> =>
  investigate({
    api,
    redactor: createRedactor({ key: 'a key for tests, long enough' }),
    clock: systemClock,
    incident,
    limits: { apiCalls: MOST_READS },
    signal: AbortSignal.timeout(INVESTIGATION_MS),
  })

export type MemoryRun = Result & {
  readonly investigations: readonly Investigation[]
  /** Of which each investigation is, where they were opened here. */
  readonly incidents: readonly Incident[]
}
const weight = { critical: 0, warning: 1, info: 2 } as const

/** One scenario from the watch to the verdicts, without sockets, storage or child processes. */
export async function memoryRun(scenario: Scenario & { readonly set?: string }): Promise<MemoryRun> {
  const { api, store } = memoryCluster({ read: scenario })
  const seen = await findFaults({ api, startChanges: () => play(scenario, store) }, 'sim', scenario)
  const faults = seen.faults.toSorted((a, b) => weight[a.severity] - weight[b.severity])
  const incidents = new Map(faults.map(incidentOf).map((incident) => [incident.identity, incident]))
  const investigations: Investigation[] = []
  const opened = [...incidents.values()].slice(0, MOST_INCIDENTS)
  for (const incident of opened) investigations.push(await investigated(api, incident))
  const blind = seen.notVisible.some((kind) => kind.startsWith('Pod:'))
  const result = resultOf(scenario, investigations, {
    heard: seen.heard,
    blind,
    seconds: Math.max(0, ...investigations.map(({ usage }) => usage.seconds)),
    reads: Math.max(0, ...investigations.map(({ usage }) => usage.apiCalls)),
  })
  return { ...result, incidents: opened }
}

type Measured = { readonly heard: boolean; readonly blind: boolean; readonly seconds: number; readonly reads: number }
export function resultOf(
  scenario: Scenario & { readonly set?: string },
  investigations: readonly Investigation[],
  { heard, blind, seconds, reads }: Measured,
): Omit<MemoryRun, 'incidents'> {
  const parts = investigations.map(({ verdict }) => ({
    outcome: verdict?.outcome ?? ('evidence-only' as const),
    causes: verdict?.rootCauses ?? [],
    summary: verdict?.headline ?? '',
    folder: '',
    suspects: suspectsIn(verdict),
  }))
  const whole = concluded(parts)
  const outcome = whole?.outcome ?? (blind ? 'inconclusive' : 'none')
  const expect = scenario.expect ?? { mustMention: [], mustNotMention: [], mustNotBlame: [] }
  // What a reader of the reports could read: the verdicts, and the investigation's own text.
  const text = [
    ...investigations.map(({ verdict, files }) => `${wordsIn(verdict)}\n${files['investigation.md'] ?? ''}`),
    ...(blind ? ['pods: forbidden'] : []),
  ].join('\n')
  const finding = { outcome, rootCauses: whole?.rootCauses ?? [], text, incidents: parts.length }
  return {
    set: scenario.set ?? '',
    scenario: scenario.name,
    expect,
    heard,
    parts,
    outcome,
    text,
    missed: scenario.expect === undefined ? [] : unmet(expect, finding),
    seconds,
    reads,
    investigations,
  }
}

/** Ranked suspects of a verdict, where it has them. */
export function suspectsIn(verdict: Investigation['verdict']): Result['parts'][number]['suspects'] {
  if (verdict === undefined || !('suspects' in verdict) || !Array.isArray(verdict.suspects)) return []
  return verdict.suspects.map(({ kind, namespace, name }) => ({ kind, namespace, name }))
}

/** Lets the changes of a scenario happen at their times. */
export async function play(scenario: Scenario, store: Store): Promise<void> {
  const shift = shiftBetween(scenario.pictureNow, systemClock.now())
  let gone = 0
  for (const { at, apply, remove } of scenario.changes) {
    await sleep(at - gone)
    gone = at
    store.apply(shiftObjects(apply, shift))
    for (const ref of remove) store.remove(ref)
  }
}
