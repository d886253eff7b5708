import type { ClusterPermissions } from '../../../shared/artifacts/permissions.ts'
import { Cluster } from '../../../shared/config/cluster.ts'
import { type Fault, Fault as FaultSchema } from '../../../shared/faults/fault.ts'
import type { Mute } from '../../../shared/incident/mute.ts'
import type { NoticeMessage } from '../../../shared/incident/notices.ts'
import { incidentStore } from '../../../shared/incident/store.ts'
import { type BreakerChange, breakers } from '../../../shared/runtime/breaker.ts'
import { GiveUp } from '../../../shared/runtime/errors.ts'
import type { TriageDeps } from '../../../shared/triage/deps.ts'
import { agentSlots } from '../../../shared/triage/slots.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryContainerGroups } from '../../fakes/memory-container-groups.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { memoryTable } from '../../fakes/memory-table.ts'

export const start = new Date('2026-01-12T09:41:00.000Z')

/** Time stands still until it is moved on; short waits (between tries) pass at once, long ones (patience) with it. */
function handClock() {
  let now = start.getTime()
  const waiting = new Set<{ readonly until: number; readonly done: () => void }>()
  return {
    now: () => new Date(now),
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      milliseconds < 1_000
        ? new Promise<void>((resolve) => setImmediate(resolve))
        : new Promise<void>((done) => {
            waiting.add({ until: now + milliseconds, done })
            signal?.addEventListener('abort', () => done(), { once: true })
          }),
    pass: (seconds: number) => {
      now += seconds * 1000
      for (const one of waiting) if (one.until <= now) one.done()
    },
  }
}

export const cluster = (name: string, triage: Partial<Cluster['triage']> = {}, rest: Record<string, unknown> = {}) =>
  Cluster.parse({
    name,
    environment: 'production',
    labels: { region: 'us-east' },
    mcp: { endpoint: `https://mcp.${name}.example/mcp` },
    triage: { kubeconfig: `keyvault:kubeconfig-${name}`, ...triage },
    ...rest,
  })

export function fault(changes: Record<string, unknown> = {}): Fault {
  return FaultSchema.parse({
    faultId: '9d55a47c4d78b8f4',
    cluster: 'east',
    faultType: 'CrashLoop',
    severity: 'critical',
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m', uid: 'u1' },
    context: 'Container entered CrashLoopBackOff state',
    timestamp: '2026-01-12T09:40:58Z',
    receivedAt: '2026-01-12T09:40:59.000Z',
    source: 'notification',
    ...changes,
  })
}
export const podFault = (name: string, changes: Record<string, unknown> = {}) =>
  fault({
    faultId: `fault-${name}`,
    resource: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: `${name}-6bf586c785-chf5m` },
    ...changes,
  })
export const message = (...faults: readonly unknown[]) => ({ version: 1, type: 'faults', faults })

export const permissions = (name: string, changes: Partial<ClusterPermissions> = {}): ClusterPermissions => ({
  cluster_name: name,
  validated_at: start.toISOString(),
  can_get_pods: true,
  can_get_logs: true,
  can_get_events: true,
  can_get_deployments: true,
  can_get_services: true,
  can_get_nodes: true,
  secrets_access_allowed: false,
  can_get_secrets: false,
  can_get_configmaps: true,
  minimum_permissions_met: true,
  helm_access_available: false,
  write_verbs: [],
  warnings: [],
  raw_output: '',
  ...changes,
})

const defaults: TriageDeps['settings'] = {
  AGENT_MODEL_PROVIDER: 'none',
  AGENT_MODEL: '',
  AGENT_MODEL_BASE_URL: undefined,
  AGENT_MODEL_KEY: '',
  AGENT_MODEL_EFFORT: 'vendor',
  AGENT_MODEL_CACHING: true,
  AGENT_RUNNER: 'builtin',
  AGENT_TIMEOUT: 300,
  ADDITIONAL_AGENT_PROMPT: '',
  AGENT_MAX_COST_USD: 0.5,
  AGENT_MAX_TURNS: 20,
  AGENT_MAX_TOKENS: 200_000,
  MAX_CONCURRENT_AGENTS: 5,
  MAX_CONCURRENT_AGENTS_PER_CLUSTER: 1,
  INCIDENT_KEEP_DAYS: 210,
  GLOBAL_QUEUE_SIZE: 100,
  CLUSTER_QUEUE_SIZE: 10,
  QUEUE_OVERFLOW_POLICY: 'drop',
  QUEUE_WAIT_LIMIT_SECONDS: 3_600,
  QUIET_PERIOD_SECONDS: 600,
  SEVERITY_THRESHOLD: 'warning',
  SAME_CAUSE_WAIT_SECONDS: 0,
  PERMISSIONS_MAX_AGE_SECONDS: 3_600,
  CLUSTER_UNREACHABLE_SECONDS: 300,
  NOTIFY_ON_AGENT_FAILURE: true,
}

export type Change = {
  readonly settings?: Partial<TriageDeps['settings']>
  readonly clusters?: readonly Cluster[]
  readonly checkPermissions?: TriageDeps['checkPermissions']
}

