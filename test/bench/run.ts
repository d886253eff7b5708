import { readFile, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { Command, InvalidArgumentError } from 'commander'
import { Baseline, baselineOf, regressions } from './baseline.ts'
import { cold } from './measures/cold.ts'
import { door } from './measures/door.ts'
import { faults } from './measures/faults.ts'
import { leaks } from './measures/leaks.ts'
import type { Plan } from './measures/plan.ts'
import { reporting } from './measures/reporting.ts'
import { storage } from './measures/storage.ts'
import { subscriptions } from './measures/subscriptions.ts'
import { watching } from './measures/watching.ts'
import { type Row, rowsTable } from './row.ts'
import { neighboursTable, silentNeighbours } from './silent-neighbours.ts'
import { simulate, simulationTable } from './simulate.ts'

type Flags = {
  readonly clusters: readonly number[]
  readonly runs?: number
  readonly cycles?: number
  readonly short: boolean
  readonly json: boolean
  readonly simulate: boolean
  readonly check: boolean
  readonly keep: boolean
}
const kept = new URL('baseline.json', import.meta.url)
/** A supervisor of a small instance has no more. */
const MOST_CLUSTERS = 5_000

const whole = (most: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`)
  return value
}

async function measure(plan: Plan): Promise<readonly Row[]> {
  const quick = [subscriptions, faults, door, leaks, storage, cold]
  const rows: Row[] = []
  for (const one of plan.short ? quick : [...quick, watching, reporting]) rows.push(...(await one(plan)))
  return rows
}

async function bench(flags: Flags): Promise<void> {
  if (flags.simulate) {
    const neighbours = await silentNeighbours()
    const results = await simulate()
    return console.log(
      flags.json
        ? JSON.stringify({ sharing: results, neighbours })
        : `${neighboursTable(neighbours)}\n\n${simulationTable(results)}`,
    )
  }
  const { short, json } = flags
  const plan: Plan = {
    clusters: short ? [100] : flags.clusters,
    runs: flags.runs ?? (short ? 3 : 5),
    cycles: flags.cycles ?? 200,
    short,
    say: (line) => console.error(`${new Date().toTimeString().slice(0, 8)}  ${line}`),
  }
  const rows = await measure(plan)
  console.log(
    json ? JSON.stringify({ clusters: plan.clusters, node: process.version, rows }, undefined, 2) : rowsTable(rows),
  )
  if (flags.keep) await keep(rows)
  if (flags.check) await check(plan, rows)
}

/** Rows of other sizes, from other runs, stay as they are. */
async function keep(rows: readonly Row[]): Promise<void> {
  const all = { ...(await readBaseline()), ...baselineOf(rows) }
  await writeFile(kept, `${JSON.stringify(all, undefined, 2)}\n`)
}
const readBaseline = async (): Promise<Baseline> => Baseline.parse(JSON.parse(await readFile(kept, 'utf8')))

/** What is worse than it was is measured once more: only what is worse both times is no noise. */
async function check(plan: Plan, rows: readonly Row[]): Promise<void> {
  const baseline = await readBaseline()
  const first = regressions(rows, baseline)
  if (first.size === 0) return console.error('Nothing is clearly worse than test/bench/baseline.json has it.')
  plan.say(`once more, for what may be noise: ${[...first.keys()].join('; ')}`)
  const again = regressions(await measure(plan), baseline)
  const both = [...again].filter(([name]) => first.has(name))
  for (const [, sentence] of both) console.error(`Worse twice: ${sentence}`)
  if (both.length === 0) return console.error('The second time nothing was worse: it was noise.')
  process.exitCode = 1
}

await new Command('npm run bench --')
  .description(
    'Measures speed, memory and storage requests on this machine, beside a hand-written floor of the same run.',
  )
  .option('--clusters <numbers>', 'how many, with commas', (text) => text.split(',').map(whole(MOST_CLUSTERS)), [1_000])
  .option('--runs <number>', 'of which the median counts (5; with --short 3)', whole(100))
  .option('--cycles <number>', 'subscriptions opened and closed in search of leaks (200)', whole(10_000))
  .option('--short', 'in under three minutes: 100 clusters, no stock SDK, no whole watch, no whole app', false)
  .option('--check', 'fails when a ratio is clearly worse than test/bench/baseline.json has it, twice', false)
  .option('--keep', 'writes the ratios of this run to test/bench/baseline.json', false)
  .option('--json', 'for programs', false)
  .option(
    '--simulate',
    'instead: sharing of up to 20,000 clusters over 40 supervisors, and healthy ones among silent ones',
    false,
  )
  .action(bench)
  .parseAsync()
