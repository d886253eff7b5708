import { z } from 'zod'
import type { KubeObject } from './kube-object.ts'
import { Condition, Labels, Metadata, whole } from './view-parts.ts'
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
  status: z.object({ conditions: z.array(Condition).nullish() }).nullish(),
})
const PersistentVolumeClaimView = z.object({
  apiVersion: z.string(),
  kind: z.literal('PersistentVolumeClaim'),
  metadata: Metadata,
  spec: z.object({ storageClassName: z.string().nullish() }).nullish(),
  status: z.object({ phase: z.string().nullish() }).nullish(),
})
const HorizontalPodAutoscalerView = z.object({
  apiVersion: z.string(),
  kind: z.literal('HorizontalPodAutoscaler'),
  metadata: Metadata,
  status: z.object({ conditions: z.array(Condition).nullish() }).nullish(),
})
const ServiceView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Service'),
  metadata: Metadata,
  spec: z.object({ type: z.string().nullish(), selector: Labels }).nullish(),
})
const CertificateView = z.object({
  apiVersion: z.string().startsWith('cert-manager.io/'),
  kind: z.literal('Certificate'),
  metadata: Metadata,
  status: z.object({ notAfter: z.string().nullish() }).nullish(),
})
const EventView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Event'),
  metadata: Metadata,
  type: z.string().nullish(),
  reason: z.string().nullish(),
  message: z.string().nullish(),
  count: whole,
  firstTimestamp: z.string().nullish(),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  series: z.object({ count: whole, lastObservedTime: z.string().nullish() }).nullish(),
  involvedObject: z.object({
    apiVersion: z.string().nullish(),
    kind: z.string().nullish(),
    namespace: z.string().nullish(),
    name: z.string().nullish(),
    uid: z.string().nullish(),
  }),
})
export type EventView = z.infer<typeof EventView>

const View = z.discriminatedUnion('kind', [
  PodView,
  NodeView,
  DeploymentView,
  ReplicaSetView,
  StatefulSetView,
  DaemonSetView,
  JobView,
  CronJobView,
  PersistentVolumeClaimView,
  HorizontalPodAutoscalerView,
  ServiceView,
  CertificateView,
  EventView,
])
/** What the detectors read of an object, and nothing else: a watch keeps thousands of these in memory. */
export type View = z.infer<typeof View>

/** `undefined` for kinds no detector reads, and for objects that do not have their kind's form. */
export function viewOf(object: KubeObject): View | undefined {
  const parsed = View.safeParse(object)
  return parsed.success ? parsed.data : undefined
}
