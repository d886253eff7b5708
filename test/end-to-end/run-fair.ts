import { Command } from 'commander'
import { numberOption } from '../../infra/local/number-option.ts'
import { fairRun } from './fair-run.ts'

type Flags = { readonly flood: number; readonly tries: number; readonly within: number; readonly json: boolean }
const flags: Flags = new Command('npm run fair --')
  .description('One cluster of the whole local app tells very many faults; how long do the others wait?')
  .option('--flood <number>', 'so many faults', numberOption(1, 1_000_000), 100_000)
  .option('--tries <number>', 'so many single faults of another cluster', numberOption(1, 20), 4)
  .option('--within <seconds>', 'the most that one of them may wait', numberOption(1, 600), 10)
  .option('--json', 'one JSON object on standard output', false)
  .parse()
  .opts()
const run = await fairRun(flags.flood, flags.tries, (line) => console.error(line))
const worst = Math.max(...run.admittedSeconds)
console.log(
  flags.json
    ? JSON.stringify({ ...run, worst })
    : `${run.flood} faults of one cluster; another's are admitted within ${worst.toFixed(1)} s (${flags.within} s at most)`,
)
process.exitCode = worst <= flags.within ? 0 : 1
