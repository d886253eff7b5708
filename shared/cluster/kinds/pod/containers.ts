import { within } from '../../context.ts'
import type { ContainerStatus, PodView, Probe, Terminated } from '../../view/view-pod.ts'

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

export const specOf = (pod: PodView, container: string) =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find(({ name }) => name === container)

export const imageOf = (pod: PodView, container: string): string | undefined =>
  specOf(pod, container)?.image ?? undefined

/** How long a probe lets a container fail; Kubernetes' own defaults (core/v1 Probe, v1.33). */
export const budgetOf = (probe: Probe): number =>
  probe ? (probe.initialDelaySeconds ?? 0) + (probe.periodSeconds ?? 10) * (probe.failureThreshold ?? 3) : 0

/** After ten minutes without a crash the kubelet resets its back-off too (kubelet v1.33, MaxContainerBackOff). */
export const RECENT_CRASH_SECONDS = 600
/** From the third restart on, a short run between two crashes is the same loop and no recovery. */
const LOOPING_RESTARTS = 3
/** A clean end may be meant once; the kubelet shows it for a minute and a half before it says that it backs off (v1.37). */
const ENDING_RESTARTS = 2
/** A run this long after a failure is worth looking at. */
export const SOUND_SECONDS = 60

export const isCrash = (terminated: Terminated | null | undefined): boolean =>
  terminated !== null && terminated !== undefined && (terminated.exitCode ?? 0) !== 0

export const isOutOfMemory = (terminated: Terminated | null | undefined): boolean => terminated?.reason === 'OOMKilled'

export const backsOff = (status: ContainerStatus): boolean => status.state?.waiting?.reason === 'CrashLoopBackOff'

export const lastEnd = (status: ContainerStatus): Terminated | undefined =>
  status.state?.terminated ?? status.lastState?.terminated ?? undefined

/** How long a run took, in seconds; undefined when it does not tell. */
export function lengthOf(run: Terminated | undefined): number | undefined {
  const seconds = (Date.parse(run?.finishedAt ?? '') - Date.parse(run?.startedAt ?? '')) / 1000
  return Number.isNaN(seconds) ? undefined : seconds
}

/** Whether the present run has shown itself to be sound: ready, and twice as long as the one that failed. */
export function outlived(status: ContainerStatus, now: Date): boolean {
  const began = Date.parse(status.state?.running?.startedAt ?? '')
  const length = lengthOf(lastEnd(status))
  if (status.ready !== true || Number.isNaN(began) || length === undefined) return false
  return (now.getTime() - began) / 1000 > Math.max(2 * length, SOUND_SECONDS)
}

export function isLooping(status: ContainerStatus, now: Date): boolean {
  if (backsOff(status)) return true
  const last = lastEnd(status)
  if (!within(RECENT_CRASH_SECONDS, last?.finishedAt, now) || outlived(status, now)) return false
  const restarts = status.restartCount ?? 0
  return isCrash(last) ? restarts >= LOOPING_RESTARTS : restarts >= ENDING_RESTARTS && status.ready !== true
}

/** What tells one crash from another. */
export const markOf = (terminated: Terminated | undefined): string | undefined =>
  typeof terminated?.exitCode === 'number'
    ? `exit ${terminated.exitCode}${terminated.reason && terminated.reason !== 'Error' ? ` ${terminated.reason}` : ''}`
    : undefined