/** The triage stage in a world of memory. `deps` may be replaced one by one. */
export function world({ settings = {}, clusters = [cluster('east'), cluster('west')], checkPermissions }: Change = {}) {
  const clock = handClock()
  const incidents = memoryTable()
  const history = memoryTable()
  const control = memoryTable()
  const permissionRows = memoryTable()
  const clusterRows = memoryTable()
  const groups = memoryContainerGroups()
  const results = memoryQueue(clock)
  const bundles = memoryBlobs(clock)
  const deadLetters = memoryBlobs(clock)
  const notices: NoticeMessage[] = []
  const lines: string[] = []
  const mutes: Mute[] = []
  const secrets = new Map([
    ['keyvault:kubeconfig-east', 'kubeconfig of east'],
    ['keyvault:kubeconfig-west', 'kubeconfig of west'],
    ['keyvault:kubeconfig-north', 'kubeconfig of north'],
  ])
  const known = new Map(clusters.map((one) => [one.name, one]))
  const line = (_fields: unknown, text?: string) => void lines.push(text ?? '')
  let seed = 1
  let tokens = 0

  const random = () => {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647
  }
  const log = { debug: line, info: line, warn: line, error: line }
  const changes: BreakerChange[] = []

  const deps: TriageDeps = {
    store: incidentStore({ incidents, history }),
    control,
    permissions: permissionRows,
    knownPermissions: new Map(),
    clusterRows,
    deadLetters,
    bundles,
    groups,
    results,
    cluster: async (name) => known.get(name),
    clusters: async () => [...known.values()],
    mutes: async () => mutes.filter(({ until }) => until > clock.now().toISOString()),
    secret: async (ref) => {
      const value = secrets.get(ref)
      if (value === undefined) throw new GiveUp(`There is no secret ${ref}: create it in the vault.`)
      return value
    },
    checkPermissions: checkPermissions ?? (async ({ name }) => permissions(name)),
    createLink: bundles.createLink,
    resultsLink: async (expires) => `https://queue.invalid/results?se=${expires.getTime()}`,
    brokerPort: async () => 8700,
    newToken: () => `token-${++tokens}-`.padEnd(24, 'x'),
    notify: async (notice) => void notices.push(notice),
    clock,
    breakers: breakers({
      ...{ control, clock, random, log, threshold: 3, openMs: 60_000, longestMs: 900_000 },
      onChange: async (change) => void changes.push(change),
    }),
    random,
    log,
    settings: { ...defaults, ...settings },
  }
  return {
    deps,
    /** What the breakers would have told. */
    changes,
    clock,
    incidents,
    history,
    control,
    permissionRows,
    clusterRows,
    groups,
    results,
    bundles,
    deadLetters,
    notices,
    lines,
    secrets,
    known,
    mutes,
    all: async () => (await deps.store.list({}, 1_000)).items.map(({ incident }) => incident),
    only: async () => {
      const { items } = await deps.store.list({}, 1_000)
      if (items.length !== 1) throw new Error(`${items.length} incidents, not one`)
      return items[0]!.incident
    },
    slots: () => agentSlots(deps).holders(),
    sent: () => results.messages.map(({ body }) => JSON.parse(body)),
  }
}
export type World = ReturnType<typeof world>

class Crash extends Error {
  override readonly name = 'Crash'
}

/**
 * The same surroundings for a process that dies at its n-th call to the outside: before that call has an effect, or
 * after it had, with the answer lost. Nothing it does afterwards comes through either.
 */
export function mortal({ deps, incidents, history }: World, at: number, when: 'before' | 'after') {
  let calls = 0
  const guard =
    <A extends unknown[], R>(act: (...input: A) => Promise<R>) =>
    async (...input: A): Promise<R> => {
      calls += 1
      if (calls > at || (calls === at && when === 'before')) throw new Crash(`died at call ${at}`)
      const result = await act(...input)
      if (calls >= at) throw new Crash(`died after call ${at}`)
      return result
    }
  const all = <T extends object>(record: T): T =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [name, typeof value === 'function' ? guard(value) : value]),
    ) as T
  const tables = { incidents: all(incidents), history: all(history) }
  const dying: TriageDeps = {
    ...deps,
    store: incidentStore(tables),
    control: all(deps.control),
    permissions: all(deps.permissions),
    knownPermissions: new Map(),
    clusterRows: all({ list: deps.clusterRows.list }),
    deadLetters: all(deps.deadLetters),
    bundles: all(deps.bundles),
    groups: all(deps.groups),
    results: all({ send: deps.results.send }),
    cluster: guard(deps.cluster),
    clusters: guard(deps.clusters),
    mutes: guard(deps.mutes),
    secret: guard(deps.secret),
    checkPermissions: guard(deps.checkPermissions),
    createLink: guard(deps.createLink),
    resultsLink: guard(deps.resultsLink),
    brokerPort: guard(deps.brokerPort),
    notify: guard(deps.notify),
  }
  return { dying, died: () => calls >= at }
}
