/** US dollars, list prices of East US, pay as you go; from Azure's price pages. Put in your own. */
export const prices = {
  /** Flex Consumption: an instance kept ready, waiting, per GB and second; on top of that while it runs. */
  readyBaseline: 0.000004,
  readyRunning: 0.000016,
  /** Flex Consumption on demand. */
  onDemand: 0.000026,
  millionExecutions: 0.4,
  containerCpuSecond: 0.00001125,
  containerGbSecond: 0.00000124,
  natHour: 0.045,
  addressHour: 0.005,
  registryDay: 0.167,
  logGb: 2.3,
  millionTableOperations: 0.036,
  tenThousandVaultReads: 0.03,
  alertRule: 1.5,
  webTest: 0.0005,
} as const

export type Load = { readonly clusters: number; readonly incidentsPerDay: number; readonly model: boolean }

const MONTH_DAYS = 30
const MONTH_SECONDS = MONTH_DAYS * 86_400
const MONTH_HOURS = MONTH_DAYS * 24
const INSTANCE_GB = 0.5
const SUPERVISORS = 2
/** Sweep runs every 30 s and is billed one second at least. */
const SWEEPS = MONTH_SECONDS / 30
/** Triage, report and notice together, on instances that stay a while. */
const FUNCTION_SECONDS_PER_INCIDENT = 15
/** AGENT_TIMEOUT, so the most that an agent may take. */
const AGENT_SECONDS = 300
/** One log line of a window, its reconnects and its incidents; a kilobyte each with what the platform adds. */
const LOG_KB_PER_CLUSTER_DAY = 200
const LOG_KB_PER_INCIDENT = 60
/** The goal of the benchmark: a cluster that is quiet costs storage one operation a minute. */
const OPERATIONS_PER_CLUSTER = MONTH_SECONDS / 60
/** A secret is kept a minute; a connection reads its key when it opens, a launch its kubeconfig. */
const VAULT_READS_PER_CLUSTER_DAY = 24

/** Dollars a month, by part. The model's own bill is not in it: AGENT_MAX_COST_USD bounds that for each incident. */
export function costs({ clusters, incidentsPerDay, model }: Load): Readonly<Record<string, number>> {
  const incidents = incidentsPerDay * MONTH_DAYS
  const containers = model ? 2 : 1
  const ready = SUPERVISORS * INSTANCE_GB * MONTH_SECONDS * (prices.readyBaseline + prices.readyRunning)
  const sweeps = SWEEPS * (INSTANCE_GB * prices.onDemand + prices.millionExecutions / 1e6)
  const acts = incidents * FUNCTION_SECONDS_PER_INCIDENT * INSTANCE_GB * prices.onDemand
  // Half a processor and one GB for each container.
  const agentSecond = 0.5 * prices.containerCpuSecond + prices.containerGbSecond
  const logGb = ((clusters * LOG_KB_PER_CLUSTER_DAY + incidentsPerDay * LOG_KB_PER_INCIDENT) * MONTH_DAYS) / 1e6
  const operations = (clusters * OPERATIONS_PER_CLUSTER * prices.millionTableOperations) / 1e6
  const reads = (clusters * VAULT_READS_PER_CLUSTER_DAY * MONTH_DAYS * prices.tenThousandVaultReads) / 1e4
  return {
    supervisors: ready,
    'other functions': sweeps + acts,
    agents: incidents * containers * AGENT_SECONDS * agentSecond,
    'agents’ network': (prices.natHour + prices.addressHour) * MONTH_HOURS,
    registry: prices.registryDay * MONTH_DAYS,
    'storage and vault': operations + reads,
    'logs, alerts, probe': logGb * prices.logGb + 5 * prices.alertRule + ((3 * MONTH_SECONDS) / 900) * prices.webTest,
  }
}

const loads: Readonly<Record<string, Load>> = {
  idle: { clusters: 0, incidentsPerDay: 0, model: false },
  '10 clusters': { clusters: 10, incidentsPerDay: 2, model: true },
  '100 clusters': { clusters: 100, incidentsPerDay: 20, model: true },
  '1,000 clusters': { clusters: 1_000, incidentsPerDay: 200, model: true },
}

export function costPage(): string {
  const columns = Object.entries(loads).map(([title, load]) => ({ title, load, parts: costs(load) }))
  const parts = Object.keys(columns[0]?.parts ?? {})
  const money = (amount: number) => (amount < 10 ? amount.toFixed(2) : amount.toFixed(0))
  const row = (title: string, cells: readonly string[]) => `| ${title} | ${cells.join(' | ')} |`
  const total = (each: Readonly<Record<string, number>>) => Object.values(each).reduce((sum, one) => sum + one, 0)
  const incident = (model: boolean) => {
    const load = (incidentsPerDay: number) => total(costs({ clusters: 0, incidentsPerDay, model }))
    return (((load(1) - load(0)) / MONTH_DAYS) * 100).toFixed(1)
  }
  return `# What it costs

US dollars a month at list prices of East US, computed by \`infra/cost-model.ts\` (\`npm run generate\` writes this page);
the prices stand at its top. Two supervisors of 512 MB that never sleep, ${AGENT_SECONDS} s for every agent, no free grants.

${row(
  '',
  columns.map(({ title }) => title),
)}
${row(
  '---',
  columns.map(() => '---:'),
)}
${row(
  'incidents a day',
  columns.map(({ load }) => String(load.incidentsPerDay)),
)}
${parts
  .map((part) =>
    row(
      part,
      columns.map((column) => money(column.parts[part] ?? 0)),
    ),
  )
  .join('\n')}
${row(
  '**together**',
  columns.map((column) => `**${money(total(column.parts))}**`),
)}

One more incident costs ${incident(false)} cents with rules alone and ${incident(true)} cents with a model, without the model's own bill, which
\`AGENT_MAX_COST_USD\` bounds.

What makes it cheaper: \`agentNetwork: 'none'\` (agents reach any address then), \`supervisors: 1\` (a gap of some minutes when
its instance is replaced), fewer alerts. A supervisor runs all the time, and an always-ready instance that runs costs
less than one on demand (${(prices.readyBaseline + prices.readyRunning).toFixed(6)} against ${prices.onDemand.toFixed(6)} a GB and second): leave \`supervisorInstances\` at 1.
`
}
