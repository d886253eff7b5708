import { because, within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import type { Terminated } from '../view-pod.ts'
import { containersOf } from './containers.ts'
import { isOutOfMemory } from './oom-killed.ts'

/** After ten minutes without a crash the kubelet resets its back-off too (kubelet v1.33, MaxContainerBackOff). */
export const RECENT_CRASH_SECONDS = 600

export const isCrash = (terminated: Terminated | null | undefined): boolean =>
  terminated !== null && terminated !== undefined && (terminated.exitCode ?? 0) !== 0

/** A Job counts its pods' failures itself and has a fault of its own. */
const isOfJob = (owners: readonly { kind: string }[] | null | undefined) =>
  owners?.some((owner) => owner.kind === 'Job') === true

export const podCrash: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp || isOfJob(view.metadata.ownerReferences)) return none
  return containersOf(view)
    .filter(({ init, status }) => !init && status.state?.waiting?.reason !== 'CrashLoopBackOff')
    .flatMap(({ status, path }) => {
      const ended = status.state?.terminated
      const terminated = isCrash(ended) ? ended : status.lastState?.terminated
      if (!terminated || !isCrash(terminated) || isOutOfMemory(terminated)) return none
      if (!within(RECENT_CRASH_SECONDS, terminated.finishedAt, now)) return none
      return [
        {
          faultType: 'PodCrash',
          severity: 'warning' as const,
          text: `Container crashed with exit code ${terminated.exitCode}${because(terminated)}`,
          field: `${path}.${terminated === ended ? 'state' : 'lastState'}.terminated.exitCode`,
          container: status.name,
        },
      ]
    })
}
