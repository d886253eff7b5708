import { z } from 'zod'
import type { KubeObject } from '../../faults/kube-object.ts'
import { CustomView as CustomShape, isCustomGroup } from './view-custom.ts'
import {
  ApiServiceView,
  IngressClassView,
  IngressView,
  MutatingWebhookConfigurationView,
  PodDisruptionBudgetView,
  ServiceView,
  ValidatingWebhookConfigurationView,
} from './view-network.ts'
import { conditions, Metadata, text, whole } from './view-parts.ts'
import { PodView } from './view-pod.ts'
import {
  CronJobView,
  DaemonSetView,
  DeploymentView,
  JobView,
  ReplicaSetView,
  StatefulSetView,
} from './view-workloads.ts'

const NodeView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Node'),
  metadata: Metadata,
  spec: z
    .object({
      unschedulable: z.boolean().nullish(),
      taints: z.array(z.object({ key: z.string(), effect: text, timeAdded: text })).nullish(),
    })
    .nullish(),
  status: z.object({ conditions }).nullish(),
})
const NamespaceView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Namespace'),
  metadata: Metadata,
  status: z.object({ phase: text, conditions }).nullish(),
})
const PersistentVolumeClaimView = z.object({
  apiVersion: z.string(),
  kind: z.literal('PersistentVolumeClaim'),
  metadata: Metadata,
  spec: z.object({ storageClassName: text, volumeName: text }).nullish(),
  status: z.object({ phase: text }).nullish(),
})
const PersistentVolumeView = z.object({
  apiVersion: z.string(),
  kind: z.literal('PersistentVolume'),
  metadata: Metadata,
  status: z.object({ phase: text, reason: text, message: text }).nullish(),
})
const HorizontalPodAutoscalerView = z.object({
  apiVersion: z.string(),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata: Metadata,
  status: z.object({ conditions }).nullish(),
})
const CertificateView = z.object({
  apiVersion: z.string().startsWith('cert-manager.io/'),
  kind: z.literal('Certificate'),
  metadata: Metadata,
  status: z
    .object({ notAfter: text, renewalTime: text, failedIssuanceAttempts: whole, lastFailureTime: text, conditions })
    .nullish(),
})
const EventView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Event'),
  metadata: Metadata,
  type: text,
  reason: text,
  message: text,
  count: whole,
  firstTimestamp: text,
  lastTimestamp: text,
  eventTime: text,
  series: z.object({ count: whole, lastObservedTime: text }).nullish(),
  involvedObject: z.object({ apiVersion: text, kind: text, namespace: text, name: text, uid: text }),
})
export type EventView = z.infer<typeof EventView>

const Named = z.discriminatedUnion('kind', [
  PodView,
  NodeView,
  NamespaceView,
  DeploymentView,
  ReplicaSetView,
  StatefulSetView,
  DaemonSetView,
  JobView,
  CronJobView,
  PersistentVolumeClaimView,
  PersistentVolumeView,
  HorizontalPodAutoscalerView,
  PodDisruptionBudgetView,
  ServiceView,
  IngressView,
  IngressClassView,
  ValidatingWebhookConfigurationView,
  MutatingWebhookConfigurationView,
  ApiServiceView,
  CertificateView,
  EventView,
])
export type NamedView = z.infer<typeof Named>
/** An object of a kind that has no file of its own: `kind` tells views apart, `type` is what the object calls itself. */
export type CustomView = Omit<z.infer<typeof CustomShape>, 'kind'> & { readonly kind: 'Custom'; readonly type: string }
/** What health is read from, and nothing else: a watch keeps thousands of these in memory. */
export type View = NamedView | CustomView
export type ViewOf<K extends View['kind']> = Extract<View, { kind: K }>

/** What an object calls itself. */
export const kindOf = (view: View): string => (view.kind === 'Custom' ? view.type : view.kind)

/** `undefined` for built-in kinds that have no health of their own, and for objects that do not have their kind's form. */
export function viewOf(object: KubeObject): View | undefined {
  const parsed = Named.safeParse(object)
  if (parsed.success) return parsed.data
  if (!isCustomGroup(object.apiVersion)) return undefined
  const custom = CustomShape.safeParse(object)
  return custom.success ? { ...custom.data, kind: 'Custom', type: custom.data.kind } : undefined
}

/** Events that say what is on its way, though nothing is wrong: the others that are Normal are not kept. */
const tellingEvents: ReadonlySet<string> = new Set(['TriggeredScaleUp', 'Nominated', 'DisruptionBlocked'])
export const isTelling = (event: EventView): boolean =>
  event.type === 'Warning' || tellingEvents.has(event.reason ?? '')
