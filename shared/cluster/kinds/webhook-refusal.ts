import { type Context, condition, eventTime } from '../context.ts'
import { isWhole } from '../harm.ts'
import type { Harm, Sign, Signs } from '../sign.ts'
import type { EventView, ViewOf } from '../view/view.ts'

const RECENT_EVENT_MS = 600_000

/** As the API server words it (apiserver v1.33, webhook/errors): `failed calling webhook "name": …`. */
const refused = /failed calling webhook "([^"]+)"/
export const saysWebhookFailed = (message: string | null | undefined): boolean =>
  message?.includes('failed calling webhook') === true

/** Whatever is to be made or changed anywhere in the cluster may be refused. */
const harm: Harm = { severity: 'critical', words: 'a webhook refuses what is made or changed' }

export const setIsRefused: Signs<ViewOf<'ReplicaSet'>> = (view, context) => {
  if (view.metadata.deletionTimestamp || (view.spec?.replicas ?? 1) === 0) return []
  const failure = condition(view.status?.conditions, 'ReplicaFailure')
  if (failure?.status !== 'True' || !saysWebhookFailed(failure.message)) return []
  return [signOf(failure.message, 'status.conditions[type=ReplicaFailure].message', context)]
}

export const eventSaysRefused: Signs<EventView> = (view, context) => {
  // A ReplicaSet says it in its own conditions; told by events it would be counted twice.
  if (view.type !== 'Warning' || view.involvedObject.kind === 'ReplicaSet') return []
  if (!saysWebhookFailed(view.message) || context.now.getTime() - eventTime(view) > RECENT_EVENT_MS) return []
  const { kind, uid } = view.involvedObject
  const subject = context.byUid(uid ?? '')
  if (kind === 'Pod' && context.complete('Pod') && subject === undefined) return []
  // An event speaks for ten minutes; what it speaks of may be whole again in one.
  if (isWhole(subject, context)) return []
  return [signOf(view.message, 'event.message', context)]
}

function signOf(message: string | null | undefined, field: string, context: Context): Sign {
  const name = refused.exec(message ?? '')?.[1]
  const at =
    name === undefined
      ? undefined
      : [...context.all('ValidatingWebhookConfiguration'), ...context.all('MutatingWebhookConfiguration')].find(
          ({ webhooks }) => webhooks?.some((one) => one.name === name),
        )
  return {
    reason: 'WebhookFailure',
    message: `An admission webhook does not answer: ${message ?? ''}`,
    field,
    harm,
    ...(at === undefined ? {} : { at }),
  }
}
