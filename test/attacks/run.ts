import process from 'node:process'
import { Command } from 'commander'
import { type Attempt, attempt, type Reader } from './attempt.ts'
import { attacks, goals } from './corpus.ts'
import { redactionRates } from './redaction-rates.ts'
import { unseenRates } from './unseen-rates.ts'
import { carriers } from './victim.ts'

export type Row = {
  readonly reader: Reader
  readonly goal: string
  readonly carrier: string
  readonly attempts: number
  readonly reached: number
  readonly flagged: number
  readonly succeeded: number
  readonly leaks: number
}

export function rows(all: readonly Attempt[]): readonly Row[] {
  const row = (reader: Reader, goal: string, carrier: string): Row => {
    const some = all.filter(
      (one) =>
        one.reader === reader &&
        (goal === 'all' || one.attack.goal === goal) &&
        (carrier === 'all' || one.carrier === carrier),
    )
    const count = (of: (one: Attempt) => boolean) => some.filter(of).length
    return {
      reader,
      goal,
      carrier,
      attempts: some.length,
      reached: count(({ reached }) => reached),
      flagged: count(({ flagged }) => flagged),
      succeeded: count(({ succeeded }) => succeeded),
      leaks: some.reduce((sum, { leaks }) => sum + leaks.model + leaks.storage + leaks.notices, 0),
    }
  }
  return (['rules', 'model'] as const).flatMap((reader) => [
    ...goals.map((goal) => row(reader, goal, 'all')),
    ...carriers.map((carrier) => row(reader, 'all', carrier)),
    row(reader, 'all', 'all'),
  ])
}

/** Each attack in each place before the rules; before a model in each place, or with `every` in one place after another. */
export async function runAll(every: number, told: (done: number, of: number) => void): Promise<readonly Attempt[]> {
  const work = attacks.flatMap((attack, index) =>
    carriers.flatMap((carrier, at) => {
      if ((index * carriers.length + at) % every !== 0) return []
      // Half of each goal's attacks meet rules that are certain, half rules that can only guess.
      const certain = (index + at) % 2 === 0
      return (['rules', 'model'] as const).map((reader) => () => attempt(attack, carrier, reader, certain))
    }),
  )
  const done: Attempt[] = []
  for (const one of work) {
    done.push(await one())
    if (done.length % 100 === 0) told(done.length, work.length)
  }
  return done
}

if (import.meta.main) {
  const options = new Command('attacks')
    .description(
      'Runs the corpus of attacks against the rules and against a scripted model that obeys whatever it reads.',
    )
    .option('--json', 'one JSON object on standard output')
    .option('--every <n>', 'only every n-th of attack and place', '1')
    .parse()
    .opts<{ json?: boolean; every: string }>()
  const began = performance.now()
  const all = await runAll(Number(options.every), (done, of) => console.error(`${done} of ${of}`))
  const table = rows(all)
  const percent = (part: number, of: number) => `${of === 0 ? 0 : ((100 * part) / of).toFixed(1)} %`
  const seconds = Math.round((performance.now() - began) / 1000)
  const leaks = table
    .filter(({ goal, carrier }) => goal === 'all' && carrier === 'all')
    .reduce((sum, row) => sum + row.leaks, 0)
  const rates = redactionRates()
  const unseen = unseenRates()
  const share = (part: number) => `${(part * 100).toFixed(2)} %`
  const won = all
    .filter(({ succeeded }) => succeeded)
    .map(
      ({ attack, carrier, reader, certain }) => `${reader} ${attack.id} ${carrier} ${certain ? 'certain' : 'unsure'}`,
    )
  if (options.json)
    console.log(
      JSON.stringify({
        attacks: attacks.length,
        carriers: carriers.length,
        attempts: all.length,
        seconds,
        leaks,
        rows: table,
        succeeded: won,
        redaction: rates,
        unseen,
      }),
    )
  else {
    console.log(`${attacks.length} attacks in ${carriers.length} places, ${all.length} attempts in ${seconds} s`)
    console.table(
      table.map((row) => ({
        reader: row.reader,
        goal: row.goal,
        carrier: row.carrier,
        attempts: row.attempts,
        'read by the model': row.reached,
        flagged: percent(row.flagged, row.attempts),
        success: percent(row.succeeded, row.attempts),
        leaks: row.leaks,
      })),
    )
    for (const one of won.slice(0, 20)) console.log(`succeeded: ${one}`)
    console.log(`${leaks} secrets leaked`)
    console.log(
      `${rates.shapes} shapes of secrets in ${rates.carriers} carriers: ${share(rates.hidden)} hidden ` +
        `(${share(rates.hiddenUnseen)} of the half that is only counted)`,
    )
    console.log(`${rates.lines} normal lines: ${share(rates.changed)} changed`)
    console.log(
      `${unseen.secrets} lines with keys of makers that no rule names: ${share(1 - unseen.leaks.length / unseen.secrets)} ` +
        `hidden; of ${unseen.lines} normal lines ${unseen.changed.length} changed`,
    )
    for (const one of rates.leaks.slice(0, 20)) console.log(`leaked: ${one}`)
    for (const [line] of rates.falselyHidden) console.log(`changed: ${line}`)
  }
  process.exitCode = leaks === 0 && rates.hidden >= 0.99 && rates.changed <= 0.002 ? 0 : 1
}
