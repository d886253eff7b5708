import { setTimeout as sleep } from 'node:timers/promises'
import type { DetectedFault } from '../../shared/faults/detect.ts'
import type { Fault } from '../../shared/faults/fault.ts'
import type { ClusterApi } from '../../shared/kubernetes/cluster-api.ts'
import { startFaultWatch } from '../../shared/mcp-server/faults/fault-watch.ts'
import { systemClock } from '../../shared/runtime/clock.ts'
import { systemRandom } from '../../shared/runtime/ids.ts'
import { faultForAsk } from '../../shared/triage/ask.ts'
import type { Scenario } from './scenario.ts'

export type Seen = {
  readonly faults: readonly Fault[]
  /** The watch saw the fault by itself: at what is asked about, or anywhere when nothing is. */
  readonly heard: boolean
  /** Kinds that the credential does not show, with the reason. */
  readonly notVisible: readonly string[]
}
/** A cluster that may change while it is watched. */
export type Watched = { readonly api: ClusterApi; readonly startChanges: () => Promise<void> }

/** Loopback lists take milliseconds; this is for a crowded machine. */
const READY_MS = 20_000
/** A snapshot with changes may play so long. */
const CHANGES_MS = 60_000
const times = { debounceMs: 25, beatMs: 1_000, resolveAfterMs: 1_000, retryMs: 200 }

/**
 * Looks at a cluster as the MCP server does: lists, watches, detects, through all changes of the scenario. Where the
 * scenario names what to ask about and the watch saw nothing there, it is asked as people and alerts ask.
 */
export async function findFaults({ api, startChanges }: Watched, cluster: string, scenario: Scenario): Promise<Seen> {
  const watch = startFaultWatch(cluster, api, { clock: systemClock, random: systemRandom, times })
  const notified = new Map<string, DetectedFault>()
  watch.listen({
    onFault: (fault, resolved) => {
      if (!resolved) notified.set(fault.faultId, fault)
    },
    onEvent: () => undefined,
    onDegraded: () => undefined,
  })
  try {
    await Promise.race([watch.ready, sleep(READY_MS, undefined, { ref: false })])
    if (scenario.changes.length > 0) {
      await Promise.race([startChanges(), sleep(CHANGES_MS, undefined, { ref: false })])
      await sleep(10 * times.debounceMs)
    }
    // What came and went is still an incident when nothing else is left to look at.
    const now = watch.current().length > 0 ? watch.current() : [...notified.values()]
    const notVisible = watch.notVisible().map(({ kind, reason }) => `${kind}: ${reason}`)
    const { trigger } = scenario.expect ?? {}
    if (trigger === undefined)
      return { faults: now.map((fault) => asFault(cluster, fault)), heard: now.length > 0, notVisible }
    const at = [...notified.values()].find((fault) => isAbout(fault, trigger))
    if (at !== undefined) return { faults: [asFault(cluster, at)], heard: true, notVisible }
    return { faults: [asked(cluster, trigger, scenario)], heard: false, notVisible }
  } finally {
    watch.stop()
  }
}

type Named = { readonly kind: string; readonly namespace: string; readonly name: string }
const isAbout = ({ resource, owner }: Pick<DetectedFault, 'resource' | 'owner'>, at: Named): boolean =>
  [resource, owner].some(
    ({ kind, namespace = '', name }) => kind === at.kind && namespace === at.namespace && name === at.name,
  )

function asked(cluster: string, { kind, namespace, name }: Named, scenario: Scenario): Fault {
  const written = scenario.objects.find(
    (one) => one.kind === kind && one.metadata.name === name && (one.metadata.namespace ?? '') === namespace,
  )
  const version = written === undefined ? {} : { apiVersion: written.apiVersion }
  return faultForAsk({ cluster, kind, namespace, name, ...version }, systemClock.now())
}

function asFault(cluster: string, fault: DetectedFault): Fault {
  const { field: _, resourceLabels: __, ...notice } = fault
  const receivedAt = systemClock.now().toISOString()
  return { ...notice, cluster, labels: {}, receivedAt, source: 'reconcile' }
}
