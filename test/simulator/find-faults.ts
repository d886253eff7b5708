import { setTimeout as sleep } from 'node:timers/promises'
import type { DetectedFault } from '../../shared/faults/detect.ts'
import type { Fault } from '../../shared/faults/fault.ts'
import { connectCluster } from '../../shared/kubernetes/connect.ts'
import { startFaultWatch } from '../../shared/mcp-server/faults/fault-watch.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { systemRandom } from '../../shared/runtime/ids.ts'
import type { Scenario } from './scenario.ts'
import type { Simulator } from './simulator.ts'

export type Seen = {
  readonly faults: readonly Fault[]
  /** Kinds that the credential does not show, with the reason. */
  readonly notVisible: readonly string[]
}

/** Loopback lists take milliseconds; this is for a crowded machine. */
const READY_MS = 20_000
/** A picture with changes may play so long. */
const CHANGES_MS = 60_000
const times = { debounceMs: 25, beatMs: 1_000, resolveAfterMs: 1_000, retryMs: 200 }

/** Looks at a cluster as the MCP server does: lists, watches, detects, through all changes of the scenario. */
export async function findFaults(simulator: Simulator, cluster: string, scenario: Scenario): Promise<Seen> {
  const api = connectCluster(simulator.kubeconfig)
  const watch = startFaultWatch(cluster, api, { clock: systemClock, random: systemRandom, times })
  const told = new Map<string, DetectedFault>()
  watch.listen({
    onFault: (fault, resolved) => {
      if (!resolved) told.set(fault.faultId, fault)
    },
    onEvent: () => undefined,
    onDegraded: () => undefined,
  })
  try {
    await Promise.race([watch.ready, sleep(READY_MS, undefined, { ref: false })])
    if (scenario.changes.length > 0) {
      await Promise.race([simulator.startChanges(), sleep(CHANGES_MS, undefined, { ref: false })])
      await sleep(10 * times.debounceMs)
    }
    // What came and went is still an incident when nothing else is left to look at.
    const now = watch.current().length > 0 ? watch.current() : [...told.values()]
    const notVisible = watch.notVisible().map(({ kind, reason }) => `${kind}: ${reason}`)
    const { trigger } = scenario.expect ?? {}
    const chosen = trigger === undefined ? now : [triggered(cluster, trigger, now, scenario)]
    return { faults: chosen.map((fault) => asFault(cluster, fault)), notVisible }
  } finally {
    watch.stop()
    await api.close()
  }
}

type Named = { readonly kind: string; readonly namespace: string; readonly name: string }
const isAt = (ref: Omit<DetectedFault['resource'], 'uid'>, at: Named): boolean =>
  ref.kind === at.kind && (ref.namespace ?? '') === at.namespace && ref.name === at.name

/** The fault that was seen at the object, or of what it owns; else somebody's word that something is wrong there. */
function triggered(cluster: string, at: Named, seen: readonly DetectedFault[], scenario: Scenario): DetectedFault {
  const found = seen.find(({ resource }) => isAt(resource, at)) ?? seen.find(({ owner }) => isAt(owner, at))
  if (found !== undefined) return found
  const { kind, namespace, name } = at
  const written = scenario.objects.find((one) =>
    isAt({ ...one.metadata, apiVersion: one.apiVersion, kind: one.kind }, { kind, namespace, name }),
  )
  const resource = {
    apiVersion: written?.apiVersion ?? apiVersions[kind] ?? 'v1',
    kind,
    name,
    ...(namespace === '' ? {} : { namespace }),
  }
  return {
    cluster,
    faultId: `asked-${kind}-${namespace}-${name}`.toLowerCase().slice(0, 200),
    faultType: 'Reported',
    severity: 'warning',
    resource,
    owner: resource,
    context: `Somebody reports that ${kind} ${name} does not work as it should`,
    timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
    field: '',
    resourceLabels: {},
  }
}
const apiVersions: Readonly<Record<string, string>> = {
  Deployment: 'apps/v1',
  ReplicaSet: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Ingress: 'networking.k8s.io/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  HorizontalPodAutoscaler: 'autoscaling/v2',
  PodDisruptionBudget: 'policy/v1',
}

function asFault(cluster: string, fault: DetectedFault): Fault {
  const { field: _, resourceLabels: __, ...notice } = fault
  return { ...notice, cluster, labels: {}, receivedAt: new Date().toISOString(), source: 'reconcile' }
}
