import { agentSeconds, centsPerIncident } from './model.ts'
import { asOf, prices } from './prices.ts'
import { byDuty, byPart } from './tables.ts'

const money = (amount: number) => (amount < 10 ? amount.toFixed(2) : amount.toFixed(0))
const count = (whole: number) => whole.toLocaleString('en-US')
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [line(head), line(head.map((_, at) => (at === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n')
const sizeName = (clusters: number) => (clusters === 0 ? 'idle' : `${count(clusters)} clusters`)

function partsTable(): string {
  const columns = byPart()
  const parts = Object.keys(columns[0]?.parts ?? {})
  return table(
    ['', ...columns.map(({ clusters }) => sizeName(clusters))],
    [
      ['incidents a day', ...columns.map(({ incidentsPerDay }) => String(incidentsPerDay))],
      ...parts.map((part) => [part, ...columns.map((column) => money(column.parts[part] ?? 0))]),
      ['**together**', ...columns.map(({ usd }) => `**${money(usd)}**`)],
    ],
  )
}

function dutyTable(): string {
  const rows = byDuty()
  return table(
    ['', ...(rows[0]?.sizes ?? []).map(({ clusters }) => sizeName(clusters)), 'a fault is found after, at most'],
    rows.map(({ patrolSeconds, sizes }) => {
      const delays = sizes.map(({ detectionSeconds }) => Math.round(detectionSeconds))
      const [least, most] = [Math.min(...delays), Math.max(...delays)]
      return [
        patrolSeconds === 0 ? 'watched' : `patrol, ${patrolSeconds} s`,
        ...sizes.map(({ usd }) => money(usd)),
        least === most ? `${least} s` : `${least} to ${most} s`,
      ]
    }),
  )
}

export const costTables = (): string => `${partsTable()}\n\n${dutyTable()}`

export function costPage(): string {
  const ready = (prices.readyBaseline.usd + prices.readyRunning.usd).toFixed(6)
  return `# What it costs

US dollars a month at list prices of East US, without free grants. \`npm run cost\` prints these tables (\`--json\`: with
what they are made of), from the prices in \`infra/cost/prices.ts\`, each with its source, of ${asOf}. They could not be
compared with the price pages when they were put in, except the one of functions on demand: **check them again before you
rely on a sum.** This page is written by \`npm run generate\`.

## By number of clusters

Two supervisors of 512 MB that never sleep, ${agentSeconds} s for every agent, one incident a day for five clusters.

${partsTable()}

One more incident costs ${centsPerIncident(false).toFixed(1)} cents with rules alone and ${centsPerIncident(true).toFixed(1)} cents with a model, without the model's own bill, which
\`AGENT_MAX_COST_USD\` bounds.

What makes it cheaper: a patrol (below), \`agentNetwork: 'none'\` (agents reach any address then), \`supervisors: 1\` (a gap of some
minutes when its instance is replaced), fewer alerts. A supervisor that watches runs all the time, and an always-ready instance
that runs costs less than one on demand (${ready} against ${prices.onDemand.usd.toFixed(6)} a GB and second): leave
\`supervisorInstances\` at 1. On patrol, too: timers of apps with no instance kept ready have been seen to stop.

## Watched, or on patrol

Supervisors, storage and vault alone. On patrol (\`PATROL_SECONDS\`) there is one supervisor, whose instance is kept ready and
runs while it visits: 32 ms for each cluster on an instance of 512 MB, which is reckoned as a quarter of a processor.
A patrol that takes longer than its interval is followed by the next at once. What it cannot see:
[guarantees.md](guarantees.md#what-is-not-promised).

${dutyTable()}
`
}
