import process from 'node:process'
import { Command } from 'commander'
import type { Reporter, TestCase } from 'vitest/node'
import { startVitest } from 'vitest/node'
import { casesIn, id, known } from './cases.ts'
import type { Outcome } from './habits.ts'

type Flags = { readonly short: boolean; readonly only?: string; readonly cases?: string }
const flags: Flags = new Command('npm run hostile --')
  .description(
    'Watches servers, proxies and ways that are not as they should be, each for as long as the product takes.',
  )
  .option('--short', 'in the shortened times of the tests', false)
  .option('--only <file>', 'one file of test/hostile, as `forms`')
  .option('--cases <ids>', 'some cases by their letters, as `X,E04`')
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

// `npm test` leaves some of these files out.
process.env.TESTS = 'all'
if (!flags.short) process.env.HOSTILE_TIMES = 'full'
const cases = flags.cases?.split(/[\s,]+/) ?? []
if (cases.some((one) => !/^\w+$/.test(one))) throw new Error(`--cases takes ids, as X,E04: not ${flags.cases}`)
process.env.HOSTILE_CASES = cases.join()
/** Tests of many cases pick among them; the others have theirs in the name. */
const isMeant =
  cases.length === 0
    ? {}
    : { testNamePattern: new RegExp(`^(?!.*\\b(?:${id})[,:] ).*|\\b(?:${cases.join('|')})\\b[^:]*: `) }
const startedAt = performance.now()
const vitest = await startVitest('test', [flags.only === undefined ? 'test/hostile/' : `test/hostile/${flags.only}`], {
  watch: false,
  ...isMeant,
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
if (count('✘') > 0 || (flags.only === undefined && cases.length === 0 && count(undefined) > 0)) process.exitCode = 1
