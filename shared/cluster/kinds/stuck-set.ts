import { type Context, condition, countedFrom, olderThan, onDeadNode } from '../context.ts'

/** StatefulSets and DaemonSets have no progress deadline of their own: ten minutes is a Deployment's default. */
const STUCK_SECONDS = 600

/** Pods of a set that have not been ready for as long as a Deployment would be given. */
export const stuckPods = (uid: string | undefined, context: Context) =>
  context.podsOf(uid).filter((pod) => {
    if (pod.metadata.deletionTimestamp || onDeadNode(pod, context)) return false
    const ready = condition(pod.status?.conditions, 'Ready')
    const since = countedFrom(ready?.lastTransitionTime ?? pod.metadata.creationTimestamp, pod, context)
    return ready?.status !== 'True' && olderThan(STUCK_SECONDS, since, context.now)
  })
