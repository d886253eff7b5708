import { because, type Context, condition, eventTime, olderThan } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'

/** A cluster autoscaler needs a minute to say that it makes a node. */
const GRACE_SECONDS = 120
/** Once it has said so, the machine comes within ten, or does not come. */
const NODE_COMES_SECONDS = 600

export const unschedulable: Signs<PodView> = (pod, context) => {
  if (pod.metadata.deletionTimestamp || pod.spec?.nodeName) return none
  // Below zero: it waits for what others leave over, and is preempted by anybody.
  if ((pod.spec?.priority ?? 0) < 0) return none
  const scheduled = condition(pod.status?.conditions, 'PodScheduled')
  if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') return none
  const since = scheduled.lastTransitionTime ?? pod.metadata.creationTimestamp
  if (!olderThan(nodeComes(pod, context) ? NODE_COMES_SECONDS : GRACE_SECONDS, since, context.now)) return none
  return [
    {
      reason: 'Unschedulable',
      message: `Pod cannot be scheduled${because(scheduled)}`,
      field: 'status.conditions[type=PodScheduled].reason',
      since: since ?? undefined,
    },
  ]
}

/** As cluster-autoscaler (TriggeredScaleUp) and Karpenter (Nominated) say it; the scheduler nominates after a preemption. */
const nodeComes = ({ metadata, status }: PodView, { now, events }: Context): boolean =>
  Boolean(status?.nominatedNodeName) ||
  events(metadata.uid).some(
    (event) =>
      (event.reason === 'TriggeredScaleUp' || event.reason === 'Nominated') &&
      now.getTime() - eventTime(event) < NODE_COMES_SECONDS * 1000,
  )
