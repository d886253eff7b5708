import type { KubeObject } from '../../shared/faults/kube-object.ts'

/** A Deployment's pod in a crash loop, as its API would show it. */
export const loopingPod = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    namespace: 'shop',
    uid: `uid-${name}`,
    creationTimestamp: '2026-01-01T00:00:00Z',
    // The notice names no owner, the reconcile reads this: both must come to the same incident.
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: name.slice(0, -6), uid: `rs-${name}`, controller: true },
    ],
  },
  spec: { nodeName: 'n1', containers: [{ name: 'web', image: 'web:1' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 7,
        state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container' } },
        lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: new Date().toISOString() } },
      },
    ],
  },
})
