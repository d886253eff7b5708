import type { ClusterPermissions, KnownPermissions } from '../artifacts/permissions.ts'
import type { Cluster } from '../config/cluster.ts'
import type { Settings } from '../config/settings.ts'
import type { Mute } from '../incident/mute.ts'
import type { SendNotice } from '../incident/notices.ts'
import type { IncidentStore } from '../incident/store.ts'
import type { Blobs } from '../runtime/blobs.ts'
import type { Breakers } from '../runtime/breaker.ts'
import type { Clock } from '../runtime/clock.ts'
import type { ContainerGroups } from '../runtime/container-groups.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import type { Queue } from '../runtime/queue.ts'
import type { Table } from '../runtime/table.ts'

/** All that the stage needs; each act names the part that it uses. */
export type TriageDeps = {
  readonly store: IncidentStore
  readonly control: Table
  readonly permissions: Table
  /** By cluster: what this process has asked or read before, as good as the table's row while it is young. */
  readonly knownPermissions: Map<string, KnownPermissions>
  /** What supervisors write of the clusters they watch. */
  readonly clusterRows: Pick<Table, 'list'>
  readonly deadLetters: Pick<Blobs, 'write'>
  readonly bundles: Pick<Blobs, 'info'>
  readonly groups: ContainerGroups
  readonly results: Pick<Queue, 'send'>
  /** From the configuration in force; `undefined` when it has no such cluster. */
  readonly cluster: (name: string) => Promise<Cluster | undefined>
  /** All that the configuration in force has. */
  readonly clusters: () => Promise<readonly Cluster[]>
  /** Those in force now. */
  readonly mutes: () => Promise<readonly Mute[]>
  /** Resolves `keyvault:name` or `file:path`; GiveUp when there is no such secret. */
  readonly secret: (ref: string) => Promise<string>
  readonly checkPermissions: (cluster: Cluster, kubeconfig: string, signal: AbortSignal) => Promise<ClusterPermissions>
  /** A create-only link to a blob of container `bundles`. */
  readonly createLink: (bundle: string, expires: Date) => Promise<string>
  /** An add-only link to queue `results`. */
  readonly resultsLink: (expires: Date) => Promise<string>
  /** Where broker and agent meet: fixed inside a container group, free and random among local processes. */
  readonly brokerPort: () => Promise<number>
  /** 20 or more characters nobody can guess. */
  readonly newToken: () => string
  /** Puts it on queue `notices`; who hears of it is decided there. */
  readonly notify: SendNotice
  /** Container groups and models that fail again and again are left alone for a while. */
  readonly breakers: Pick<Breakers, 'ask' | 'succeeded' | 'failed' | 'state'>
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly settings: Pick<
    Settings,
    | 'AGENT_MODEL_PROVIDER'
    | 'AGENT_MODEL'
    | 'AGENT_MODEL_BASE_URL'
    | 'AGENT_MODEL_KEY'
    | 'AGENT_RUNNER'
    | 'AGENT_TIMEOUT'
    | 'ADDITIONAL_AGENT_PROMPT'
    | 'AGENT_MAX_COST_USD'
    | 'AGENT_MODEL_PRICE'
    | 'AGENT_MODEL_EFFORT'
    | 'AGENT_MODEL_CACHING'
    | 'AGENT_MAX_TURNS'
    | 'AGENT_MAX_TOKENS'
    | 'MAX_CONCURRENT_AGENTS'
    | 'MAX_CONCURRENT_AGENTS_PER_CLUSTER'
    | 'GLOBAL_QUEUE_SIZE'
    | 'INCIDENT_KEEP_DAYS'
    | 'CLUSTER_QUEUE_SIZE'
    | 'QUEUE_OVERFLOW_POLICY'
    | 'QUEUE_WAIT_LIMIT_SECONDS'
    | 'QUIET_PERIOD_SECONDS'
    | 'SEVERITY_THRESHOLD'
    | 'SAME_CAUSE_WAIT_SECONDS'
    | 'PERMISSIONS_MAX_AGE_SECONDS'
    | 'CLUSTER_UNREACHABLE_SECONDS'
    | 'NOTIFY_ON_AGENT_FAILURE'
  >
}
