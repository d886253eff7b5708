import { parseArgs } from 'node:util'
import type { Growth } from './flatness.ts'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    clusters: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
  },
})
const result = await soak({
  minutes: Number(values.minutes),
  clusters: Number(values.clusters),
  say: (line) => console.error(line),
})
const shown = ({ middle, grew, allowed, flat }: Growth) =>
  `${flat ? 'flat' : 'GROWS'} (middle ${middle.toFixed(1)}, trend ${grew.toFixed(1)} over the run, ${allowed.toFixed(1)} allowed)`
if (values.json) console.log(JSON.stringify(result))
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
