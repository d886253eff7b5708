import type { Outcome } from '../../shared/artifacts/report.ts'
import { connectCluster } from '../../shared/kubernetes/connect.ts'
import { concluded } from './conclusion.ts'
import { type Cause, unmet } from './expectations.ts'
import { findFaults } from './find-faults.ts'
import type { Result } from './judge.ts'
import { suspectsIn } from './memory-run.ts'
import type { Investigated, Pipeline } from './pipeline.ts'
import type { Scenario } from './scenario.ts'
import { startSimulator } from './simulator.ts'
import { type WithModel, withModel } from './with-model.ts'

/** What is printed with --json. */
export type Verdict = {
  readonly scenario: string
  readonly outcome: Outcome
  readonly rootCauses: readonly Cause[]
  readonly summary: string
  readonly seconds: number
  readonly apiCalls: number
  /** A local copy of the incident's blobs; empty when there was no incident. */
  readonly incidentDir: string
}
export type PipelineRun = {
  readonly verdict: Verdict
  readonly result: Result
  /** Where a model was asked: what it made of each incident. */
  readonly withModel?: readonly WithModel[]
}

/** One scenario through the whole local pipeline: simulator, watch, triage, agents as processes, report. */
export async function pipelineRun(
  pipeline: () => Promise<Pipeline>,
  cluster: string,
  scenario: Scenario & { readonly set?: string },
): Promise<PipelineRun> {
  const simulator = await startSimulator({ read: scenario, name: cluster })
  const api = connectCluster(simulator.kubeconfig)
  try {
    const looking = stopwatch()
    const { faults, notVisible, heard } = await findFaults(
      { api, startChanges: simulator.startChanges },
      cluster,
      scenario,
    )
    const looked = looking()
    const before = simulator.calls.length
    // The machinery's own start is no part of an investigation.
    const machinery = faults.length === 0 ? undefined : await pipeline()
    const investigating = stopwatch()
    const investigated = (await machinery?.investigate(cluster, simulator.kubeconfig, faults)) ?? []
    const parts = investigated.map(partOf)
    const verdict: Verdict = {
      scenario: scenario.name,
      ...verdictOf(parts, notVisible),
      seconds: Math.round((looked + investigating()) * 100) / 100,
      apiCalls: simulator.calls.length - before,
    }
    const text = [verdict.summary, ...investigated.map((one) => one.text)].join('\n')
    const finding = { ...verdict, text, incidents: investigated.length }
    const missed = scenario.expect === undefined ? [] : unmet(scenario.expect, finding)
    const result: Result = {
      set: scenario.set ?? '',
      scenario: scenario.name,
      expect: scenario.expect ?? { mustMention: [], mustNotMention: [], mustNotBlame: [] },
      heard,
      parts,
      outcome: verdict.outcome,
      text,
      missed: [...missed, ...investigated.flatMap(failure)],
      seconds: Math.max(0, ...investigated.map(({ report }) => report?.usage?.seconds ?? 0)),
      reads: Math.max(0, ...investigated.map(({ report }) => report?.usage?.apiCalls ?? 0)),
    }
    return {
      verdict,
      result,
      withModel: investigated.flatMap((one) => withModel(scenario.name, scenario.expect, one)),
    }
  } finally {
    await api.close()
    await simulator.stop()
  }
}

function stopwatch(): () => number {
  const begun = performance.now()
  return () => (performance.now() - begun) / 1000
}

/** An agent that crashed is never what a scenario expects. */
const failure = ({ incident }: Investigated): string[] =>
  incident.status === 'failed' ? [`the agent failed: ${incident.failureReason}`] : []

const partOf = ({ report, incident, folder }: Investigated): Result['parts'][number] => ({
  outcome: report?.outcome ?? 'evidence-only',
  causes: (report?.verdict?.rootCauses ?? []).map(({ kind, namespace, name, class: mechanism }) => ({
    kind,
    namespace,
    name,
    class: mechanism,
  })),
  summary: report?.headline ?? incident.failureReason ?? '',
  folder,
  suspects: suspectsIn(report?.verdict),
})

function verdictOf(parts: Result['parts'], notVisible: readonly string[]) {
  const whole = concluded(parts)
  if (whole !== undefined) return whole
  const blind = notVisible.some((kind) => kind.startsWith('Pod:'))
  return {
    outcome: blind ? ('inconclusive' as const) : ('none' as const),
    rootCauses: [],
    summary: blind ? `Not all could be seen: ${notVisible.join('; ')}` : 'No fault was found.',
    incidentDir: '',
  }
}
