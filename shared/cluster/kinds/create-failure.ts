import { because, type Context, condition, eventTime, olderThan } from '../context.ts'
import { isWhole } from '../harm.ts'
import type { Signs } from '../sign.ts'
import type { EventView, View, ViewOf } from '../view/view.ts'
import { saysWebhookFailed } from './webhook-refusal.ts'

/** A quota is often freed a moment later by the pods that a rollout replaces. */
const GRACE_SECONDS = 30
const RECENT_EVENT_MS = 600_000
/** These tell of refused pods in events only. */
const fromEvent = ['StatefulSet', 'DaemonSet', 'Job'] as const

/** A controller that may not create its pods: quota, admission, a missing service account. */
export const setCannotCreate: Signs<ViewOf<'ReplicaSet'>> = (view, { now }) => {
  if (view.metadata.deletionTimestamp) return []
  const failure = condition(view.status?.conditions, 'ReplicaFailure')
  if (failure?.status !== 'True' || (view.spec?.replicas ?? 1) === 0) return []
  if (saysWebhookFailed(failure.message) || !olderThan(GRACE_SECONDS, failure.lastTransitionTime, now)) return []
  return [
    {
      reason: 'ReplicaSetCreateFailure',
      message: `Pods cannot be created${because(failure)}`,
      field: 'status.conditions[type=ReplicaFailure].status',
      since: failure.lastTransitionTime ?? undefined,
    },
  ]
}

export const eventSaysCannotCreate: Signs<EventView> = (view, context) => {
  if (view.type !== 'Warning' || view.reason !== 'FailedCreate') return []
  const kind = fromEvent.find((one) => one === view.involvedObject.kind)
  if (kind === undefined || saysWebhookFailed(view.message)) return []
  if (context.now.getTime() - eventTime(view) > RECENT_EVENT_MS) return []
  if ((view.series?.count ?? view.count ?? 1) < 2) return []
  const subject = context.byUid(view.involvedObject.uid ?? '')
  if (subject === undefined ? context.complete(kind) : hasComeRight(subject, view, context)) return []
  return [
    {
      reason: 'ReplicaSetCreateFailure',
      message: `Pods cannot be created${because({ reason: view.reason, message: view.message })}`,
      field: 'event.message',
    },
  ]
}

/** An event speaks of a moment: a pod that was made since then says that it is over. */
function hasComeRight(subject: View, event: EventView, context: Context): boolean {
  if (isWhole(subject, context)) return true
  return context
    .podsOf(subject.metadata.uid)
    .some(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') >= eventTime(event))
}
