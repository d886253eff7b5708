import { z } from 'zod'
import { detectFaults } from '../../faults/detect.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import { faultKey, type WorkloadView } from './workload-view.ts'

const text = z.string().catch('')
const terminated = z.looseObject({ exitCode: z.number().catch(0), reason: text, message: text, finishedAt: text })
const Status = z.looseObject({
  name: z.string(),
  ready: z.boolean().catch(false),
  restartCount: z.number().catch(0),
  state: z.looseObject({ waiting: z.looseObject({ reason: text, message: text }).optional() }).catch({}),
  lastState: z.looseObject({ terminated: terminated.optional() }).catch({}),
})
const Pod = z.looseObject({
  status: z
    .looseObject({
      phase: text,
      containerStatuses: z.array(Status).catch([]),
      initContainerStatuses: z.array(Status).catch([]),
    })
    .catch({ phase: '', containerStatuses: [], initContainerStatuses: [] }),
})
const Warning = z.looseObject({
  type: text,
  reason: text,
  message: text,
  count: z.number().catch(1),
  lastTimestamp: text,
  involvedObject: z.looseObject({ kind: text, name: text }),
})
const Conditions = z.looseObject({
  status: z.looseObject({
    conditions: z.array(z.looseObject({ type: text, status: text, reason: text, message: text })).catch([]),
  }),
})

export const severity = z.enum(['critical', 'warning', 'info'])
export type Finding = {
  readonly severity: z.infer<typeof severity>
  readonly what: string
  readonly object: string
  readonly evidence: string
  readonly times: number
}
export type Termination = {
  readonly pod: string
  readonly container: string
  readonly restarts: number
  readonly exitCode: number
  readonly reason: string
  readonly message: string
  readonly at: string
}

const short = (words: string) => words.replace(/\s+/g, ' ').slice(0, 300)

/** What is wrong, the worst first, each thing once however many pods show it. */
export function findingsOf(cluster: string, snapshot: WorkloadView, now: Date): readonly Finding[] {
  const { workload, owners, pods, revisions, events, nodes, related = [], complete = [], broken = [] } = snapshot
  const objects = [workload, ...owners, ...revisions, ...pods, ...events, ...nodes, ...related]
  const covered = new Set(broken.map(({ covers }) => covers))
  const faults = detectFaults({ cluster, objects, completeKinds: complete }, now)
    .filter(({ faultType, field, resource: { kind, namespace, name } }) => {
      return !covered.has(faultKey(faultType, field, `${kind} ${namespace ? `${namespace}/` : ''}${name}`))
    })
    .map((fault) => ({
      severity: severity.catch('warning').parse(fault.severity),
      what: fault.faultType,
      object: `${fault.owner.kind}/${fault.owner.name}${fault.container === undefined ? '' : `, container ${fault.container}`}`,
      evidence: short(fault.context),
    }))
  const warnings = events.flatMap((event) => {
    const { type, reason, message, involvedObject } = Warning.parse(event)
    if (type !== 'Warning') return []
    const object = `${involvedObject.kind}/${involvedObject.name}`
    return [{ severity: 'info' as const, what: `Event ${reason}`, object, evidence: short(message) }]
  })
  const order = severity.options
  const reported = broken.map(({ covers: _, ...one }) => one)
  return once([...reported, ...faults, ...warnings]).sort(
    (a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.times - a.times,
  )
}

function once(all: readonly Omit<Finding, 'times'>[]): Finding[] {
  const byWhat = new Map<string, Finding>()
  for (const one of all) {
    // The same event of many pods differs by the pod's name only.
    const key = one.what.startsWith('Event ') ? one.what : `${one.what} ${one.object}`
    const known = byWhat.get(key)
    byWhat.set(key, { ...(known ?? one), times: (known?.times ?? 0) + 1 })
  }
  return [...byWhat.values()]
}

const statusesOf = (pod: KubeObject) => {
  const { initContainerStatuses, containerStatuses } = Pod.parse(pod).status
  return [...initContainerStatuses, ...containerStatuses]
}

/** How containers ended last, those that restart most first. */
export function terminationsOf(pods: readonly KubeObject[]): readonly Termination[] {
  return pods
    .flatMap((pod) =>
      statusesOf(pod).flatMap(({ name, restartCount, lastState }) => {
        const last = lastState.terminated
        if (last === undefined) return []
        const { exitCode, reason, message, finishedAt } = last
        const where = { pod: pod.metadata.name, container: name, restarts: restartCount }
        return [{ ...where, exitCode, reason, message: short(message), at: finishedAt }]
      }),
    )
    .sort((a, b) => b.restarts - a.restarts)
}

/** Whose logs are worth reading: what restarts, else what is not ready though it has started. */
export function troubled(pods: readonly KubeObject[]) {
  return pods
    .flatMap((pod) =>
      statusesOf(pod).flatMap(({ name, ready, restartCount, state }) => {
        const neverStarted = restartCount === 0 && state.waiting !== undefined
        if ((ready && restartCount === 0) || neverStarted) return []
        const { namespace, name: named } = pod.metadata
        return [{ namespace, pod: named, container: name, restarts: restartCount, ready }]
      }),
    )
    .sort((a, b) => Number(a.ready) - Number(b.ready) || b.restarts - a.restarts)
}

export function podLine(pod: KubeObject) {
  const { phase } = Pod.parse(pod).status
  const all = statusesOf(pod)
  const waits = all.map(({ state }) => state.waiting?.reason ?? '').find((reason) => reason !== '')
  return {
    name: pod.metadata.name,
    phase,
    waits: waits ?? '',
    ready: all.filter(({ ready }) => ready).length,
    containers: all.length,
    restarts: all.reduce((total, { restartCount }) => total + restartCount, 0),
  }
}

export const conditionsOf = (object: KubeObject) =>
  (Conditions.safeParse(object).data?.status.conditions ?? [])
    .slice(0, 12)
    .map(({ type, status, reason, message }) => ({
      type,
      status,
      reason,
      message: short(message),
    }))
