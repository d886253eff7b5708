import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { Command } from 'commander'
import { errorText } from '../../shared/runtime/errors.ts'
import { createLog } from '../../shared/runtime/log.ts'
import { concluded } from './conclusion.ts'
import { type Judged, judged } from './judge.ts'
import { measureTable, shortfalls } from './measure-table.ts'
import { memoryRun } from './memory-run.ts'
import type { Pipeline } from './pipeline.ts'
import { type PipelineRun, pipelineRun } from './pipeline-run.ts'
import { tableHead, tableRow } from './scenario-table.ts'
import { allScenarios, readPlaced, scenariosOf, sets } from './sets.ts'
import { modelSettings, modelTable, type WithModel } from './with-model.ts'

type Options = {
  readonly json?: boolean
  readonly all?: boolean
  readonly set?: string
  readonly memory?: boolean
  readonly out?: string
  readonly modelUrl?: string
  readonly model: string
}

function chosen(folders: readonly string[], { all, set }: Options): readonly string[] {
  if (set !== undefined && !sets.has(set))
    throw new Error(`There is no set ${set}; there are ${[...sets.keys()].join(', ')}.`)
  const placed = set !== undefined ? scenariosOf(set) : all === true ? allScenarios() : []
  const named = [...folders.map((folder) => resolve(folder)), ...placed.map(({ folder }) => folder)]
  if (named.length === 0) throw new Error('Name a folder with a cluster.yaml, or say --all or --set.')
  return named
}

async function main(folders: readonly string[], options: Options) {
  const scenarios = chosen(folders, options).map(readPlaced)
  const out = resolve(options.out ?? mkdtempSync(join(tmpdir(), 'nightcrier-incidents-')))
  mkdirSync(out, { recursive: true })
  const table = (options.all === true || options.set !== undefined) && options.json !== true
  const rows: Judged[] = []
  const asked: WithModel[] = []
  let held = 0
  function report(run: PipelineRun) {
    const { result, verdict } = run
    if (table)
      console.log(
        tableRow({ ...verdict, expect: result.expect, held: result.missed.length === 0, reads: result.reads }),
      )
    else console.log(options.json ? JSON.stringify(verdict) : inWords(verdict))
    for (const sentence of result.missed) console.error(`${result.scenario}: ${sentence}`)
    if (result.missed.length === 0) held += 1
    rows.push(judged(result))
    asked.push(...(run.withModel ?? []))
  }
  if (table) console.log(tableHead)
  if (options.memory === true) await inMemory(scenarios, report)
  else await throughPipeline(scenarios, out, options, report)
  if (options.modelUrl !== undefined) console.error(`\n${modelTable(asked)}`)
  if (table) console.log(`\n${measureTable(rows)}`)
  if (table && options.memory !== true) console.log(`incidents' folders: ${out}`)
  if (scenarios.length > 1) console.error(`${held} of ${scenarios.length} scenarios came out as expected`)
  if (!table) {
    process.exitCode = held === scenarios.length ? 0 : 1
    return
  }
  const short = [...sets].flatMap(([set, rules]) => {
    const inSet = rows.filter((row) => row.set === set)
    return inSet.length === 0 ? [] : shortfalls(set, rules, inSet)
  })
  for (const sentence of short) console.error(sentence)
  // A scenario that broke has no row, and is no scenario that fell short.
  process.exitCode = short.length === 0 && rows.length === scenarios.length ? 0 : 1
}

type Read = ReturnType<typeof readPlaced>
async function throughPipeline(
  scenarios: readonly Read[],
  out: string,
  { modelUrl, model }: Options,
  report: (run: PipelineRun) => void,
) {
  // A folder's name says what is wrong: the cluster gets one that does not.
  const clusters = scenarios.map((_, index) => `sim-${String(index + 1).padStart(2, '0')}`)
  const log = createLog('warn', (_, line) => console.error(line))
  let started: Promise<Pipeline> | undefined
  // A cluster that is well needs no storage, and its run none of this to be loaded.
  const pipeline = () => {
    started ??= import('./pipeline.ts').then(({ startPipeline }) =>
      startPipeline(clusters, out, log, modelUrl === undefined ? {} : modelSettings(modelUrl, model)),
    )
    return started
  }
  try {
    for (const [index, scenario] of scenarios.entries())
      try {
        report(await pipelineRun(pipeline, clusters[index] ?? '', scenario))
      } catch (error) {
        console.error(`${scenario.name}: ${errorText(error)}`)
      }
  } finally {
    await (await started?.catch(() => undefined))?.stop()
  }
}

/** Those with changes wait for them all at once, while the others compute one after the other. */
async function inMemory(scenarios: readonly Read[], report: (run: PipelineRun) => void) {
  async function run(scenario: Read) {
    try {
      const result = await memoryRun(scenario)
      const { scenario: name, outcome, seconds, reads, parts } = result
      const { rootCauses = [], summary = 'No fault was found.' } = concluded(parts) ?? {}
      const verdict = { scenario: name, outcome, rootCauses, summary, seconds, apiCalls: reads, incidentDir: '' }
      report({ result, verdict })
    } catch (error) {
      console.error(`${scenario.name}: ${errorText(error)}`)
    }
  }
  const changing = scenarios.filter(({ changes }) => changes.length > 0).map(run)
  for (const scenario of scenarios.filter(({ changes }) => changes.length === 0)) await run(scenario)
  await Promise.all(changing)
}

function inWords({
  scenario,
  outcome,
  rootCauses,
  summary,
  seconds,
  apiCalls,
  incidentDir,
}: PipelineRun['verdict']): string {
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
  .option('--all', 'every scenario of test/scenarios, and the measure of each set')
  .option('--set <name>', 'every scenario of one set, and its measure')
  .option('--model-url <address>', 'asks the model at this OpenAI-compatible address on top of the rules')
  .option('--model <name>', 'its name', 'gpt-4.1')
  .option('--memory', 'the rules alone on clusters in memory: seconds in place of minutes, no pages')
  .option('--out <folder>', 'where the incidents’ folders go')
  .action(async (folders: string[], options: Options) => {
    try {
      await main(folders, options)
    } catch (error) {
      console.error(errorText(error))
      process.exitCode = 2
    }
  })
await command.parseAsync()
