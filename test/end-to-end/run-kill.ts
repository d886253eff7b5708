import { parseArgs } from 'node:util'
import { killRun } from './kill-run.ts'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, json: { type: 'boolean', default: false } },
})
const counts = await killRun(Number(values.minutes), (line) => console.error(line))
const { faults, lost, incidents, publishedTwice, wrongPages, unfinished, posts, kills, seconds } = counts
const killed = Object.values(kills).reduce((sum, one) => sum + one, 0)
if (values.json) console.log(JSON.stringify(counts))
else
  console.log(
    `${killed} processes killed in ${seconds} s: ${lost} of ${faults} faults lost, ${publishedTwice} of ${incidents} incidents published twice, ` +
      `${wrongPages} wrong pages, ${unfinished} unfinished, ${posts} posts`,
  )
process.exitCode = lost + publishedTwice + wrongPages + unfinished === 0 ? 0 : 1
