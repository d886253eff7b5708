import { within } from '../context.ts'
import type { ContainerStatus, PodView, Terminated } from '../view-pod.ts'

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

/** After ten minutes without a crash the kubelet resets its back-off too (kubelet v1.33, MaxContainerBackOff). */
export const RECENT_CRASH_SECONDS = 600
/** From the third restart on, a short run between two crashes is the same loop and no recovery. */
const LOOPING_RESTARTS = 3

export const isCrash = (terminated: Terminated | null | undefined): boolean =>
  terminated !== null && terminated !== undefined && (terminated.exitCode ?? 0) !== 0

export const isOutOfMemory = (terminated: Terminated | null | undefined): boolean => terminated?.reason === 'OOMKilled'

export const backsOff = (status: ContainerStatus): boolean => status.state?.waiting?.reason === 'CrashLoopBackOff'

export function isLooping(status: ContainerStatus, now: Date): boolean {
  const last = status.state?.terminated ?? status.lastState?.terminated
  const recent = isCrash(last) && within(RECENT_CRASH_SECONDS, last?.finishedAt, now)
  return backsOff(status) || (recent && (status.restartCount ?? 0) >= LOOPING_RESTARTS)
}
