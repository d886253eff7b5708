import { isWell, watchSteps } from '../artifacts/cluster-status.ts'
import type { Cluster } from '../config/cluster.ts'
import { IncidentState } from '../incident/incident.ts'
import { skipKinds } from '../incident/skipped.ts'
import { triageBreaker } from '../runtime/breaker-names.ts'
import type { Fields, Row } from '../runtime/table.ts'
import { agentMetrics } from './agent-metrics.ts'
import { living } from './alive.ts'
import { watchOf } from './cluster-health.ts'
import { placeMetrics, placesHealth } from './place-health.ts'
import { family, type Sample } from './prometheus.ts'

export type MetricsInput = {
  readonly clusters: readonly Cluster[]
  /** Of table `clusters`. */
  readonly rows: readonly Row[]
  /** Of table `incidents`; only the columns `status` and `skip` and the partition are read. */
  readonly incidents: readonly Row[]
  readonly agents: { readonly running: number; readonly limit: number; readonly launched: number }
  readonly deadLetters: number
  /** Roughly how many messages wait in each. */
  readonly queues: Readonly<Record<string, number>>
  /** Of table `control`, partitions `breakers`, `supervisors` and `totals`. */
  readonly breakers: readonly Row[]
  readonly supervisors: readonly Row[]
  readonly totals: readonly Row[]
  /** Of table `control`, partitions `places` and `notices-waiting`. */
  readonly places: readonly Row[]
  readonly waiting: readonly Row[]
}

/** `GET /api/metrics` in the Prometheus text format, version 0.0.4. */
export function metrics(input: MetricsInput, now: Date): string {
  const rows = new Map(input.rows.map((row) => [row.key, row]))
  const watches = input.clusters
    .filter(({ enabled }) => enabled)
    .map(({ name }) => ({ labels: { cluster: name }, watch: watchOf(rows.get(name), now) }))
  const each = (value: (watch: (typeof watches)[number]['watch']) => number): readonly Sample[] =>
    watches.map(({ labels, watch }) => ({ labels, value: value(watch) }))
  const breakers = (value: (fields: Fields) => number): readonly Sample[] =>
    input.breakers.map(({ key, fields }) => ({ labels: { name: key }, value: value(fields) }))
  const failuresOf = new Map(input.breakers.map(({ key, fields }) => [key, Number(fields.failures ?? 0)]))
  const up = (watch: (typeof watches)[number]['watch']) => isWell(watch.status)

  return [
    family(
      'nightcrier_cluster_up',
      'gauge',
      'Whether the cluster is being watched.',
      each((watch) => (up(watch) ? 1 : 0)),
    ),
    family(
      'nightcrier_cluster_uptime_seconds',
      'gauge',
      'Since when it has been watched without a break.',
      each((watch) =>
        up(watch) && watch.statusSince !== '' ? (now.getTime() - new Date(watch.statusSince).getTime()) / 1000 : 0,
      ),
    ),
    family(
      'nightcrier_cluster_step',
      'gauge',
      'The step of its watch: 3 subscribed, 2 unconfirmed, 1 polled, 0 not watched.',
      each((watch) => (watch.status === 'active' ? Math.max(0, steps.indexOf(watch.source)) : 0)),
    ),
    family(
      'nightcrier_cluster_events_total',
      'counter',
      'Faults heard of, by notices and by looks.',
      each((watch) => watch.eventCount),
    ),
    family(
      'nightcrier_cluster_errors_total',
      'counter',
      'Failed connections and calls.',
      each((watch) => watch.errorCount),
    ),
    family(
      'nightcrier_cluster_reconnects_total',
      'counter',
      'Times it was watched again after it was not.',
      each((watch) => watch.reconnectCount),
    ),
    family(
      'nightcrier_cluster_blind_seconds_total',
      'counter',
      'Time in which nobody was subscribed.',
      each((watch) => watch.blindMilliseconds / 1000),
    ),
    family(
      'nightcrier_cluster_triage_ready',
      'gauge',
      'Whether an agent could be sent there: its kubeconfig is there and may read what is needed.',
      input.clusters.flatMap(({ name, enabled, triage }) => {
        if (!enabled || !triage.enabled) return []
        return [{ labels: { cluster: name }, value: (failuresOf.get(triageBreaker(name)) ?? 0) === 0 ? 1 : 0 }]
      }),
    ),
    family(
      'nightcrier_incidents',
      'gauge',
      'Current incidents by cluster and state.',
      counted(input.incidents, 'state', stateOf),
    ),
    family(
      'nightcrier_incidents_skipped',
      'gauge',
      'Current incidents that got no agent, by why.',
      counted(input.incidents, 'reason', skipOf),
    ),
    family('nightcrier_agents_running', 'gauge', 'Agents that hold a slot.', [one(input.agents.running)]),
    family('nightcrier_agents_limit', 'gauge', 'MAX_CONCURRENT_AGENTS.', [one(input.agents.limit)]),
    family('nightcrier_agents_launched_total', 'counter', 'Attempts that got a slot.', [one(input.agents.launched)]),
    ...agentMetrics(input.totals),
    family(
      'nightcrier_queue_messages',
      'gauge',
      'Messages that wait or are worked on, roughly.',
      Object.entries(input.queues).map(([queue, value]) => ({ labels: { queue }, value })),
    ),
    family('nightcrier_supervisors_alive', 'gauge', 'Supervisors with a heartbeat.', [
      one(living(input.supervisors, now)),
    ]),
    family(
      'nightcrier_breaker_open',
      'gauge',
      'Whether it has failed too often in a row and is left alone for now (agents are only told of).',
      breakers((fields) => (fields.state === 'open' ? 1 : 0)),
    ),
    family(
      'nightcrier_breaker_failures',
      'gauge',
      'Failures in a row.',
      breakers(({ failures }) => Number(failures ?? 0)),
    ),
    family(
      'nightcrier_breaker_openings_total',
      'counter',
      'How often it was left alone.',
      breakers(({ openings }) => Number(openings ?? 0)),
    ),
    ...placeMetrics(placesHealth(input.places, input.waiting, now)),
    family('nightcrier_dead_letters', 'gauge', 'Messages and faults kept aside.', [one(input.deadLetters)]),
  ].join('')
}

const steps: readonly string[] = watchSteps.toReversed()
const one = (value: number): Sample => ({ labels: {}, value })

const stateOf = ({ status }: Fields) => IncidentState.safeParse(status).data
const skipOf = ({ skip }: Fields) => skipKinds.find((kind) => kind === skip)

/** Rows whose word another version wrote, or none, count as nothing. */
function counted(
  incidents: readonly Row[],
  label: string,
  wordOf: (fields: Fields) => string | undefined,
): readonly Sample[] {
  const counts = new Map<string, Sample>()
  for (const { partition, fields } of incidents) {
    const word = wordOf(fields)
    if (word === undefined) continue
    const key = `${partition} ${word}`
    const before = counts.get(key)?.value ?? 0
    counts.set(key, { labels: { cluster: partition, [label]: word }, value: before + 1 })
  }
  return [...counts.values()]
}
