import { Command } from 'commander'
import { numberOption } from '../../infra/local/number-option.ts'
import { killRun } from './kill-run.ts'

type Flags = { readonly minutes: number; readonly lost: number; readonly json: boolean }
const flags: Flags = new Command('npm run kill --')
  .description('Kills processes of the whole local app at random, and counts what was lost.')
  .option('--minutes <number>', 'for so long', numberOption(0.1, 120, { whole: false }), 5)
  .option(
    '--lost <percent>',
    'of storage’s answers to writes that were applied',
    numberOption(0, 50, { whole: false }),
    0,
  )
  .option('--json', 'one JSON object on standard output', false)
  .parse()
  .opts()
const counts = await killRun(flags.minutes, (line) => console.error(line), flags.lost)
const { faults, lost, incidents, publishedTwice, wrongPages, unfinished, posts, kills, seconds } = counts
const { untold, toldTwice, unlisted, miscounted, slotsLeft } = counts
const { blind, takeoverSeconds, starved, leaseSeconds } = counts
const percent = (part: number) => `${(part * 100).toFixed(3)} %`
const killed = Object.values(kills).reduce((sum, one) => sum + one, 0)
if (flags.json) console.log(JSON.stringify(counts))
else
  console.log(
    `${killed} processes killed in ${seconds} s: ${lost} of ${faults} faults lost, ${publishedTwice} of ${incidents} incidents published twice, ` +
      `${wrongPages} wrong pages, ${unfinished} unfinished, ${posts} posts, ${untold} untold, ${toldTwice} told twice, ${unlisted} unlisted, ${miscounted} miscounted, ${slotsLeft} slots left; before that ${blind.seconds} s of hand-overs, ` +
      `blind for ${percent(blind.byRows)} of them by the rows and ${percent(blind.byServers)} by the servers; ` +
      `a dead supervisor's clusters heard again after ${takeoverSeconds.toFixed(1)} s (lease ${leaseSeconds} s; the machine was ${starved.toFixed(1)} times too slow)`,
  )
// Of a machine that gives a program a third of its time nothing is learnt about hand-overs of milliseconds.
const isFair = starved < 3
if (!isFair) console.error(`The machine was ${starved.toFixed(1)} times too slow: the blind part is not judged.`)
const isHeard = !isFair || (blind.byRows < 0.001 && blind.byServers < 0.001)
const seen = isHeard && takeoverSeconds <= 2 * leaseSeconds * starved
process.exitCode =
  lost + publishedTwice + wrongPages + unfinished + untold + toldTwice + unlisted + Math.abs(miscounted) + slotsLeft ===
    0 && seen
    ? 0
    : 1
