import { type Context, condition, olderThan, onDeadNode } from '../context.ts'
import { type Detector, none } from '../finding.ts'

/** StatefulSets and DaemonSets have no progress deadline of their own: ten minutes is a Deployment's default. */
const STUCK_SECONDS = 600

/** Pods of a set that have not been ready for as long as a Deployment would be given. */
const stuckPods = (uid: string | undefined, context: Context) =>
  context.podsOf(uid).filter((pod) => {
    if (pod.metadata.deletionTimestamp || onDeadNode(pod, context)) return false
    const ready = condition(pod.status?.conditions, 'Ready')
    const since = ready?.lastTransitionTime ?? pod.metadata.creationTimestamp
    return ready?.status !== 'True' && olderThan(STUCK_SECONDS, since, context.now)
  })

export const statefulSetFailure: Detector = (view, context) => {
  if (view.kind !== 'StatefulSet' || view.metadata.deletionTimestamp) return none
  const wanted = view.spec?.replicas ?? 1
  const ready = view.status?.readyReplicas ?? 0
  const stuck = stuckPods(view.metadata.uid, context)
  if (ready >= wanted || stuck.length === 0) return none
  const names = stuck.slice(0, 3).map((pod) => pod.metadata.name)
  return [
    {
      faultType: 'StatefulSetFailure',
      severity: 'critical',
      text: `StatefulSet is stuck: ${ready} of ${wanted} replicas ready, waits for ${names.join(', ')}`,
      field: 'status.readyReplicas',
    },
  ]
}

export const daemonSetFailure: Detector = (view, context) => {
  if (view.kind !== 'DaemonSet' || view.metadata.deletionTimestamp) return none
  const wanted = view.status?.desiredNumberScheduled ?? 0
  const ready = view.status?.numberReady ?? 0
  const stuck = stuckPods(view.metadata.uid, context)
  if (ready >= wanted || stuck.length === 0) return none
  const names = stuck.slice(0, 3).map((pod) => pod.metadata.name)
  return [
    {
      faultType: 'DaemonSetFailure',
      severity: 'critical',
      text: `DaemonSet is stuck: ${ready} of ${wanted} pods ready, waits for ${names.join(', ')}`,
      field: 'status.numberReady',
    },
  ]
}
