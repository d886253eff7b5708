import { z } from 'zod'
import { Condition, Labels, Metadata, whole } from './view-parts.ts'

const template = z.object({ metadata: z.object({ labels: Labels }).nullish() }).nullish()
const conditions = z.array(Condition).nullish()

export const DeploymentView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Deployment'),
  metadata: Metadata,
  spec: z.object({ replicas: whole, paused: z.boolean().nullish(), template }).nullish(),
  status: z.object({ conditions }).nullish(),
})
export const ReplicaSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('ReplicaSet'),
  metadata: Metadata,
  spec: z.object({ replicas: whole }).nullish(),
  status: z.object({ conditions }).nullish(),
})
export const StatefulSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('StatefulSet'),
  metadata: Metadata,
  spec: z.object({ replicas: whole, template }).nullish(),
  status: z.object({ readyReplicas: whole }).nullish(),
})
export const DaemonSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('DaemonSet'),
  metadata: Metadata,
  spec: z.object({ template }).nullish(),
  status: z.object({ desiredNumberScheduled: whole, numberReady: whole }).nullish(),
})
export const JobView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Job'),
  metadata: Metadata,
  status: z.object({ conditions, failed: whole }).nullish(),
})
export const CronJobView = z.object({
  apiVersion: z.string(),
  kind: z.literal('CronJob'),
  metadata: Metadata,
  spec: z
    .object({
      schedule: z.string().nullish(),
      timeZone: z.string().nullish(),
      suspend: z.boolean().nullish(),
      startingDeadlineSeconds: whole,
      concurrencyPolicy: z.string().nullish(),
    })
    .nullish(),
  status: z
    .object({
      lastScheduleTime: z.string().nullish(),
      lastSuccessfulTime: z.string().nullish(),
      active: z.array(z.unknown()).nullish(),
    })
    .nullish(),
})
