import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Command } from 'commander'
import { numberOption } from '../../infra/local/number-option.ts'
import { type Summary, schedules, together } from './schedules.ts'
import { simulate } from './simulate.ts'

type Flags = {
  readonly schedules: number
  readonly seed: number
  readonly json: boolean
  readonly places: boolean
  readonly mutants: boolean
}
const flags: Flags = new Command('npm run chaos --')
  .description(
    'Runs the stages through schedules of crashes, doubled messages and wrong clocks, and checks what came of it.',
  )
  .option('--schedules <number>', 'so many; 1 prints its whole history', numberOption(1, 10_000_000), 20_000)
  .option('--seed <number>', 'of the first', numberOption(1, 2 ** 31), 1)
  .option('--places', 'of places that are slow, unsure, wrong, throttled or away, in place of the others', false)
  .option('--mutants', 'with --places: the order without one safeguard after the other; the checker must notice', false)
  .option('--json', 'one JSON object on standard output', false)
  .parse()
  .opts()
const { schedules: count, seed: first } = flags
const replay = (seed: number) => `npm run chaos -- --schedules 1 --seed ${seed}`

/** Too few for a thread to be worth its start. */
const FEW = 500

async function onAllCores(): Promise<Summary> {
  const threads = Math.min(availableParallelism(), Math.ceil(count / FEW))
  if (threads <= 1) return schedules(first, count)
  const part = Math.ceil(count / threads)
  const parts = Array.from({ length: threads }, async (_, index): Promise<Summary> => {
    const workerData = { first: first + index * part, count: Math.min(part, count - index * part) }
    const worker = new Worker(new URL('./schedules-worker.ts', import.meta.url), { workerData })
    const [summary] = await once(worker, 'message')
    return summary
  })
  return together(await Promise.all(parts))
}

if (flags.places) {
  const { runPlaces, runPlacesMutants } = await import('./places/run-places.ts')
  process.exit((await (flags.mutants ? runPlacesMutants() : runPlaces(flags))) ? 0 : 1)
}
const startedAt = Date.now()
if (count === 1) console.error((await simulate(first, { record: true })).history.join('\n'))
const { failures, sum } = await onAllCores()
const seconds = (Date.now() - startedAt) / 1000
// Seconds depend on who else is at work on this machine; this hardly does.
const { user, system } = process.cpuUsage()
const processorMs = Math.round((user + system) / 10 / count) / 100
if (flags.json) {
  const shown = failures.slice(0, 20).map((one) => ({ ...one, replay: replay(one.seed) }))
  console.log(
    JSON.stringify({
      schedules: count,
      seed: first,
      violations: failures.length,
      failures: shown,
      ...sum,
      seconds,
      processorMs,
    }),
  )
} else {
  for (const { seed, violations } of failures.slice(0, 10)) {
    console.log(`seed ${seed}: ${violations.join('; ')}`)
    console.log(`  ${replay(seed)}`)
  }
  console.log(
    `${count} schedules from seed ${first}: ${failures.length} with violations; ${sum.happened} happenings, ` +
      `${sum.incidents} incidents, ${sum.reports} pages, ${sum.posts} posts (${sum.twice} again, in the stated case), ${seconds.toFixed(1)} s, ${processorMs} ms of processor each`,
  )
}
process.exitCode = failures.length === 0 ? 0 : 1
