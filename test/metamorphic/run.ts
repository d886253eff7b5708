import process from 'node:process'
import { Command, InvalidArgumentError } from 'commander'
import { type Checked, checkVariations, summed } from './check-variation.ts'
import { faulty, keyOf, knownBroken, names } from './gate.ts'

const among = (value: string) => {
  if (names.includes(value)) return value
  throw new InvalidArgumentError(`There is no such variation; there are: ${names.join(', ')}.`)
}

const command = new Command('metamorphic')
  .description('Shows each faulty scenario in other ways: its cause stays or becomes less certain, never another one.')
  .option('--only <variation>', 'one variation', among)
  .option('--set <name>', 'the scenarios of one set')
  .action(async ({ only, set }: { only?: string; set?: string }) => {
    const chosen = only === undefined ? names : [only]
    const all: Checked[] = []
    for (const scenario of faulty().filter((one) => set === undefined || one.set === set))
      all.push(await checkVariations({ ...scenario, name: keyOf(scenario) }, chosen))
    let unknown = 0
    for (const { variation, tried, broken } of summed(all, chosen)) {
      const fresh = broken.filter(({ scenario }) => !knownBroken[variation]?.includes(scenario))
      unknown += fresh.length
      console.log(
        `${variation.padEnd(40)} ${String(tried).padStart(4)} tried ${String(broken.length).padStart(4)} broken`,
      )
      for (const { scenario, why } of broken)
        console.log(`  ${fresh.some((one) => one.scenario === scenario) ? 'NEW' : '   '} ${scenario}: ${why}`)
    }
    process.exitCode = unknown === 0 ? 0 : 1
  })
await command.parseAsync()
