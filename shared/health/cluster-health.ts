import {
  ClusterStatus,
  type ConnectionStatus,
  isWell,
  type Reason,
  reasonsOf,
  type WatchStep,
  watchSteps,
} from '../artifacts/cluster-status.ts'
import { ClusterPermissions } from '../artifacts/permissions.ts'
import type { Cluster } from '../config/cluster.ts'
import { readBreaker } from '../runtime/breaker.ts'
import { onlyReports, triageBreaker } from '../runtime/breaker-names.ts'
import { fromParts } from '../runtime/json-parts.ts'
import type { Row } from '../runtime/table.ts'
import { type PlaceHealth, placesHealth } from './place-health.ts'

/** One cluster as `GET /api/health/clusters` shows it; what is empty is left out. */
export type ClusterHealth = {
  readonly name: string
  readonly status: ConnectionStatus
  readonly last_event?: string
  readonly error?: string
  readonly retry_in?: string
  /** The last three failures, oldest first. */
  readonly failures?: readonly Reason[]
  readonly event_count: number
  /** Time in which nobody was subscribed, and its part of the time since the cluster is watched. */
  readonly blind_seconds: number
  readonly blind_ratio: number
  /** The step on which the watch stands, since when, and why not on a better one. */
  readonly source?: WatchStep
  readonly source_since?: string
  readonly note?: string
  /** A fault is found so much later at most, where the server does not send it, or nothing proves that it does. */
  readonly detection_delay_seconds?: number
  readonly triage_enabled: boolean
  readonly permissions?: ClusterPermissions
  /** Why no agent could be sent there now, or would see too little. */
  readonly triage_problem?: string
  readonly labels?: Readonly<Record<string, string>>
}
export type BreakerHealth = {
  readonly name: string
  readonly state: 'open' | 'closed'
  readonly failures: number
  readonly since: string
  readonly retry_in?: string
  readonly reasons: readonly Reason[]
}
export type HealthSummary = {
  readonly clusters: readonly ClusterHealth[]
  readonly summary: {
    readonly total: number
    readonly active: number
    readonly unhealthy: number
    /** Of the active ones: their faults are found by looks, or nothing proves that they are heard. */
    readonly polled?: number
    readonly unconfirmed?: number
    readonly triage_enabled: number
  }
  /** What fails again and again; while it is open it is left alone. */
  readonly breakers?: readonly BreakerHealth[]
  /** Places that notices go to. */
  readonly places?: readonly PlaceHealth[]
  /** What is wrong with the configuration in force, if anything. */
  readonly config_errors?: readonly string[]
}

/** What the answer is made of: the clusters in force, and the rows of tables `clusters` and `permissions`. */
export type HealthInput = {
  readonly clusters: readonly Cluster[]
  readonly rows: readonly Row[]
  readonly permissions: readonly Row[]
  /** Of table `control`, partition `breakers`. */
  readonly breakers?: readonly Row[]
  /** Of table `control`, partitions `places` and `notices-waiting`. */
  readonly places?: readonly Row[]
  readonly waiting?: readonly Row[]
  readonly configErrors?: readonly string[]
}

/** What the board shows of a cluster: the same, and what its watch has been through. */
export type BoardCluster = ClusterHealth & { readonly environment: string; readonly watch: ClusterStatus }

export function boardOf(input: HealthInput, now: Date): readonly BoardCluster[] {
  const rows = new Map(input.rows.map((row) => [row.key, row]))
  const environments = new Map(input.clusters.map(({ name, environment }) => [name, environment]))
  return clusterHealth(input, now).clusters.map((health) => ({
    ...health,
    environment: environments.get(health.name) ?? '',
    watch: watchOf(rows.get(health.name), now),
  }))
}

/** A cluster that is neither `active` at this moment nor visited in time counts as unhealthy. */
export function clusterHealth(input: HealthInput, now: Date): HealthSummary {
  const rows = new Map(input.rows.map((row) => [row.key, row]))
  const permissions = new Map(input.permissions.map((row) => [row.key, row]))
  const troubles = new Map((input.breakers ?? []).map((row) => [row.key, row]))
  const clusters = input.clusters
    .filter(({ enabled }) => enabled)
    .map((cluster) =>
      healthOf(
        cluster,
        watchOf(rows.get(cluster.name), now),
        {
          permissions: permissionsOf(permissions.get(cluster.name)),
          problem: problemOf(troubles.get(triageBreaker(cluster.name))),
        },
        now,
      ),
    )
  const active = clusters.filter(({ status }) => status === 'active').length
  const errors = input.configErrors ?? []
  const places = placesHealth(input.places ?? [], input.waiting ?? [], now)
  const failing = (input.breakers ?? []).map((row) => breakerOf(row, now)).filter(({ failures }) => failures > 0)
  return {
    clusters,
    summary: {
      total: clusters.length,
      active,
      unhealthy: clusters.filter(({ status }) => !isWell(status)).length,
      ...counted(clusters, 'polled'),
      ...counted(clusters, 'unconfirmed'),
      triage_enabled: clusters.filter(({ triage_enabled }) => triage_enabled).length,
    },
    ...(failing.length === 0 ? {} : { breakers: failing }),
    ...(places.length === 0 ? {} : { places }),
    ...(errors.length === 0 ? {} : { config_errors: errors }),
  }
}

