import { z } from 'zod'
import { conditions, Labels, Metadata, text, whole } from './view-parts.ts'

const template = z
  .object({
    metadata: z.object({ labels: Labels }).nullish(),
    spec: z.object({ containers: z.array(z.object({ name: z.string(), image: text })).nullish() }).nullish(),
  })
  .nullish()

export const DeploymentView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Deployment'),
  metadata: Metadata,
  spec: z.object({ replicas: whole, paused: z.boolean().nullish(), template }).nullish(),
  status: z.object({ conditions, readyReplicas: whole, updatedReplicas: whole, observedGeneration: whole }).nullish(),
})
export const ReplicaSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('ReplicaSet'),
  metadata: Metadata,
  spec: z.object({ replicas: whole, template }).nullish(),
  status: z.object({ conditions, readyReplicas: whole, observedGeneration: whole }).nullish(),
})
export const StatefulSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('StatefulSet'),
  metadata: Metadata,
  spec: z.object({ replicas: whole, template }).nullish(),
  status: z.object({ readyReplicas: whole, observedGeneration: whole }).nullish(),
})
export const DaemonSetView = z.object({
  apiVersion: z.string(),
  kind: z.literal('DaemonSet'),
  metadata: Metadata,
  spec: z.object({ template }).nullish(),
  status: z.object({ desiredNumberScheduled: whole, numberReady: whole, observedGeneration: whole }).nullish(),
})
export const JobView = z.object({
  apiVersion: z.string(),
  kind: z.literal('Job'),
  metadata: Metadata,
  spec: z.object({ suspend: z.boolean().nullish(), template }).nullish(),
  status: z.object({ conditions, active: whole, failed: whole, startTime: text, completionTime: text }).nullish(),
})
export const CronJobView = z.object({
  apiVersion: z.string(),
  kind: z.literal('CronJob'),
  metadata: Metadata,
  spec: z
    .object({
      schedule: text,
      timeZone: text,
      suspend: z.boolean().nullish(),
      startingDeadlineSeconds: whole,
      concurrencyPolicy: text,
    })
    .nullish(),
  status: z
    .object({ lastScheduleTime: text, lastSuccessfulTime: text, active: z.array(z.unknown()).nullish() })
    .nullish(),
})
