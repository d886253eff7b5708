import { type Context, condition, olderThan, within } from '../../context.ts'
import type { PodView } from '../../view/view-pod.ts'

const sets: ReadonlySet<string> = new Set(['Job', 'ReplicaSet', 'ReplicationController', 'StatefulSet', 'DaemonSet'])

/** Somebody wanted it gone: deleted, drained, preempted, evicted by the API. How it ends then says nothing of it. */
export const isLeaving = ({ metadata, status }: PodView): boolean =>
  Boolean(metadata.deletionTimestamp) || condition(status?.conditions, 'DisruptionTarget')?.status === 'True'

/** Runs once, for whoever waits for its answer: a test of a pipeline, a task of a workflow, a shell. */
export const runsOnce = ({ metadata, spec }: PodView): boolean =>
  spec?.restartPolicy === 'Never' && !metadata.ownerReferences?.some(({ kind }) => sets.has(kind))

/** So long things that were applied together find one another. */
const SETTLING_SECONDS = 180
/** What has been ready for less is still starting. */
const JUST_READY_SECONDS = 60

/**
 * Whether a pod is young and another of its age, which is not its like, is still starting beside it: one that needs the
 * other fails until that is up. Age alone would keep silent what is wrong from the first moment.
 */
export function settles(pod: PodView, { now, inNamespace }: Context): boolean {
  const young = (one: PodView) => within(SETTLING_SECONDS, one.metadata.creationTimestamp, now)
  if (!young(pod)) return false
  const owner = pod.metadata.ownerReferences?.[0]?.uid
  return inNamespace('Pod', pod.metadata.namespace).some((peer) => {
    if (peer === pod || !young(peer) || (owner !== undefined && peer.metadata.ownerReferences?.[0]?.uid === owner))
      return false
    // What fails by itself is no help that is on its way.
    if ((peer.status?.containerStatuses ?? []).some(({ restartCount }) => (restartCount ?? 0) > 0)) return false
    const ready = condition(peer.status?.conditions, 'Ready')
    return ready?.status !== 'True'
      ? peer.status?.phase === 'Running' || peer.status?.phase === 'Pending'
      : !olderThan(JUST_READY_SECONDS, ready.lastTransitionTime, now)
  })
}
