import { because, olderThan, within } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { ContainerStatus, PodView, Terminated } from '../../view/view-pod.ts'
import {
  containersOf,
  isCrash,
  isLooping,
  isOutOfMemory,
  lengthOf,
  markOf,
  outlived,
  RECENT_CRASH_SECONDS,
  SOUND_SECONDS,
} from './containers.ts'
import { isLeaving, runsOnce, settles } from './meant.ts'

/** A Job counts its pods' failures itself and has a fault of its own. */
const isOfJob = (owners: readonly { kind: string }[] | null | undefined) =>
  owners?.some((owner) => owner.kind === 'Job') === true

/** After so much work one restart that is well again is an incident of the past: a lost lease, a lost connection. */
const HONEST_WORK_SECONDS = 3_600
const SINGLE_RESTARTS = 3
/** What crashed in its first moments and serves now found what it waited for. */
const FIRST_MOMENTS_SECONDS = 180

export const crash: Signs<PodView> = (pod, context) => {
  const { now } = context
  if (isLeaving(pod) || runsOnce(pod) || isOfJob(pod.metadata.ownerReferences)) return none
  // How the containers of an evicted pod ended is part of the eviction.
  if (pod.status?.reason === 'Evicted' || settles(pod, context)) return none
  return containersOf(pod)
    .filter(({ init, status }) => !init && !isLooping(status, now))
    .flatMap(({ status, path }) => {
      const ended = status.state?.terminated
      const terminated = isCrash(ended) ? ended : status.lastState?.terminated
      if (!terminated || !isCrash(terminated) || isOutOfMemory(terminated)) return none
      if (!within(RECENT_CRASH_SECONDS, terminated.finishedAt, now) || isHealed(pod, status, terminated, now))
        return none
      const mark = markOf(terminated)
      return [
        {
          reason: 'PodCrash',
          message: `Container crashed with exit code ${terminated.exitCode}${because(terminated)}`,
          field: `${path}.${terminated === ended ? 'state' : 'lastState'}.terminated.exitCode`,
          container: status.name,
          ...(mark === undefined ? {} : { mark }),
        },
      ]
    })
}

function isHealed(pod: PodView, status: ContainerStatus, terminated: Terminated, now: Date): boolean {
  const began = status.state?.running?.startedAt
  if (status.ready !== true || !began || (status.restartCount ?? 0) >= SINGLE_RESTARTS) return false
  // The node went down with it: that is the node's to tell (kubelet v1.33 writes 255 and Unknown after a reboot).
  if (terminated.exitCode === 255 && terminated.reason === 'Unknown') return true
  const worked = lengthOf(terminated) ?? 0
  if (olderThan(SOUND_SECONDS, began, now) && (worked >= HONEST_WORK_SECONDS || outlived(status, now))) return true
  const created = Date.parse(pod.metadata.creationTimestamp ?? '')
  return Date.parse(terminated.finishedAt ?? '') - created < FIRST_MOMENTS_SECONDS * 1000
}
