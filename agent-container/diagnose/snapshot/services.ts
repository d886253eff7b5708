import { endpointSlices, pods, services } from './kinds.ts'
import { matchesLabels } from './selectors.ts'
import type { Pod, Port } from './shapes.ts'
import type { Service } from './shapes-around.ts'
import { all, type Seen, type Snapshot } from './snapshot.ts'

export type Backing = {
  /** False for services without a selector, whose endpoints others write. */
  readonly selects: boolean
  readonly pods: readonly Seen<Pod>[]
  readonly slices: readonly Seen[]
  /** Ready endpoints, by the slices when there are any, else by the pods. */
  readonly ready: number
}

export function backing(snapshot: Snapshot, service: Seen<Service>): Backing {
  const { selector, type } = service.data.spec
  const selecting = Object.keys(selector).length > 0 && type !== 'ExternalName'
  const chosen = selecting
    ? all(snapshot, pods, service.namespace).filter((pod) => matchesLabels(selector, pod.object.metadata.labels ?? {}))
    : []
  const slices = all(snapshot, endpointSlices, service.namespace).filter(
    (slice) => slice.object.metadata.labels?.['kubernetes.io/service-name'] === service.name,
  )
  const inSlices = slices.flatMap((slice) =>
    slice.data.endpoints.filter(({ conditions }) => conditions.ready !== false),
  ).length
  const inPods = chosen.filter(isReady).length
  return { selects: selecting, pods: chosen, slices, ready: slices.length > 0 ? inSlices : inPods }
}

export const isReady = (pod: Seen<Pod>): boolean =>
  pod.object.metadata.deletionTimestamp === undefined &&
  pod.data.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True')

/** The number that a service's or probe's port means in a pod; undefined when a named port is not there. */
export function portIn(pod: Pod, port: Port, container?: string): number | undefined {
  if (typeof port === 'number') return port
  const asNumber = Number(port)
  if (Number.isInteger(asNumber) && port !== '') return asNumber
  const containers = pod.spec.containers.filter(({ name }) => container === undefined || name === container)
  return containers.flatMap(({ ports }) => ports).find(({ name }) => name === port)?.containerPort
}

/** Services of a namespace that choose at least one of these pods. */
export const servicesOf = (
  snapshot: Snapshot,
  namespace: string,
  chosen: readonly Seen<Pod>[],
): readonly Seen<Service>[] =>
  all(snapshot, services, namespace).filter((service) => {
    const { selector } = service.data.spec
    return (
      Object.keys(selector).length > 0 &&
      chosen.some((pod) => matchesLabels(selector, pod.object.metadata.labels ?? {}))
    )
  })