/** Left out where there are none. */
function counted(clusters: readonly ClusterHealth[], step: 'polled' | 'unconfirmed') {
  const count = clusters.filter(({ source }) => source === step).length
  return count === 0 ? {} : { [step]: count }
}

const SHOWN = 3

function breakerOf(row: Row, now: Date): BreakerHealth {
  const { name, state, failures, since, retryAt, reasons } = readBreaker(row)
  return {
    name,
    state,
    failures,
    since,
    ...(onlyReports(name) ? {} : retryIn(retryAt, now)),
    reasons: reasons.slice(-SHOWN),
  }
}

function retryIn(at: string, now: Date): { readonly retry_in?: string } {
  const wait = at === '' ? 0 : new Date(at).getTime() - now.getTime()
  return wait > 0 ? { retry_in: `${Math.ceil(wait / 1000)}s` } : {}
}

function healthOf(
  cluster: Cluster,
  watch: ClusterStatus,
  { permissions, problem }: { readonly permissions: ClusterPermissions | undefined; readonly problem: string },
  now: Date,
): ClusterHealth {
  const failures = reasonsOf(watch.reasons).slice(-SHOWN)
  return {
    name: cluster.name,
    status: watch.status,
    ...(watch.lastEvent === '' ? {} : { last_event: watch.lastEvent }),
    ...(watch.error === '' ? {} : { error: watch.error }),
    ...retryIn(watch.retryAt, now),
    ...(failures.length === 0 ? {} : { failures }),
    event_count: watch.eventCount,
    ...blindness(watch, now),
    ...stepOf(watch),
    triage_enabled: cluster.triage.enabled,
    ...(permissions === undefined ? {} : { permissions }),
    ...(problem === '' ? {} : { triage_problem: problem }),
    ...(Object.keys(cluster.labels).length === 0 ? {} : { labels: cluster.labels }),
  }
}

/** '' when nothing is wrong, or nobody has looked. */
function problemOf(row: Row | undefined): string {
  if (row === undefined) return ''
  const { failures, reasons } = readBreaker(row)
  return failures === 0 ? '' : (reasons.at(-1)?.text ?? '')
}

function stepOf({ status, source, sourceSince, note, delaySeconds, patrolSeconds }: ClusterStatus) {
  if (status === 'patrol') return { detection_delay_seconds: patrolSeconds }
  const step = watchSteps.find((one) => one === source)
  if (step === undefined) return {}
  // Who wrote it is gone, or was never there: nothing is known of now.
  const now = isWell(status) ? step : 'unreachable'
  return {
    source: now,
    ...(now === source && sourceSince !== '' ? { source_since: sourceSince } : {}),
    ...(now === 'unreachable' || note === '' ? {} : { note }),
    ...(now === 'unreachable' || delaySeconds === 0 ? {} : { detection_delay_seconds: delaySeconds }),
  }
}

function blindness({ blindMilliseconds, watchedSince }: ClusterStatus, now: Date) {
  const watched = now.getTime() - Date.parse(watchedSince)
  const ratio = watched > 0 ? Math.min(1, blindMilliseconds / watched) : 0
  return { blind_seconds: Math.round(blindMilliseconds / 1000), blind_ratio: Number(ratio.toFixed(6)) }
}

/** The writer's clock may be off; a watch that is really lost shows this much later. */
const CLOCK_TOLERANCE = 60_000

/**
 * The status a row tells of, unless the lease on it is over: then whoever wrote `active` is gone, and says nothing about
 * now. Blind time that still goes on is part of the sum here.
 */
export function watchOf(row: Row | undefined, now: Date): ClusterStatus {
  const parsed = ClusterStatus.safeParse(row?.fields ?? {})
  if (!parsed.success) return ClusterStatus.parse({ error: 'The row of this cluster cannot be read' })
  const { until, status, error, blindMilliseconds } = parsed.data
  const over = typeof until === 'string' && until !== '' && now.getTime() - Date.parse(until) > CLOCK_TOLERANCE
  const gone = (over && status === 'active') || isOverdue(parsed.data, now)
  const since = Date.parse(parsed.data.blindSince || (gone ? String(until) : ''))
  const ongoing = Number.isNaN(since) ? 0 : Math.max(0, now.getTime() - since)
  const watch = { ...parsed.data, blindMilliseconds: blindMilliseconds + ongoing }
  if (!gone) return watch
  return { ...watch, status: 'disconnected', error: error || 'No supervisor watches this cluster at the moment' }
}

/** One visit may be missed. */
export function isOverdue({ status, visitedAt, patrolSeconds }: ClusterStatus, now: Date): boolean {
  return status === 'patrol' && now.getTime() - Date.parse(visitedAt) > 2 * patrolSeconds * 1000 + CLOCK_TOLERANCE
}

function permissionsOf(row: Row | undefined): ClusterPermissions | undefined {
  if (row === undefined) return undefined
  try {
    return ClusterPermissions.parse(fromParts(row.fields))
  } catch {
    return undefined
  }
}
