import process from 'node:process'
import type { Investigation } from '../../../agent-container/diagnose/investigate.ts'
import { type DetectedFault, detectFaults } from '../../../shared/faults/detect.ts'
import { faultKinds } from '../../../shared/faults/fault-kinds.ts'
import type { Incident } from '../../../shared/incident/incident.ts'
import type { ClusterApi } from '../../../shared/kubernetes/cluster-api.ts'
import { faultForAsk } from '../../../shared/triage/ask.ts'
import { type MemoryClusterOptions, memoryCluster } from '../../simulator/memory-cluster.ts'
import { incidentOf, investigated } from '../../simulator/memory-run.ts'
import type { SimObject } from '../../simulator/objects.ts'

type Ref = { readonly kind: string; readonly namespace: string; readonly name: string }
export type OnScenario = {
  readonly result: Investigation
  readonly calls: number
  readonly incident: Incident
  /** Of this process's processor: what others do meanwhile on the machine does not count. */
  readonly milliseconds: number
}
type Looking = MemoryClusterOptions & {
  readonly trigger?: Ref | undefined
  readonly about?: readonly Ref[]
}

/** Puts a snapshot in memory, finds a fault in it as the watch would (or asks about the trigger), and lets the rules at it. */
export async function onScenario(options: Looking): Promise<OnScenario> {
  const cluster = memoryCluster(options)
  const incident = incidentOf(await faultIn(cluster.api, options))
  const before = cluster.calls()
  const started = process.cpuUsage()
  const result = await investigated(cluster.api, incident)
  const { user, system } = process.cpuUsage(started)
  return { result, calls: cluster.calls() - before, incident, milliseconds: (user + system) / 1_000 }
}

const weight = { critical: 0, warning: 1, info: 2 } as const
async function faultIn(api: ClusterApi, { trigger, about = [], read, objects: written = [] }: Looking) {
  const pages = await Promise.all(
    faultKinds.map((kind) =>
      api.list(kind, { limit: 500 }).then(
        ({ items }) => items,
        () => [],
      ),
    ),
  )
  const objects = pages.flat()
  const faults = detectFaults({ cluster: 'sim', objects }, new Date()).toSorted(
    (a, b) => weight[a.severity] - weight[b.severity],
  )
  const fits = (fault: DetectedFault, ref: Ref) =>
    [fault.resource, fault.owner].some(
      ({ kind, name, namespace = '' }) => kind === ref.kind && name === ref.name && namespace === ref.namespace,
    )
  const ask = (ref: Ref) => {
    const object = [...objects, ...(read?.objects ?? []), ...(written as readonly SimObject[])].find(
      ({ kind, metadata }) =>
        kind === ref.kind && metadata.name === ref.name && (metadata.namespace ?? '') === ref.namespace,
    )
    const version = object === undefined ? {} : { apiVersion: object.apiVersion }
    return faultForAsk({ cluster: 'sim', ...ref, ...version }, new Date())
  }
  if (trigger !== undefined) return faults.find((fault) => fits(fault, trigger)) ?? ask(trigger)
  const found = faults.find((fault) => about.some((ref) => fits(fault, ref))) ?? faults[0]
  if (found !== undefined) return found
  // Where nothing is broken, a look at something that works must come to nothing.
  const some = objects.find(({ kind }) => kind === 'Deployment')?.metadata
  return ask({ kind: 'Deployment', namespace: some?.namespace ?? 'default', name: some?.name ?? 'nothing' })
}
