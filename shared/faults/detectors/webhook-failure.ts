import { condition, eventTime } from '../context.ts'
import { type Detector, none } from '../finding.ts'

const RECENT_EVENT_MS = 600_000

/** As the API server words it (apiserver v1.33, webhook/errors): `failed calling webhook "name": …`. */
export const saysWebhookFailed = (message: string | null | undefined): boolean =>
  message?.includes('failed calling webhook') === true

export const webhookFailure: Detector = (view, { now, byUid, complete }) => {
  const text = (message: string | null | undefined) => `An admission webhook does not answer: ${message ?? ''}`
  if (view.kind === 'ReplicaSet' && !view.metadata.deletionTimestamp && (view.spec?.replicas ?? 1) > 0) {
    const failure = condition(view.status?.conditions, 'ReplicaFailure')
    if (failure?.status !== 'True' || !saysWebhookFailed(failure.message)) return none
    const field = 'status.conditions[type=ReplicaFailure].message'
    return [{ faultType: 'WebhookFailure', severity: 'critical', text: text(failure.message), field }]
  }
  // A ReplicaSet says it in its own conditions; told by events it would be counted twice.
  if (view.kind !== 'Event' || view.type !== 'Warning' || view.involvedObject.kind === 'ReplicaSet') return none
  if (!saysWebhookFailed(view.message) || now.getTime() - eventTime(view) > RECENT_EVENT_MS) return none
  const { kind, uid } = view.involvedObject
  if (kind === 'Pod' && complete('Pod') && byUid(uid ?? '') === undefined) return none
  return [{ faultType: 'WebhookFailure', severity: 'critical', text: text(view.message), field: 'event.message' }]
}
