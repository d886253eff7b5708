import { type Context, olderThan } from '../context.ts'
import { defineKind, type Sign } from '../sign.ts'
import type { ViewOf } from '../view/view.ts'
import { matches } from './service.ts'

type Configuration = ViewOf<'ValidatingWebhookConfiguration'> | ViewOf<'MutatingWebhookConfiguration'>

/** A chart applies its configuration before its program, or takes them away in the other order. */
const GRACE_SECONDS = 120

/** A webhook that refuses when nobody answers, and behind which nobody is: it refuses everything it is asked about. */
function signs(view: Configuration, context: Context): Sign[] {
  if (view.metadata.deletionTimestamp || !olderThan(GRACE_SECONDS, view.metadata.creationTimestamp, context.now))
    return []
  if (!context.complete('Service') || !context.complete('Pod')) return []
  for (const { name, failurePolicy, clientConfig } of view.webhooks ?? []) {
    const service = clientConfig?.service
    if (failurePolicy === 'Ignore' || !service) continue
    const why = absent(service.name, service.namespace ?? '', context)
    if (why === undefined) continue
    return [
      {
        reason: 'WebhookFailure',
        message: `An admission webhook does not answer: ${name} calls Service ${service.namespace}/${service.name}, ${why}, and its failurePolicy is Fail`,
        field: `webhooks[name=${name}].clientConfig.service`,
        harm: { severity: 'critical', words: 'a webhook refuses what is made or changed' },
      },
    ]
  }
  return []
}

function absent(name: string, namespace: string, context: Context): string | undefined {
  const service = context.named('Service', namespace, name)
  if (service === undefined) return 'which does not exist'
  const selector = service.spec?.selector
  if (!selector || Object.keys(selector).length === 0) return undefined
  return context.inNamespace('Pod', namespace).some((pod) => matches(selector, pod.metadata.labels))
    ? undefined
    : 'which has no pods'
}

export const validatingWebhookConfiguration = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  signs,
})
export const mutatingWebhookConfiguration = defineKind({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  signs,
})
