import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { analyzers } from '../../agent-container/diagnose/rules/all.ts'
import { wantedBy } from '../simulator/expectations.ts'
import { familyOf } from '../simulator/families.ts'
import { allScenarios, readPlaced } from '../simulator/sets.ts'
import { type Gathered, gathered } from './gather.ts'
import { type Example, fitted, order, type Weights } from './softmax.ts'
import { type Outcome, outcomeOf, rowsOf } from './verdicts.ts'
import { withoutKnowing } from './without-knowing.ts'

const root = new URL('../../', import.meta.url).pathname
const file = join(root, 'agent-container/diagnose/evidence/weights.json')
/** Sets that were tried once: after that they are known, like the others. */
const tried = join(root, 'test/unseen')
/** About half of what comes in the field is of a kind that a rule knows. */
const MODES = { known: 0.45, unknown: 0.55 } as const
/** Written by others: nearer to the field than our own. */
const SET_WEIGHT: Readonly<Record<string, number>> = { public: 2, '': 2 }

function folders(): readonly string[] {
  const once = readdirSync(tried, { withFileTypes: true })
    .filter((one) => one.isDirectory())
    .flatMap(({ name }) => readdirSync(join(tried, name)).map((scenario) => join(tried, name, scenario)))
  return [...allScenarios().map(({ folder }) => folder), ...once]
}

/** One that nobody gave a family is a family of its own. */
const family = ({ scenario: { set, name } }: Gathered): string => (set === '' ? name : familyOf(set, name))

function examplesOf(one: Gathered): readonly Example[] {
  const modes = { known: analyzers, unknown: withoutKnowing(one) }
  return (['known', 'unknown'] as const).flatMap((mode) =>
    rowsOf(one, modes[mode]).map(
      (rows): Example => ({
        scenario: one.scenario.name,
        set: one.scenario.set,
        family: family(one),
        mode,
        rows,
        weight: (MODES[mode] * (SET_WEIGHT[one.scenario.set] ?? 1)) / one.readings.length,
      }),
    ),
  )
}

/** Each family weighed by what the others taught: how many are right when their kind was never seen. */
function leftOut(examples: readonly Example[]): void {
  const families = [...new Set(examples.map((one) => one.family))]
  const found = families.flatMap((name) => {
    const weights = fitted(examples.filter((one) => one.family !== name))
    return examples.filter((one) => one.family === name).map((one) => ({ ...one, order: order(one.rows, weights) }))
  })
  console.log('\nsuspects ranked, each family by weights from the others: the right one first, among three')
  for (const mode of ['known', 'unknown'] as const)
    for (const set of [...new Set(found.map((one) => one.set)), 'all']) {
      const here = found.filter((one) => one.mode === mode && (set === 'all' || one.set === set))
      const names = [...new Set(here.map((one) => one.scenario))]
      const within = (most: number) =>
        names.filter((name) =>
          here.some((one) => one.scenario === name && one.order.slice(0, most).some(({ right }) => right)),
        ).length
      console.log(
        `  ${mode.padEnd(8)} ${(set || 'tried once').padEnd(12)} ${within(1)} and ${within(3)} of ${names.length}`,
      )
    }
}

function told(rows: readonly Outcome[], title: string): void {
  const faults = rows.filter(({ control }) => !control)
  const count = (is: (row: Outcome) => boolean) => faults.filter(is).length
  console.log(
    `  ${title.padEnd(22)} ${count((row) => row.right)} right (${count((row) => row.oneOf)} one of several), ${count((row) => row.firstThree)} in the first three, ${count((row) => row.falseCertain)} certain and wrong, of ${faults.length}; ${rows.filter((row) => row.control && row.blamed).length} controls with a cause`,
  )
}

async function main({ write }: { readonly write?: boolean }): Promise<void> {
  const all: Gathered[] = []
  for (const folder of folders()) {
    const placed = readPlaced(folder)
    // Those that change while they are watched are about the watch.
    if (placed.expect !== undefined && placed.changes.length === 0) all.push(await gathered(placed))
  }
  const faulty = all.filter(({ scenario }) => scenario.expect !== undefined && wantedBy(scenario.expect) !== undefined)
  console.log('verdicts with the weights as they are, with all rules and without those that know the mechanism')
  for (const set of new Set(all.map(({ scenario }) => scenario.set))) {
    const name = set === '' ? 'tried once' : set
    told(
      all.filter(({ scenario }) => scenario.set === set).map((one) => outcomeOf(one, analyzers)),
      name,
    )
    told(
      faulty.filter(({ scenario }) => scenario.set === set).map((one) => outcomeOf(one, withoutKnowing(one))),
      `${name}, unknown`,
    )
  }
  const examples = faulty.flatMap(examplesOf)
  leftOut(examples)
  const weights: Weights = fitted(examples)
  console.log(
    `\n${Object.entries(weights)
      .toSorted(([, a], [, b]) => b - a)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ')}`,
  )
  if (write !== true) return
  writeFileSync(file, `${JSON.stringify(weights, null, 2)}\n`)
  console.log(`written to ${file}`)
}

await new Command('fit')
  .description(
    'Weighs the reasons for and against a suspect by the scenarios that are known, and says how far that carries.',
  )
  .option('--write', 'keeps the weights')
  .action(main)
  .parseAsync()
