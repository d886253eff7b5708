/**
 * Fault types that are one trouble seen at different moments share a class, and so one incident: a container first
 * crashes, is then OOM-killed, then backs off. A type that is not listed is its own class.
 */
const classes: Readonly<Record<string, string>> = {
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
  ProbeFailure: 'probe',
  NodeUnhealthy: 'node',
  NodePressure: 'node-pressure',
  DeploymentFailure: 'rollout',
  StatefulSetFailure: 'rollout',
  DaemonSetFailure: 'rollout',
  ReplicaSetCreateFailure: 'create',
  JobFailure: 'job',
  CronJobMissed: 'job',
  PVCPending: 'volume',
  PVCLost: 'volume',
  HPAUnable: 'autoscaling',
  ServiceWithoutEndpoints: 'service',
  WebhookFailure: 'webhook',
  CertificateExpired: 'certificate',
}

/** Whether a detector of ours gives this type. Others come from people, alerts and foreign servers. */
export const isDetected = (faultType: string): boolean => Object.hasOwn(classes, faultType)

export const faultClass = (faultType: string): string => classes[faultType] ?? faultType.toLowerCase()
