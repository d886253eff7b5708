import type { ContainerStatus, PodView } from '../view-pod.ts'

/** A container of a pod with its status and the path that leads to it. */
export type PodContainer = {
  readonly status: ContainerStatus
  readonly path: string
  /** Runs to its end before the others start; a sidecar written as an init container is none. */
  readonly init: boolean
}

export function containersOf(pod: PodView): readonly PodContainer[] {
  const sidecars = new Set(
    pod.spec?.initContainers?.filter((c) => c.restartPolicy === 'Always').map((c) => c.name) ?? [],
  )
  return [
    ...(pod.status?.initContainerStatuses ?? []).map((status) => ({
      status,
      path: `status.initContainerStatuses[name=${status.name}]`,
      init: !sidecars.has(status.name),
    })),
    ...(pod.status?.containerStatuses ?? []).map((status) => ({
      status,
      path: `status.containerStatuses[name=${status.name}]`,
      init: false,
    })),
  ]
}

export const imageOf = (pod: PodView, container: string): string | undefined =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((c) => c.name === container)?.image ??
  undefined
