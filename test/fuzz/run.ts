import { Command } from 'commander'
import fc from 'fast-check'
import { numberOption } from '../../infra/local/number-option.ts'
import { doors } from './doors.ts'
import { kept } from './kept.ts'

/** Tries of one door before the next has its turn. */
const ROUND = 200

type Flags = { readonly minutes: number; readonly seed?: number; readonly door?: string }
const flags: Flags = new Command('npm run fuzz --')
  .description('Gives every parser and door what comes by accident or by malice, until the time is over.')
  .option('--minutes <number>', 'for so long', numberOption(0.05, 600, { whole: false }), 1)
  .option('--seed <number>', 'of the first round; absent: by the clock', numberOption(1, 2 ** 31 - 1))
  .option('--door <name>', 'this one alone')
  .parse()
  .opts()
const until = Date.now() + flags.minutes * 60_000
const chosen = Object.entries(doors).filter(([name]) => flags.door === undefined || name === flags.door)
if (chosen.length === 0) throw new Error(`There is no door ${flags.door}: ${Object.keys(doors).join(', ')}`)

let seed = flags.seed ?? Date.now() % (2 ** 31 - 1)
let tries = 0
const failed = new Map<string, string>()
async function check(name: string, parameters: fc.Parameters<unknown[]>): Promise<void> {
  const door = doors[name]
  if (door === undefined || failed.has(name)) return
  const {
    failed: isWrong,
    numRuns,
    counterexample,
    error,
    ...at
  } = { error: '', ...(await fc.check(door, parameters)) }
  tries += numRuns
  if (!isWrong) return
  const cause = 'errorInstance' in at && at.errorInstance instanceof Error ? at.errorInstance.message : error
  failed.set(name, `${cause}\n  given ${JSON.stringify(counterexample)?.slice(0, 2_000)}`)
  console.log(
    `${name}: ${failed.get(name)}\n  keep it: { door: '${name}', seed: ${at.seed}, path: '${at.counterexamplePath}' }`,
  )
}

for (const { door, ...at } of kept) await check(door, { ...at, numRuns: ROUND })
do {
  for (const [name] of chosen) await check(name, { seed, numRuns: ROUND })
  seed = (seed + 1) % 2 ** 31
} while (Date.now() < until && failed.size < chosen.length)
console.log(`${tries} tries of ${chosen.length} doors, the last seed ${seed - 1}: ${failed.size} doors failed`)
process.exitCode = failed.size === 0 ? 0 : 1
