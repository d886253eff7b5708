import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import type { Outcome } from '../../shared/artifacts/report.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { putGenerated, putUnseen } from './author/generated.ts'
import { concluded } from './conclusion.ts'
import { type Cause, unmet } from './expectations.ts'
import { findFaults } from './find-faults.ts'
import { type Investigated, type Pipeline, startPipeline } from './pipeline.ts'
import { readScenario, type Scenario } from './scenario.ts'
import { tableHead, tableRow } from './scenario-table.ts'
import { startSimulator } from './simulator.ts'

/** What is printed with --json. */
type Verdict = {
  readonly scenario: string
  readonly outcome: Outcome
  readonly rootCauses: readonly Cause[]
  readonly summary: string
  readonly seconds: number
  readonly apiCalls: number
  /** A local copy of the incident's blobs; empty when there was no incident. */
  readonly incidentDir: string
}

const scenariosFolder = new URL('../scenarios/', import.meta.url).pathname

async function runScenario(pipeline: () => Promise<Pipeline>, cluster: string, scenario: Scenario) {
  const simulator = await startSimulator({ read: scenario, name: cluster })
  try {
    const looking = stopwatch()
    const { faults, notVisible } = await findFaults(simulator, cluster, scenario)
    const looked = looking()
    const before = simulator.calls.length
    // The machinery's own start is no part of an investigation.
    const machinery = faults.length === 0 ? undefined : await pipeline()
    const investigating = stopwatch()
    const investigated = (await machinery?.investigate(cluster, simulator.kubeconfig, faults)) ?? []
    const verdict: Verdict = {
      scenario: scenario.name,
      ...verdictOf(investigated, notVisible),
      seconds: Math.round((looked + investigating()) * 100) / 100,
      apiCalls: simulator.calls.length - before,
    }
    const text = [verdict.summary, ...investigated.map((one) => one.text)].join('\n')
    const missed = scenario.expect === undefined ? [] : unmet(scenario.expect, { ...verdict, text })
    const reads = Math.max(0, ...investigated.map(({ report }) => report?.usage?.apiCalls ?? 0))
    return { verdict, missed: [...missed, ...investigated.flatMap(failure)], reads }
  } finally {
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

function verdictOf(all: readonly Investigated[], notVisible: readonly string[]) {
  const whole = concluded(
    all.map(({ report, incident, folder }) => ({
      outcome: report?.outcome ?? 'evidence-only',
      causes: (report?.verdict?.rootCauses ?? []).map(({ kind, namespace, name, class: mechanism }) => ({
        kind,
        namespace,
        name,
        class: mechanism,
      })),
      summary: report?.headline ?? incident.failureReason ?? '',
      folder,
    })),
  )
  if (whole !== undefined) return whole
  const blind = notVisible.some((kind) => kind.startsWith('Pod:'))
  return {
    outcome: blind ? ('inconclusive' as const) : ('none' as const),
    rootCauses: [],
    summary: blind ? `Not all could be seen: ${notVisible.join('; ')}` : 'No fault was found.',
    incidentDir: '',
  }
}

/** A folder's name tells what is wrong: the cluster gets one that does not. */
const clusterName = (_: Scenario, index: number): string => `sim-${String(index + 1).padStart(2, '0')}`

function foldersIn(root: string): string[] {
  const folders = readdirSync(root).map((name) => join(root, name))
  return folders.filter((folder) => statSync(folder).isDirectory()).sort()
}

async function main(folders: readonly string[], options: { json?: boolean; all?: boolean; out?: string }) {
  const made = options.all === true ? mkdtempSync(join(tmpdir(), 'nightcrier-scenarios-')) : undefined
  if (made !== undefined) {
    putGenerated(made)
    putUnseen(made)
  }
  const named =
    made === undefined ? folders.map((folder) => resolve(folder)) : [...foldersIn(scenariosFolder), ...foldersIn(made)]
  if (named.length === 0) throw new Error('Name a folder with a cluster.yaml, or say --all.')
  const scenarios = named.map(readScenario)
  if (made !== undefined) rmSync(made, { recursive: true })
  const out = resolve(options.out ?? mkdtempSync(join(tmpdir(), 'nightcrier-incidents-')))
  mkdirSync(out, { recursive: true })
  const clusters = scenarios.map(clusterName)
  const log = createLog('warn', (_, line) => console.error(line))
  let started: Promise<Pipeline> | undefined
  // A cluster that is well needs no storage.
  const pipeline = () => {
    started ??= startPipeline(clusters, out, log)
    return started
  }
  let held = 0
  const table = options.all === true && options.json !== true
  if (table) console.log(tableHead)
  try {
    for (const [index, scenario] of scenarios.entries()) {
      try {
        const { verdict, missed, reads } = await runScenario(pipeline, clusters[index] ?? '', scenario)
        if (table) console.log(tableRow({ ...verdict, expect: scenario.expect, held: missed.length === 0, reads }))
        else console.log(options.json ? JSON.stringify(verdict) : inWords(verdict))
        for (const sentence of missed) console.error(`${scenario.name}: ${sentence}`)
        if (missed.length === 0) held += 1
      } catch (error) {
        console.error(`${scenario.name}: ${errorText(error)}`)
      }
    }
    if (table) console.log(`incidents' folders: ${out}`)
  } finally {
    await (await started?.catch(() => undefined))?.stop()
  }
  if (scenarios.length > 1) console.error(`${held} of ${scenarios.length} scenarios came out as expected`)
  process.exitCode = held === scenarios.length ? 0 : 1
}

function inWords({ scenario, outcome, rootCauses, summary, seconds, apiCalls, incidentDir }: Verdict): string {
  const causes = rootCauses.map((one) => `  ${[one.kind, one.namespace, one.name].join('/')} ${one.class}`)
  const where = incidentDir === '' ? [] : [`  ${join(incidentDir, 'index.html')}`]
  return [`${scenario}: ${outcome} (${seconds} s, ${apiCalls} API calls)`, `  ${summary}`, ...causes, ...where].join(
    '\n',
  )
}

const command = new Command('scenario')
  .description('Runs the whole local pipeline on a cluster that is written down, and prints the verdict.')
  .argument('[folders...]', 'folders with a cluster.yaml')
  .option('--json', 'one JSON object per scenario on standard output')
  .option('--all', 'every folder of test/scenarios')
  .option('--out <folder>', 'where the incidents’ folders go')
  .action(async (folders: string[], options: { json?: boolean; all?: boolean; out?: string }) => {
    try {
      await main(folders, options)
    } catch (error) {
      console.error(errorText(error))
      process.exitCode = 2
    }
  })
await command.parseAsync()
