import { isHeard } from '../artifacts/cluster-status.ts'
import type { Cluster } from '../config/cluster.ts'
import { IncidentState } from '../incident/incident.ts'
import type { Row } from '../runtime/table.ts'
import { watchOf } from './cluster-health.ts'

export type MetricsInput = {
  readonly clusters: readonly Cluster[]
  /** Of table `clusters`. */
  readonly rows: readonly Row[]
  /** Of table `incidents`; only the columns `status` and the partition are read. */
  readonly incidents: readonly Row[]
  readonly agents: { readonly running: number; readonly limit: number }
  readonly deadLetters: number
  /** Of table `control`, partition `breakers`. */
  readonly breakers?: readonly Row[]
}

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number }

/** `GET /api/metrics` in the Prometheus text format, version 0.0.4. */
export function metrics(input: MetricsInput, now: Date): string {
  const rows = new Map(input.rows.map((row) => [row.key, row]))
  const watches = input.clusters
    .filter(({ enabled }) => enabled)
    .map(({ name }) => ({ labels: { cluster: name }, watch: watchOf(rows.get(name), now) }))
  const each = (value: (watch: (typeof watches)[number]['watch']) => number): readonly Sample[] =>
    watches.map(({ labels, watch }) => ({ labels, value: value(watch) }))
  const up = (watch: (typeof watches)[number]['watch']) => isHeard(watch.status)

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
      'nightcrier_cluster_events_total',
      'counter',
      'Fault notices received.',
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
      'Connections after the first.',
      each((watch) => watch.reconnectCount),
    ),
    family(
      'nightcrier_cluster_blind_seconds_total',
      'counter',
      'Time in which nobody was subscribed.',
      each((watch) => watch.blindMilliseconds / 1000),
    ),
    family('nightcrier_incidents', 'gauge', 'Current incidents by cluster and state.', byState(input.incidents)),
    family('nightcrier_agents_running', 'gauge', 'Agents that hold a slot.', [one(input.agents.running)]),
    family('nightcrier_agents_limit', 'gauge', 'MAX_CONCURRENT_AGENTS.', [one(input.agents.limit)]),
    family(
      'nightcrier_breaker_open',
      'gauge',
      'Whether it has failed too often in a row and is left alone for now.',
      (input.breakers ?? []).map(({ key, fields }) => ({
        labels: { name: key },
        value: fields.state === 'open' ? 1 : 0,
      })),
    ),
    family('nightcrier_dead_letters', 'gauge', 'Messages and faults kept aside.', [one(input.deadLetters)]),
  ].join('')
}

const one = (value: number): Sample => ({ labels: {}, value })

function byState(incidents: readonly Row[]): readonly Sample[] {
  const counts = new Map<string, Sample>()
  for (const { partition, fields } of incidents) {
    const state = IncidentState.safeParse(fields.status)
    if (!state.success) continue
    const key = `${partition} ${state.data}`
    const before = counts.get(key)?.value ?? 0
    counts.set(key, { labels: { cluster: partition, state: state.data }, value: before + 1 })
  }
  return [...counts.values()]
}

function family(name: string, type: 'gauge' | 'counter', help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`)
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
