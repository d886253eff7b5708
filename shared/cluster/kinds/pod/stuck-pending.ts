import { condition, countedFrom, eventTime, olderThan, onDeadNode } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import { containersOf } from './containers.ts'

/** A large image on a slow line takes minutes, and nothing tells it from a hang. */
const GRACE_SECONDS = 600
/** With a warning about its volumes or its sandbox there is something that tells. */
const WARNED_GRACE_SECONDS = 120
const reasons: ReadonlySet<string> = new Set([
  'FailedMount',
  'FailedAttachVolume',
  'FailedMapVolume',
  'FailedCreatePodSandBox',
])
/** Waits that are no trouble of their own: others are, with a sign of their own. */
const plainWaits: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing'])

export const stuckPending: Signs<PodView> = (pod, context) => {
  const { now, warnings } = context
  if (pod.metadata.deletionTimestamp || pod.status?.phase !== 'Pending') return none
  if (!pod.spec?.nodeName || onDeadNode(pod, context)) return none
  const containers = containersOf(pod)
  // An init container at work, or one that fails, is not a pod that hangs.
  if (containers.some(({ status }) => status.state?.running || status.state?.terminated)) return none
  if (containers.some(({ status }) => !plainWaits.has(status.state?.waiting?.reason ?? 'ContainerCreating')))
    return none
  const scheduled = condition(pod.status.conditions, 'PodScheduled')?.lastTransitionTime
  // A kubelet that has just come back shows every pod like this for a moment.
  const since = countedFrom(scheduled ?? pod.metadata.creationTimestamp, pod, context)
  const warning = warnings(pod.metadata.uid).find(
    (event) => reasons.has(event.reason ?? '') && now.getTime() - eventTime(event) < GRACE_SECONDS * 1000,
  )
  if (!olderThan(warning === undefined ? GRACE_SECONDS : WARNED_GRACE_SECONDS, since, now)) return none
  const why = warning === undefined ? '' : `, last warning: ${warning.reason}: ${warning.message ?? ''}`
  return [
    {
      reason: 'PodStuckPending',
      message: `Pod does not start on its node${why}`,
      field: 'status.phase',
      since,
      ...(warning?.reason ? { mark: warning.reason } : {}),
    },
  ]
}
