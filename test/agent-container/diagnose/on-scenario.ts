import { z } from 'zod'
import { type Investigation, investigate } from '../../../agent-container/diagnose/investigate.ts'
import { type DetectedFault, detectFaults } from '../../../shared/faults/detect.ts'
import type { ObjectRef } from '../../../shared/faults/fault.ts'
import { faultKinds } from '../../../shared/faults/fault-kinds.ts'
import { identityOf, incidentId } from '../../../shared/incident/identity.ts'
import { Incident } from '../../../shared/incident/incident.ts'
import type { ClusterApi } from '../../../shared/kubernetes/cluster-api.ts'
import { connectCluster } from '../../../shared/kubernetes/connect.ts'
import { createRedactor } from '../../../shared/kubernetes/redact.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { concluded } from '../../simulator/conclusion.ts'
import { unmet } from '../../simulator/expectations.ts'
import type { SimObject } from '../../simulator/objects.ts'
import type { Expect } from '../../simulator/scenario.ts'
import { type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'

const Ref = z.object({ kind: z.string(), namespace: z.string().default(''), name: z.string() })
export type OnScenario = {
  readonly result: Investigation
  readonly calls: number
  readonly incident: Incident
  readonly milliseconds: number
}

type Looking = SimulatorOptions & {
  readonly trigger?: z.infer<typeof Ref> | undefined
  readonly about?: readonly z.infer<typeof Ref>[]
}

/** Serves a snapshot, finds a fault in it as the watch would (or takes the trigger), and lets the rules at it. */
export const onScenario = (options: Looking): Promise<OnScenario> =>
  served(options, async (api, look) => look(await incidentIn(api, options.trigger, options.about ?? [])))

/** More incidents than this of one snapshot say nothing new. */
const MOST_INCIDENTS = 6
/** The same for every incident in the snapshot, as the watch would open them. */
export const everyIncident = (options: Looking): Promise<readonly OnScenario[]> =>
  served(options, async (api, look) => {
    if (options.trigger !== undefined)
      return [await look(await incidentIn(api, options.trigger, [], options.read?.objects))]
    const { faults } = await faultsIn(api)
    const incidents = new Map(faults.map(incidentOf).map((incident) => [incident.identity, incident]))
    const found: OnScenario[] = []
    // Where nothing is broken, a look at something that works must come to nothing.
    if (incidents.size === 0) return [await look(await incidentIn(api, undefined, []))]
    for (const incident of [...incidents.values()].slice(0, MOST_INCIDENTS)) found.push(await look(incident))
    return found
  })

/** What of an expectation does not hold of all that was found together. */
export function unmetBy(expected: Expect, found: readonly OnScenario[]): readonly string[] {
  const whole = concluded(
    found.map(({ result: { verdict } }) => ({
      outcome: verdict?.outcome ?? 'evidence-only',
      causes: verdict?.rootCauses ?? [],
      summary: verdict?.headline ?? '',
      folder: '',
    })),
  )
  const text = JSON.stringify(found.map(({ result }) => result.verdict))
  return unmet(expected, { outcome: whole?.outcome ?? 'none', rootCauses: whole?.rootCauses ?? [], text })
}

async function served<T>(
  options: SimulatorOptions,
  use: (api: ClusterApi, look: (incident: Incident) => Promise<OnScenario>) => Promise<T>,
): Promise<T> {
  const simulator = await startSimulator(options)
  const api = connectCluster(simulator.kubeconfig)
  try {
    return await use(api, async (incident) => {
      const before = simulator.calls.length
      const started = performance.now()
      const result = await investigate({
        api,
        redactor: createRedactor({ key: 'a key for tests, long enough' }),
        clock: systemClock,
        incident,
        limits: { apiCalls: 60 },
        signal: AbortSignal.timeout(20_000),
      })
      return { result, calls: simulator.calls.length - before, incident, milliseconds: performance.now() - started }
    })
  } finally {
    await api.close()
    await simulator.stop()
  }
}

const weight = { critical: 0, warning: 1, info: 2 } as const
async function faultsIn(api: ClusterApi) {
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
  return { objects, faults }
}

async function incidentIn(
  api: ClusterApi,
  trigger: z.infer<typeof Ref> | undefined,
  about: readonly z.infer<typeof Ref>[],
  written: readonly SimObject[] = [],
): Promise<Incident> {
  const { objects, faults } = await faultsIn(api)
  const fits = (fault: DetectedFault, ref: z.infer<typeof Ref>) =>
    [fault.resource, fault.owner].some(
      ({ kind, name, namespace = '' }) => kind === ref.kind && name === ref.name && namespace === ref.namespace,
    )
  if (trigger !== undefined) {
    const found = faults.find((fault) => fits(fault, trigger))
    if (found !== undefined) return incidentOf(found)
    const object = [...objects, ...written].find(
      ({ kind, metadata }) =>
        kind === trigger.kind && metadata.name === trigger.name && (metadata.namespace ?? '') === trigger.namespace,
    )
    const { namespace, ...rest } = trigger
    const resource: ObjectRef = {
      apiVersion: object?.apiVersion ?? 'v1',
      ...rest,
      ...(namespace === '' ? {} : { namespace }),
    }
    return incidentOf({
      faultId: 'f',
      faultType: 'Reported',
      severity: 'warning',
      resource,
      owner: resource,
      context: '',
      timestamp: new Date().toISOString(),
    })
  }
  const found = faults.find((fault) => about.some((ref) => fits(fault, ref))) ?? faults[0]
  if (found !== undefined) return incidentOf(found)
  const some = objects.find(({ kind }) => kind === 'Deployment')
  const resource: ObjectRef = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: some?.metadata.name ?? 'nothing',
    namespace: some?.metadata.namespace ?? 'default',
  }
  return incidentOf({
    faultId: 'f',
    faultType: 'CrashLoop',
    severity: 'warning',
    resource,
    owner: resource,
    context: '',
    timestamp: new Date().toISOString(),
  })
}

export function incidentOf(
  fault: Pick<DetectedFault, 'faultId' | 'faultType' | 'severity' | 'resource' | 'context' | 'timestamp'> & {
    readonly owner?: ObjectRef
  },
): Incident {
  const identity = identityOf({ cluster: 'sim', ...fault })
  const now = new Date().toISOString()
  return Incident.parse({
    version: 1,
    incidentId: incidentId('sim', identity.key, 1),
    faultId: fault.faultId,
    status: 'running',
    createdAt: now,
    startedAt: now,
    cluster: 'sim',
    namespace: fault.resource.namespace ?? '',
    resource: fault.resource,
    owner: identity.owner,
    faultType: fault.faultType,
    faultClass: identity.faultClass,
    severity: fault.severity,
    context: fault.context,
    timestamp: fault.timestamp,
    identity: identity.key,
    generation: 1,
    occurrences: 1,
    countedFaults: [],
    firstSeen: now,
    lastSeen: now,
    fence: 1,
    notices: {},
    steps: [],
  })
}
