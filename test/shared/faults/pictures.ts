import { detectFaults } from '../../../shared/faults/detect.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'

export const now = new Date('2026-02-01T12:00:00Z')
export const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString()
export const seen = (objects: readonly KubeObject[], completeKinds?: readonly string[]) =>
  detectFaults({ cluster: 'east', objects, ...(completeKinds ? { completeKinds } : {}) }, now)

export const pod = (status: object, more: { metadata?: object; spec?: object } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'web-6bf586c785-chf5m',
    namespace: 'shop',
    uid: 'p-1',
    creationTimestamp: ago(3_600),
    labels: { app: 'web', 'pod-template-hash': '6bf586c785' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6bf586c785', uid: 'rs-1', controller: true },
    ],
    ...more.metadata,
  },
  spec: { nodeName: 'n1', restartPolicy: 'Always', containers: [{ name: 'web', image: 'shop/web:2' }], ...more.spec },
  status: { phase: 'Running', ...status },
})
export const container = (status: object) =>
  pod({ containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: {}, lastState: {}, ...status }] })
export const waiting = (reason: string, message = '') => container({ state: { waiting: { reason, message } } })
export const ended = (seconds: number, exitCode = 1, reason = 'Error') => ({
  terminated: { exitCode, reason, finishedAt: ago(seconds) },
})
export const started = (seconds: number) => ({ running: { startedAt: ago(seconds) } })
export const named = (kind: string, apiVersion: string, more: object, metadata: object = {}): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'x', namespace: 'shop', uid: `${kind}-1`, creationTimestamp: ago(86_400), ...metadata },
  ...more,
})
export const conditions = (
  ...list: [type: string, status: string, reason: string, seconds: number, message?: string][]
) => ({
  status: {
    conditions: list.map(([type, status, reason, seconds, message = 'why']) => ({
      type,
      status,
      reason,
      message,
      lastTransitionTime: ago(seconds),
    })),
  },
})
export const event = (about: object, reason: string, message: string, seconds = 60, more: object = {}): KubeObject =>
  named(
    'Event',
    'v1',
    { type: 'Warning', reason, message, count: 5, lastTimestamp: ago(seconds), involvedObject: about, ...more },
    { name: `e-${reason}`, uid: `e-${reason}` },
  )
export const aboutPod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-6bf586c785-chf5m', uid: 'p-1' }

export const init = (status: object) =>
  pod(
    {
      phase: 'Pending',
      initContainerStatuses: [{ name: 'setup', restartCount: 2, state: {}, lastState: {}, ...status }],
    },
    { spec: { initContainers: [{ name: 'setup', image: 'shop/setup:1' }] } },
  )
export const sidecar = pod(
  {
    initContainerStatuses: [
      { name: 'proxy', restartCount: 6, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(9) },
    ],
  },
  { spec: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] } },
)
export const unready = (seconds: number, startedAgo: number) =>
  pod({
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }],
    containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: started(startedAgo) }],
  })
export const pendingOnNode = (seconds: number) =>
  pod({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(seconds) }],
    containerStatuses: [{ name: 'web', state: { waiting: { reason: 'ContainerCreating' } } }],
  })
export const unscheduled = (seconds: number) =>
  pod(
    {
      phase: 'Pending',
      conditions: [
        {
          type: 'PodScheduled',
          status: 'False',
          reason: 'Unschedulable',
          message: '0/3',
          lastTransitionTime: ago(seconds),
        },
      ],
    },
    { spec: { nodeName: null } },
  )
export const set = (kind: 'StatefulSet' | 'DaemonSet', status: object) =>
  named(kind, 'apps/v1', { spec: { replicas: 3 }, status })
export const podOf = (kind: string, seconds: number) =>
  pod(
    { conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(seconds) }] },
    {
      metadata: {
        name: 'x-2',
        ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'x', uid: `${kind}-1`, controller: true }],
      },
    },
  )
export const claim = (phase: string, seconds: number) =>
  named(
    'PersistentVolumeClaim',
    'v1',
    { spec: { storageClassName: 'fast' }, status: { phase } },
    { name: 'data', creationTimestamp: ago(seconds) },
  )
export const claimUser = pod({}, { spec: { volumes: [{ persistentVolumeClaim: { claimName: 'data' } }] } })
export const service = named('Service', 'v1', { spec: { selector: { app: 'shop' } } })
export const otherDeployment = named('Deployment', 'apps/v1', {
  spec: { template: { metadata: { labels: { app: 'other' } } } },
})
export const cron = (spec: object, lastScheduleTime: string) =>
  named('CronJob', 'batch/v1', { spec: { schedule: '*/10 * * * *', ...spec }, status: { lastScheduleTime } })
