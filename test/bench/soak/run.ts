import { Command } from 'commander'
import { numberOption } from '../../../infra/local/number-option.ts'
import type { Growth } from './flatness.ts'
import { soak } from './soak.ts'

type Flags = { readonly minutes: number; readonly clusters: number; readonly json: boolean }
const { json, ...flags }: Flags = new Command('npm run soak --')
  .description('Watches many clusters for long, while faults begin and servers restart and hang.')
  .option('--minutes <number>', 'for so long', numberOption(0.1, 600, { whole: false }), 30)
  .option('--clusters <number>', 'so many', numberOption(1, 5_000), 1_000)
  .option('--json', 'one JSON object on standard output', false)
  .parse()
  .opts()
const result = await soak({
  ...flags,
  say: (line) => console.error(line),
})
const shown = ({ middle, grew, allowed, flat }: Growth) =>
  `${flat ? 'flat' : 'GROWS'} (middle ${middle.toFixed(1)}, trend ${grew.toFixed(1)} over the run, ${allowed.toFixed(1)} allowed)`
if (json) console.log(JSON.stringify(result))
else
  console.log(
    [
      `${result.clusters} clusters for ${result.minutes} minutes: ${result.restarts} servers restarted, ${result.hangs} hung, ${result.kills} supervisors killed`,
      `faults: ${result.lost.length} of ${result.faults} lost; ${result.delayMs.count} heard in ${result.delayMs.p50} ms (p50), ${result.delayMs.p99} ms (p99); ${result.again} told again by later looks`,
      `heap in MB: ${shown(result.heapMB)}`,
      `open files: ${shown(result.handles)}, at most ${result.mostHandles}`,
      `memory of a supervisor: at most ${result.mostRssMB} MB`,
    ].join('\n'),
  )
if (result.lost.length > 0) console.error(`lost: ${result.lost.slice(0, 10).join(', ')}`)
process.exitCode = result.passed ? 0 : 1
