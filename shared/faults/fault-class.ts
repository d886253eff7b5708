import { own } from '../runtime/own.ts'

/**
 * Fault types that are one trouble seen at different moments share a class, and so one incident: a container first
 * crashes, is then OOM-killed, then backs off. A type that is not listed is its own class.
 */
const classes = {
  PodCrash: 'crash',
  CrashLoop: 'crash',
  OOMKilled: 'crash',
  ImagePull: 'image',
  ConfigError: 'config',
  Unschedulable: 'scheduling',
  PodStuckPending: 'pending',
  PodStuckTerminating: 'terminating',
  InitFailure: 'init',
  PodEvicted: 'eviction',
  PodNotAdmitted: 'admission',
  ProbeFailure: 'probe',
  ReadinessGateClosed: 'probe',
  NodeUnhealthy: 'node',
  NodePressure: 'node-pressure',
  NodeProblem: 'node-problem',
  DrainBlocked: 'drain',
  DeploymentFailure: 'rollout',
  StatefulSetFailure: 'rollout',
  DaemonSetFailure: 'rollout',
  ReplicaSetCreateFailure: 'create',
  JobFailure: 'job',
  JobHeldOpen: 'job',
  CronJobMissed: 'job',
  PVCPending: 'volume',
  PVCLost: 'volume',
  VolumeFailed: 'volume',
  HPAUnable: 'autoscaling',
  ServiceWithoutEndpoints: 'service',
  WebhookFailure: 'webhook',
  CertificateExpired: 'certificate',
  CertificateFailing: 'certificate',
  NamespaceStuckTerminating: 'terminating',
  ResourceStuckTerminating: 'terminating',
  APIServiceUnavailable: 'api',
  IngressUnserved: 'ingress',
  ResourceFailing: 'resource',
} as const
/** What our own signs are called: one that is not listed does not compile. */
export type FaultType = keyof typeof classes
const classOf: Readonly<Record<string, string>> = classes

/** All that a detector of ours gives. */
export const detectedTypes: readonly string[] = Object.keys(classes)

/** Whether a detector of ours gives this type. Others come from people, alerts and foreign servers. */
export const isDetected = (faultType: string): boolean => Object.hasOwn(classes, faultType)

export const faultClass = (faultType: string): string => own(classOf, faultType) ?? faultType.toLowerCase()
