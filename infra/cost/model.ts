import { prices } from './prices.ts'

/** How clusters are watched: without a break by two supervisors, or by one that visits them so often. */
export type Duty = { readonly patrolSeconds: number }
export type Load = {
  readonly clusters: number
  readonly incidentsPerDay: number
  readonly model: boolean
} & Duty

const MONTH_DAYS = 30
const MONTH_SECONDS = MONTH_DAYS * 86_400
const MONTH_HOURS = MONTH_DAYS * 24
const INSTANCE_GB = 0.5
const SUPERVISORS = 2
/** What the platform bills for one execution at least. */
const LEAST_SECONDS = 1
/** Of an instance of 512 MB; documented as growing with memory, not measured. */
const PROCESSOR_SHARE = 0.25
/** Processor of one visit over HTTP by `test/bench/patrol-run.ts`, and of the two handshakes that HTTPS adds. */
const VISIT_CPU_SECONDS = 0.005 + 0.003
/** Of one run of a patrol, beside its visits. */
const PATROL_OPERATIONS = 10
/** A lease taken, and what the look found; all else goes in batches. By `test/bench/patrol-run.ts`. */
const VISIT_OPERATIONS = 2
/** By `npm run bench -- --simulate`: renewals, looks and handed-over clusters of a whole window; at most one a minute. */
const WATCH_OPERATIONS_PER_MINUTE = 1
/** Sweep runs every 30 s and is billed one second at least. */
const SWEEPS = MONTH_SECONDS / 30
/** Triage, report and notice together, on instances that stay a while. */
const FUNCTION_SECONDS_PER_INCIDENT = 15
/** AGENT_TIMEOUT, so the most that an agent may take. */
const AGENT_SECONDS = 300
/** One log line of a window, its reconnects and its incidents; a kilobyte each with what the platform adds. */
const LOG_KB_PER_CLUSTER_DAY = 200
const LOG_KB_PER_INCIDENT = 60
/** A secret is kept a minute; a connection reads its key when it opens, a launch its kubeconfig. */
const VAULT_READS_PER_CLUSTER_DAY = 24

export const agentSeconds = AGENT_SECONDS

/** How long one patrol takes, on an instance of 512 MB. */
export const patrolRunSeconds = (clusters: number): number =>
  Math.max(LEAST_SECONDS, (clusters * VISIT_CPU_SECONDS) / PROCESSOR_SHARE)

/** Seconds from the beginning of a fault that lasts to its message, at most; 1 where it is heard. */
export const detectionSeconds = ({ clusters, patrolSeconds }: Pick<Load, 'clusters' | 'patrolSeconds'>): number =>
  patrolSeconds === 0 ? 1 : Math.max(patrolSeconds, patrolRunSeconds(clusters)) + patrolRunSeconds(clusters)

type Watching = {
  readonly gbSeconds: number
  readonly readyGbSeconds: number
  readonly executions: number
  readonly operations: number
}

/** What supervisors use in a month. Each is an instance kept ready, whether it runs or waits. */
export function watching({ clusters, patrolSeconds }: Pick<Load, 'clusters' | 'patrolSeconds'>): Watching {
  if (patrolSeconds === 0) {
    const gbSeconds = SUPERVISORS * INSTANCE_GB * MONTH_SECONDS
    const operations = (clusters * WATCH_OPERATIONS_PER_MINUTE * MONTH_SECONDS) / 60
    return { gbSeconds, readyGbSeconds: gbSeconds, executions: 0, operations }
  }
  const seconds = patrolRunSeconds(clusters)
  const executions = MONTH_SECONDS / Math.max(patrolSeconds, seconds)
  return {
    gbSeconds: executions * seconds * INSTANCE_GB,
    readyGbSeconds: INSTANCE_GB * MONTH_SECONDS,
    executions,
    operations: executions * (PATROL_OPERATIONS + clusters * VISIT_OPERATIONS),
  }
}

/** Dollars a month, by part. The model's own bill is not in it: AGENT_MAX_COST_USD bounds that for each incident. */
export function costs(load: Load): Readonly<Record<string, number>> {
  const { clusters, incidentsPerDay, model } = load
  const incidents = incidentsPerDay * MONTH_DAYS
  const containers = model ? 2 : 1
  const { gbSeconds, readyGbSeconds, executions, operations } = watching(load)
  const execution = prices.millionExecutions.usd / 1e6
  const sweeps = SWEEPS * (INSTANCE_GB * prices.onDemand.usd + execution)
  const acts = incidents * FUNCTION_SECONDS_PER_INCIDENT * INSTANCE_GB * prices.onDemand.usd
  // Half a processor and one GB for each container.
  const agentSecond = 0.5 * prices.containerCpuSecond.usd + prices.containerGbSecond.usd
  const logGb = ((clusters * LOG_KB_PER_CLUSTER_DAY + incidentsPerDay * LOG_KB_PER_INCIDENT) * MONTH_DAYS) / 1e6
  const reads = (clusters * VAULT_READS_PER_CLUSTER_DAY * MONTH_DAYS * prices.tenThousandVaultReads.usd) / 1e4
  return {
    supervisors:
      readyGbSeconds * prices.readyBaseline.usd + gbSeconds * prices.readyRunning.usd + executions * execution,
    'other functions': sweeps + acts,
    agents: incidents * containers * AGENT_SECONDS * agentSecond,
    'agents’ network': (prices.natHour.usd + prices.addressHour.usd) * MONTH_HOURS,
    registry: prices.registryDay.usd * MONTH_DAYS,
    'storage and vault': (operations * prices.millionStorageOperations.usd) / 1e6 + reads,
    'logs, alerts, probe':
      logGb * prices.logGb.usd + 5 * prices.alertRule.usd + ((3 * MONTH_SECONDS) / 900) * prices.webTest.usd,
  }
}

export const sum = (parts: Readonly<Record<string, number>>): number =>
  Object.values(parts).reduce((all, one) => all + one, 0)

/** Cents that one more incident costs. */
export function centsPerIncident(model: boolean): number {
  const load = (incidentsPerDay: number) => sum(costs({ clusters: 0, incidentsPerDay, model, patrolSeconds: 0 }))
  return ((load(1) - load(0)) / MONTH_DAYS) * 100
}
