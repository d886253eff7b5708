import { onTestFinished } from 'vitest'
import { Cluster } from '../../../shared/config/cluster.ts'
import { detectFaults } from '../../../shared/faults/detect.ts'
import { Fault } from '../../../shared/faults/fault.ts'
import { TriageMessage } from '../../../shared/incident/messages.ts'
import { type ClusterRow, readClusterRow } from '../../../shared/lease/cluster-row.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { randomId } from '../../../shared/runtime/ids.ts'
import { createLog } from '../../../shared/runtime/log.ts'
import { runSupervisor, type SupervisorDeps, type WindowSummary } from '../../../shared/subscription/supervisor.ts'
import { type FaultServer, startFaultServer } from '../../fakes/fault-server.ts'
import { memoryBlobs } from '../../fakes/memory-blobs.ts'
import { memoryQueue } from '../../fakes/memory-queue.ts'
import { memoryTable } from '../../fakes/memory-table.ts'
import { ownDoor } from '../../fakes/own-door.ts'

/** A hundredth of the real times, so that a test of waiting does not wait. */
export const fast = {
  SUPERVISORS: 2,
  SUPERVISOR_WINDOW_SECONDS: 60,
  LEASE_SECONDS: 0.6,
  PATROL_SECONDS: 0,
  RECONCILE_SECONDS: 300,
  MCP_CALL_TIMEOUT_SECONDS: 0.4,
  RECONNECT_INITIAL_SECONDS: 0.02,
  RECONNECT_MAX_SECONDS: 0.2,
}

export type House = {
  readonly server: FaultServer
  readonly deps: SupervisorDeps
  /** Starts a supervisor; ends with the test at the latest. */
  readonly supervise: (name?: string, changes?: Partial<SupervisorDeps>) => Running
  readonly configure: (clusters: readonly unknown[], problem?: string) => void
  readonly row: (name: string) => ClusterRow
  /** Of all messages so far, in order. */
  readonly faults: () => readonly Fault[]
  readonly messages: () => readonly TriageMessage[]
  readonly letters: () => Promise<readonly string[]>
  readonly logged: readonly string[]
  readonly clusterTable: ReturnType<typeof memoryTable>
}
export type Running = { readonly done: Promise<WindowSummary>; readonly stop: () => Promise<WindowSummary> }

/** A supervisor with real parts: loopback HTTP, tables, queue and blobs in memory. */
export async function house(names: readonly string[] = ['east']): Promise<House> {
  const server = await startFaultServer()
  const clusterTable = memoryTable()
  const queue = memoryQueue()
  const deadLetters = memoryBlobs()
  const logged: string[] = []
  const cluster = (name: string) => ({ name, labels: { region: name }, mcp: { endpoint: server.endpoint(name) } })
  let current: { clusters: readonly Cluster[]; problem?: string } = {
    clusters: names.map((name) => Cluster.parse(cluster(name))),
  }
  const deps: SupervisorDeps = {
    clock: systemClock,
    random: () => 0.5,
    newId: randomId,
    log: createLog('info', (_, line) => logged.push(line)),
    settings: fast,
    tables: { clusters: clusterTable, control: memoryTable() },
    queue,
    deadLetters,
    clusters: { current: async () => current },
    resolveApiKey: async ({ mcp }) => mcp.api_key,
    detect: detectFaults,
    door: ownDoor,
    times: { pingMs: 60, checkMs: 100, climbMs: 150 },
  }
  const running: Running[] = []
  onTestFinished(async () => {
    await Promise.all(running.map(({ stop }) => stop()))
    await server.stop()
  })
  const messages = () => queue.messages.map(({ body }) => TriageMessage.parse(JSON.parse(body)))
  return {
    server,
    deps,
    supervise: (name = 'supervisor-1', changes = {}) => {
      const ending = new AbortController()
      const done = runSupervisor({ ...deps, ...changes })(name, ending.signal)
      const one = {
        done,
        stop: () => {
          ending.abort()
          return done
        },
      }
      running.push(one)
      return one
    },
    configure: (clusters, problem) => {
      current = { clusters: clusters.map((one) => Cluster.parse(one)), ...(problem === undefined ? {} : { problem }) }
    },
    row: (name) => {
      const row = clusterTable.rows().find(({ key }) => key === name)
      if (row === undefined) throw new Error(`there is no row of ${name}`)
      return readClusterRow(row)
    },
    messages,
    faults: () =>
      messages().flatMap((message) => (message.type === 'faults' ? message.faults.map((one) => Fault.parse(one)) : [])),
    letters: async () =>
      Promise.all(deadLetters.names().map(async (name) => (await deadLetters.read(name, 10_000_000))!.text)),
    logged,
    clusterTable,
  }
}

/** Waits until it holds, and says what did not within 5 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>, ms = 15_000): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    try {
      if (await holds()) return
    } catch {
      // Not there yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`not within ${ms} ms: ${what}`)
}

let made = 0
/** A fault as the known server sends it. */
export function aFault(changes: Readonly<Record<string, unknown>> = {}) {
  made += 1
  const name = `web-${String(made).padStart(4, '0')}`
  return {
    faultId: `f${made}`.padStart(16, '0'),
    faultType: 'CrashLoop',
    severity: 'critical',
    resource: { apiVersion: 'v1', kind: 'Pod', name, namespace: 'shop', uid: `uid-${made}` },
    context: 'Container entered CrashLoopBackOff state, restart count: 4',
    timestamp: new Date().toISOString(),
    ...changes,
  }
}

export function crashingPod(name: string, namespace = 'shop') {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `uid-${name}`, creationTimestamp: '2025-12-20T14:00:00Z' },
    spec: { containers: [{ name: 'web', image: 'shop/web:1' }] },
    status: {
      phase: 'Running',
      containerStatuses: [
        {
          name: 'web',
          ready: false,
          restartCount: 4,
          image: 'shop/web:1',
          imageID: '',
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error' } },
        },
      ],
    },
  }
}
export const namespaceObject = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
