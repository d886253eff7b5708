import process from 'node:process'
import { Command } from 'commander'
import type { Reporter, TestCase } from 'vitest/node'
import { startVitest } from 'vitest/node'
import { casesIn, known } from './cases.ts'
import type { Outcome } from './habits.ts'

type Flags = { readonly short: boolean; readonly only?: string }
const flags: Flags = new Command('npm run hostile --')
  .description(
    'Watches servers, proxies and ways that are not as they should be, each for as long as the product takes.',
  )
  .option('--short', 'in the shortened times of the tests', false)
  .option('--only <file>', 'one file of test/hostile, as `forms`')
  .parse()
  .opts()

const found = new Map<string, string>()
/** A case that was tried in several ways holds when it held in all of them. */
function say({ name, ms, problem }: Outcome): void {
  const ids = casesIn(name)
  const verdict = problem === '' ? '✔' : '✘'
  console.log(`${verdict} ${(ms / 1000).toFixed(1).padStart(6)} s  ${name}${problem === '' ? '' : `\n    ${problem}`}`)
  for (const id of ids) found.set(id, found.get(id) === '✘' ? '✘' : verdict)
}
const reporter: Reporter = {
  onTestCaseResult: (one: TestCase) => {
    const { habits } = one.meta()
    if (habits !== undefined && habits.length > 0) return habits.forEach(say)
    const { state, errors } = one.result()
    if (state === 'skipped') return console.log(`-   skipped  ${one.name}`)
    const problem = state === 'passed' ? '' : (errors?.[0]?.message ?? state).slice(0, 600)
    say({ name: one.name, ms: one.diagnostic()?.duration ?? 0, problem })
  },
}

if (!flags.short) process.env.HOSTILE_TIMES = 'full'
const startedAt = performance.now()
const vitest = await startVitest('test', [flags.only === undefined ? 'test/hostile/' : `test/hostile/${flags.only}`], {
  watch: false,
  reporters: [reporter],
  testTimeout: flags.short ? 120_000 : 1_800_000,
})
await vitest.close()

const ids = known.flatMap(([, all]) => all)
for (const [what, all] of known)
  console.log(`\n${what}: ${all.map((id) => `${id} ${found.get(id) ?? '-'}`).join(' · ')}`)
const count = (mark: string | undefined) => ids.filter((id) => found.get(id) === mark).length
console.log(
  `\n${ids.length} cases: ${count('✔')} as expected, ${count('✘')} not, ${count(undefined)} not tried; ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`,
)
if (count('✘') > 0 || (flags.only === undefined && count(undefined) > 0)) process.exitCode = 1
