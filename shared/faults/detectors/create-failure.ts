import { because, condition, eventTime, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { saysWebhookFailed } from './webhook-failure.ts'

/** A quota is often freed a moment later by the pods that a rollout replaces. */
const GRACE_SECONDS = 30
const RECENT_EVENT_MS = 600_000
/** These tell of refused pods in events only. */
const tellByEvent = new Set(['StatefulSet', 'DaemonSet', 'Job'])

/** A controller that may not create its pods: quota, admission, a missing service account. */
export const createFailure: Detector = (view, { now, complete, byUid }) => {
  if (view.kind === 'ReplicaSet' && !view.metadata.deletionTimestamp) {
    const failure = condition(view.status?.conditions, 'ReplicaFailure')
    if (failure?.status !== 'True' || (view.spec?.replicas ?? 1) === 0) return none
    if (saysWebhookFailed(failure.message) || !olderThan(GRACE_SECONDS, failure.lastTransitionTime, now)) return none
    return [
      {
        faultType: 'ReplicaSetCreateFailure',
        severity: 'critical',
        text: `Pods cannot be created${because(failure)}`,
        field: 'status.conditions[type=ReplicaFailure].status',
      },
    ]
  }
  if (view.kind !== 'Event' || view.type !== 'Warning' || view.reason !== 'FailedCreate') return none
  const { kind, uid } = view.involvedObject
  if (!kind || !tellByEvent.has(kind) || saysWebhookFailed(view.message)) return none
  if (now.getTime() - eventTime(view) > RECENT_EVENT_MS) return none
  if ((view.series?.count ?? view.count ?? 1) < 2) return none
  const gone = (kind === 'Job' || kind === 'StatefulSet' || kind === 'DaemonSet') && complete(kind) && !byUid(uid ?? '')
  if (gone) return none
  return [
    {
      faultType: 'ReplicaSetCreateFailure',
      severity: 'critical',
      text: `Pods cannot be created${because({ reason: view.reason, message: view.message })}`,
      field: 'event.message',
    },
  ]
}
