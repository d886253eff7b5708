import { certificateExpired } from './detectors/certificate-expired.ts'
import { configError } from './detectors/config-error.ts'
import { crashLoop } from './detectors/crash-loop.ts'
import { createFailure } from './detectors/create-failure.ts'
import { cronJobMissed } from './detectors/cron-job-missed.ts'
import { deploymentFailure } from './detectors/deployment-failure.ts'
import { hpaUnable } from './detectors/hpa-unable.ts'
import { imagePull } from './detectors/image-pull.ts'
import { initFailure } from './detectors/init-failure.ts'
import { jobFailure } from './detectors/job-failure.ts'
import { nodePressure } from './detectors/node-pressure.ts'
import { nodeUnhealthy } from './detectors/node-unhealthy.ts'
import { oomKilled } from './detectors/oom-killed.ts'
import { podCrash } from './detectors/pod-crash.ts'
import { podEvicted } from './detectors/pod-evicted.ts'
import { daemonSetFailure, statefulSetFailure } from './detectors/pod-set-failure.ts'
import { podStuckPending } from './detectors/pod-stuck-pending.ts'
import { podStuckTerminating } from './detectors/pod-stuck-terminating.ts'
import { probeFailure } from './detectors/probe-failure.ts'
import { pvcFailure } from './detectors/pvc-failure.ts'
import { serviceWithoutEndpoints } from './detectors/service-without-endpoints.ts'
import { unschedulable } from './detectors/unschedulable.ts'
import { webhookFailure } from './detectors/webhook-failure.ts'
import type { Detector } from './finding.ts'

export const detectors: readonly Detector[] = [
  oomKilled,
  crashLoop,
  podCrash,
  imagePull,
  configError,
  initFailure,
  unschedulable,
  podStuckPending,
  podStuckTerminating,
  podEvicted,
  probeFailure,
  nodeUnhealthy,
  nodePressure,
  deploymentFailure,
  statefulSetFailure,
  daemonSetFailure,
  createFailure,
  webhookFailure,
  jobFailure,
  cronJobMissed,
  pvcFailure,
  hpaUnable,
  serviceWithoutEndpoints,
  certificateExpired,
]

/** What a snapshot should hold for the detectors to see all they can: list these, in any order. */
export const faultKinds: readonly { readonly apiVersion: string; readonly kind: string }[] = [
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'Node' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'apps/v1', kind: 'StatefulSet' },
  { apiVersion: 'apps/v1', kind: 'DaemonSet' },
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'batch/v1', kind: 'CronJob' },
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'v1', kind: 'Event' },
  { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' },
]
