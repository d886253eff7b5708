import { type Context, olderThan, within } from '../../context.ts'
import { isWhole, workloadOf } from '../../harm.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'

/** Evicted pods stay as records until garbage collection; an hour is what a person would still call now. */
const RECENT_SECONDS = 3_600
/** The controller puts another in its place within seconds; what that is not ready for is its own trouble. */
const REPLACED_SECONDS = 60

/** When a pod failed: the last of its conditions' times. */
const failedAt = ({ metadata, status }: PodView) =>
  (status?.conditions ?? [])
    .map((entry) => entry.lastTransitionTime ?? '')
    .sort()
    .at(-1) ||
  status?.startTime ||
  metadata.creationTimestamp

/** Evicted, replaced, and the other evicted as well within the hour: the next goes as surely. */
function goesOn(pod: PodView, { now, podsOf }: Context): boolean {
  const gone = podsOf(pod.metadata.ownerReferences?.[0]?.uid)
    .filter(({ status }) => status?.phase === 'Failed' && status.reason === 'Evicted')
    .filter((one) => within(RECENT_SECONDS, failedAt(one), now))
  const first = Math.min(...gone.map((one) => Date.parse(failedAt(one) ?? '')))
  return gone.some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= first)
}

export const evicted: Signs<PodView> = (pod, context) => {
  const { phase, reason, message } = pod.status ?? {}
  if (pod.metadata.deletionTimestamp || phase !== 'Failed' || reason !== 'Evicted') return none
  if (!within(RECENT_SECONDS, failedAt(pod), context.now)) return none
  const workload = workloadOf(pod, context)
  // Whole again: what put it out is the node's to tell, and that one is over here. Unless it goes on.
  if (workload !== pod && isWhole(workload, context) && !goesOn(pod, context)) return none
  return [
    {
      reason: 'PodEvicted',
      message: `Pod was evicted${message ? `, message: ${message}` : ''}`,
      field: 'status.reason',
      since: failedAt(pod) ?? undefined,
    },
  ]
}

/** As the kubelet says that it does not take a pod that was given to it (v1.33, lifecycle/predicate.go and cm). */
const refusals: ReadonlySet<string> = new Set([
  'UnexpectedAdmissionError',
  'OutOfcpu',
  'OutOfmemory',
  'OutOfpods',
  'NodeAffinity',
  'NodePorts',
  'TopologyAffinityError',
])

/** A pod that its node refused: nothing while its set makes another, and for ever where none does. */
export const notAdmitted: Signs<PodView> = (pod, context) => {
  const { phase, reason, message } = pod.status ?? {}
  if (pod.metadata.deletionTimestamp || phase !== 'Failed' || !refusals.has(reason ?? '')) return none
  if (!olderThan(REPLACED_SECONDS, failedAt(pod), context.now)) return none
  const workload = workloadOf(pod, context)
  if (workload !== pod && isWhole(workload, context)) return none
  return [
    {
      reason: 'PodNotAdmitted',
      message: `Node refused the pod: ${reason}${message ? `, message: ${message}` : ''}`,
      field: 'status.reason',
      since: failedAt(pod) ?? undefined,
      mark: reason ?? '',
    },
  ]
}
