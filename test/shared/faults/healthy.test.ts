import { expect, test } from 'vitest'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import {
  aboutPod,
  ago,
  claim,
  conditions,
  container,
  cron,
  ended,
  event,
  init,
  named,
  pendingOnNode,
  pod,
  podOf,
  seen,
  service,
  set,
  started,
  unready,
  unscheduled,
} from './pictures.ts'

test.each<[string, KubeObject[]]>([
  ['a pod that runs', [container({ ready: true, state: started(900) })]],
  [
    'a pod that is done',
    [pod({ phase: 'Succeeded', containerStatuses: [{ name: 'web', state: ended(10, 0, 'Completed') }] })],
  ],
  [
    'a pod that is being deleted while it crashes',
    [
      pod(
        {
          containerStatuses: [
            { name: 'web', restartCount: 9, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended(5) },
          ],
        },
        { metadata: { deletionTimestamp: ago(5) } },
      ),
    ],
  ],
  [
    'a crash of an hour ago',
    [container({ ready: true, restartCount: 7, state: started(3_000), lastState: ended(3_600) })],
  ],
  [
    'a restart after a clean end',
    [container({ ready: true, restartCount: 1, state: started(20), lastState: ended(30, 0, 'Completed') })],
  ],
  [
    'a first pull that failed once',
    [
      pod(
        { phase: 'Pending', containerStatuses: [{ name: 'web', state: { waiting: { reason: 'ErrImagePull' } } }] },
        { metadata: { creationTimestamp: ago(5) } },
      ),
    ],
  ],
  [
    'a ConfigMap that comes a moment later',
    [
      pod(
        {
          phase: 'Pending',
          containerStatuses: [{ name: 'web', state: { waiting: { reason: 'CreateContainerConfigError' } } }],
        },
        { metadata: { creationTimestamp: ago(5) } },
      ),
    ],
  ],
  ['a pod that waits for the autoscaler', [unscheduled(60)]],
  ['a pod whose image is still being pulled', [pendingOnNode(300)]],
  [
    'a pod that has just started and is not ready',
    [unready(60, 60), event(aboutPod, 'Unhealthy', 'connection refused')],
  ],
  ['a pod that has 5 minutes left to end', [pod({}, { metadata: { deletionTimestamp: ago(60) } })]],
  [
    'an init container that failed and then went well',
    [init({ state: ended(10, 0, 'Completed'), lastState: ended(20, 1) })],
  ],
  [
    'a node that joins',
    [named('Node', 'v1', conditions(['Ready', 'False', 'KubeletNotReady', 9]), { creationTimestamp: ago(30) })],
  ],
  [
    'a rollout under way',
    [
      named(
        'Deployment',
        'apps/v1',
        conditions(
          ['Progressing', 'True', 'ReplicaSetUpdated', 9],
          ['Available', 'False', 'MinimumReplicasUnavailable', 9],
        ),
      ),
    ],
  ],
  ['a StatefulSet that rolls', [set('StatefulSet', { readyReplicas: 2 }), podOf('StatefulSet', 60)]],
  [
    'an old ReplicaSet without replicas',
    [
      named('ReplicaSet', 'apps/v1', {
        spec: { replicas: 0 },
        ...conditions(['ReplicaFailure', 'True', 'FailedCreate', 60]),
      }),
    ],
  ],
  [
    'a Job that failed days ago',
    [named('Job', 'batch/v1', conditions(['Failed', 'True', 'BackoffLimitExceeded', 200_000]))],
  ],
  [
    'a failed Job whose CronJob has succeeded since',
    [
      named('Job', 'batch/v1', conditions(['Failed', 'True', 'BackoffLimitExceeded', 600]), {
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'x', uid: 'CronJob-1', controller: true }],
      }),
      named('CronJob', 'batch/v1', { spec: { suspend: true }, status: { lastSuccessfulTime: ago(60) } }),
    ],
  ],
  [
    'a pod of a Job that is tried again',
    [
      pod(
        { phase: 'Failed', containerStatuses: [{ name: 'web', state: ended(10) }] },
        {
          metadata: {
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: 'j', controller: true }],
          },
        },
      ),
    ],
  ],
  ['a CronJob on time', [cron({}, ago(500))]],
  ['a CronJob that is suspended', [cron({ suspend: true }, ago(99_999))]],
  ['a CronJob whose schedule cannot be read', [cron({ schedule: 'now and then' }, ago(99_999))]],
  ['a claim that nobody uses yet', [claim('Pending', 9_000)]],
  [
    'an autoscaler that was switched off',
    [
      named(
        'HorizontalPodAutoscaler',
        'autoscaling/v2',
        conditions(['ScalingActive', 'False', 'ScalingDisabled', 600]),
      ),
    ],
  ],
  [
    'a Service whose Deployment is scaled to nothing',
    [
      service,
      pod({}),
      named('Deployment', 'apps/v1', { spec: { replicas: 0, template: { metadata: { labels: { app: 'shop' } } } } }),
    ],
  ],
  ['a Service where pods cannot be seen', [service]],
  ['a certificate that is good', [named('Certificate', 'cert-manager.io/v1', { status: { notAfter: ago(-60) } })]],
  [
    'objects of a form nobody knows',
    [named('Pod', 'v1', { status: { containerStatuses: 'none' } }), named('Gadget', 'x/v1', {})],
  ],
])('%s is no fault', (_, objects) => {
  expect(seen(objects)).toEqual([])
})

test('a node that is not ready is the only fault: its pods hang because of it', () => {
  const dead = named('Node', 'v1', conditions(['Ready', 'Unknown', 'NodeStatusUnknown', 900]), {
    name: 'n1',
    namespace: undefined,
  })
  const ending = pod({}, { metadata: { deletionTimestamp: ago(900) } })
  const daemons = [set('DaemonSet', { desiredNumberScheduled: 3, numberReady: 2 }), podOf('DaemonSet', 700)]
  expect(seen([dead, ending, ...daemons]).map(({ faultType }) => faultType)).toEqual(['NodeUnhealthy'])
})
