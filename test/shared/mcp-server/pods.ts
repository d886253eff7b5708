import { ago } from './setup.ts'

/** A pod of the Deployment web, as its ReplicaSet makes it. */
export const webPod = (uid: string, containerStatus: object, more: { name?: string; metadata?: object } = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: more.name ?? 'web-6bf586c785-chf5m',
    namespace: 'shop',
    uid,
    creationTimestamp: ago(600),
    labels: { app: 'web', 'pod-template-hash': '6bf586c785' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-6bf586c785', uid: 'rs-1', controller: true },
    ],
    ...more.metadata,
  },
  spec: { nodeName: 'n1', restartPolicy: 'Always', containers: [{ name: 'web', image: 'shop/web:2' }] },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(60) }],
    containerStatuses: [
      { name: 'web', image: 'shop/web:2', ready: false, restartCount: 0, state: {}, lastState: {}, ...containerStatus },
    ],
  },
})
export const running = { ready: true, state: { running: { startedAt: ago(300) } } }
export const crashLooping = {
  restartCount: 4,
  state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m20s restarting failed container=web' } },
  lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: ago(20) } },
}
export const replicaSet = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-6bf586c785',
    namespace: 'shop',
    uid: 'rs-1',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd-1', controller: true }],
  },
  spec: { replicas: 1 },
  status: { replicas: 1 },
}
export const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'd-1' },
  spec: { replicas: 1, template: { metadata: { labels: { app: 'web' } } } },
  status: { readyReplicas: 1 },
}
export const node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', uid: 'n-1', creationTimestamp: ago(9_000) },
  status: { conditions: [{ type: 'Ready', status: 'True' }] },
}
