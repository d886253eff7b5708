import { expect, test } from 'vitest'
import {
  aboutPod,
  ago,
  conditions,
  container,
  ended,
  event,
  named,
  pod,
  seen,
  started,
  unscheduled,
} from './pictures.ts'

const types = (found: ReturnType<typeof seen>) => found.map(({ faultType }) => faultType)
const ready = (seconds: number) => ({
  conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(seconds) }],
})
const once = { spec: { restartPolicy: 'Never' }, metadata: { ownerReferences: [] } }
const job = (name: string, more: object, image = 'shop/migrate:1') =>
  named(
    'Job',
    'batch/v1',
    { spec: { template: { spec: { containers: [{ name: 'm', image }] } } }, ...more },
    { name, uid: name },
  )
const deployment = (status: object, replicas = 1) =>
  named('Deployment', 'apps/v1', { spec: { replicas }, status }, { name: 'web', uid: 'd-1' })
const replicaSet = named(
  'ReplicaSet',
  'apps/v1',
  { spec: { replicas: 1 } },
  {
    name: 'web-6bf586c785',
    uid: 'rs-1',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd-1', controller: true }],
  },
)
const evictedPod = (name: string, created: number, at: number) =>
  pod(
    {
      phase: 'Failed',
      reason: 'Evicted',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(at) }],
    },
    { metadata: { name, uid: name, creationTimestamp: ago(created) } },
  )
const whole = [
  deployment({ readyReplicas: 1 }),
  replicaSet,
  pod(ready(600), { metadata: { uid: 'p-9', name: 'web-9' } }),
]

test.each<[string, Parameters<typeof seen>[0]]>([
  [
    'a pipeline’s test that failed',
    [pod({ phase: 'Failed', containerStatuses: [{ name: 'web', state: ended(20) }] }, once)],
  ],
  [
    'one restart after hours of work, well again',
    [
      pod({
        ...ready(90),
        containerStatuses: [
          {
            name: 'web',
            ready: true,
            restartCount: 1,
            state: started(100),
            lastState: { terminated: { exitCode: 1, startedAt: ago(9_000), finishedAt: ago(110) } },
          },
        ],
      }),
    ],
  ],
  [
    'a container that went down with its node',
    [container({ ready: true, restartCount: 1, state: started(30), lastState: ended(60, 255, 'Unknown') })],
  ],
  [
    'a pod that was told to go',
    [
      pod({
        phase: 'Failed',
        conditions: [{ type: 'DisruptionTarget', status: 'True' }],
        containerStatuses: [{ name: 'web', state: ended(20, 137) }],
      }),
    ],
  ],
  [
    'a balloon that waits for room',
    [
      pod(
        {
          phase: 'Pending',
          conditions: [
            { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: ago(9_000) },
          ],
        },
        { spec: { nodeName: null, priority: -10 } },
      ),
    ],
  ],
  [
    'a pod for which a node is on its way',
    [unscheduled(400), event(aboutPod, 'TriggeredScaleUp', '3->4', 390, { type: 'Normal' })],
  ],
  [
    'a slow starter within its startup probe’s patience',
    [
      pod(
        {
          conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(240) }],
          containerStatuses: [{ name: 'web', ready: false, started: false, restartCount: 0, state: started(240) }],
        },
        { spec: { containers: [{ name: 'web', startupProbe: { periodSeconds: 10, failureThreshold: 60 } }] } },
      ),
      event(aboutPod, 'Unhealthy', 'Startup probe failed: 503'),
    ],
  ],
  [
    'a registry’s hiccup',
    [
      pod(
        {
          phase: 'Pending',
          containerStatuses: [
            {
              name: 'web',
              state: { waiting: { reason: 'ImagePullBackOff', message: 'unexpected status 503 Service Unavailable' } },
            },
          ],
        },
        { metadata: { creationTimestamp: ago(50) } },
      ),
    ],
  ],
  ['an evicted pod whose set is whole again', [...whole, evictedPod('web-1', 9_000, 700)]],
  [
    'a node that reboots for an upgrade',
    [
      named('Node', 'v1', {
        spec: { unschedulable: true },
        ...conditions(['Ready', 'Unknown', 'NodeStatusUnknown', 200]),
      }),
    ],
  ],
  ['a node’s hiccup', [named('Node', 'v1', conditions(['Ready', 'False', 'KubeletNotReady', 40]))]],
  [
    'a hook that failed and went well when it was tried again',
    [
      job('hook-1', conditions(['Failed', 'True', 'BackoffLimitExceeded', 9_000])),
      job('hook-2', { status: { completionTime: ago(5_000) } }, 'shop/migrate:2'),
    ],
  ],
  [
    'a Service that an operator has made',
    [
      named(
        'Service',
        'v1',
        { spec: { selector: { app: 'idle' } } },
        { ownerReferences: [{ apiVersion: 'x.io/v1', kind: 'Gadget', name: 'g', uid: 'g', controller: true }] },
      ),
      named('Deployment', 'apps/v1', {}),
      pod({}),
    ],
  ],
  [
    'conditions of nodes that are good when True',
    [
      named(
        'Node',
        'v1',
        conditions(['Ready', 'True', 'KubeletReady', 900], ['StorageReady', 'True', 'DiskIsReady', 900]),
      ),
    ],
  ],
  [
    'conditions of operators that are good when False',
    [
      named(
        'ClusterOperator',
        'config.example.io/v1',
        conditions(
          ['Available', 'True', 'AsExpected', 9_000],
          ['Degraded', 'False', 'AsExpected', 9_000],
          ['Progressing', 'False', 'AsExpected', 9_000],
          ['Successful', 'False', 'Successful', 9_000],
        ),
      ),
    ],
  ],
  [
    'a custom resource that sleeps by design',
    [named('Revision', 'serving.example.dev/v1', conditions(['Ready', 'False', 'NoTraffic', 9_000]))],
  ],
  [
    'a pod whose node is back for a moment',
    [
      pod({
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(140) }],
        containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: started(3_600) }],
      }),
      event(aboutPod, 'Unhealthy', 'Readiness probe failed', 240),
      named('Node', 'v1', conditions(['Ready', 'True', 'KubeletReady', 1]), { name: 'n1', namespace: undefined }),
    ],
  ],
  ['a readiness gate that is a minute old', [gated(60)]],
  [
    'a pod that its node refused and whose set is whole',
    [
      ...whole,
      pod(
        { phase: 'Failed', reason: 'UnexpectedAdmissionError', startTime: ago(900) },
        { metadata: { uid: 'p-8', name: 'web-8' } },
      ),
    ],
  ],
])('%s needs nobody', (_, objects) => {
  expect(types(seen(objects))).toEqual([])
})

function gated(seconds: number) {
  return pod(
    {
      conditions: [
        { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady', lastTransitionTime: ago(seconds) },
        { type: 'ContainersReady', status: 'True', lastTransitionTime: ago(seconds) },
      ],
      containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: started(seconds) }],
    },
    { spec: { readinessGates: [{ conditionType: 'target-health.example.com/web' }] } },
  )
}

test.each<[string, Parameters<typeof seen>[0], string, string, RegExp]>([
  [
    'a set that is evicted again and again',
    [...whole, evictedPod('web-1', 900, 800), evictedPod('web-2', 800, 600)],
    'PodEvicted',
    'warning',
    /Evicted|evicted/,
  ],
  [
    'a loop that ends well each time, between two tries',
    [
      pod({
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(40) }],
        containerStatuses: [{ name: 'web', ready: false, restartCount: 4, state: ended(40, 0, 'Completed') }],
      }),
    ],
    'CrashLoop',
    'critical',
    /ends and is started again/,
  ],
  [
    'a program that its probe kills and that comes back',
    [
      pod({
        ...ready(100),
        containerStatuses: [
          {
            name: 'web',
            ready: true,
            restartCount: 6,
            state: started(120),
            lastState: { terminated: { exitCode: 0, startedAt: ago(400), finishedAt: ago(121) } },
          },
        ],
      }),
      event(aboutPod, 'Unhealthy', 'Liveness probe failed: timeout', 130),
    ],
    'CrashLoop',
    'warning',
    /killed by its liveness probe/,
  ],
  [
    'a readiness gate that nobody opens',
    [gated(300)],
    'ReadinessGateClosed',
    'critical',
    /target-health.example.com\/web .*nobody has set it/,
  ],
  [
    'an init container that waits for what does not come',
    [
      pod(
        { phase: 'Pending', initContainerStatuses: [{ name: 'wait', state: started(130) }] },
        { spec: { initContainers: [{ name: 'wait', command: ['sh', '-c', 'until nslookup db; do sleep 2; done'] }] } },
      ),
    ],
    'InitFailure',
    'critical',
    /waits for something/,
  ],
  [
    'a node that was cordoned and does not come back',
    [
      named('Node', 'v1', {
        spec: { unschedulable: true },
        ...conditions(['Ready', 'Unknown', 'NodeStatusUnknown', 420]),
      }),
    ],
    'NodeUnhealthy',
    'critical',
    /Ready=Unknown/,
  ],
  [
    'a condition of a node that is bad when True',
    [
      named(
        'Node',
        'v1',
        conditions(['Ready', 'True', 'KubeletReady', 900], ['KernelDeadlock', 'True', 'DockerHung', 600]),
      ),
    ],
    'NodeProblem',
    'warning',
    /KernelDeadlock=True/,
  ],
  [
    'a sidecar that holds a Job open',
    [
      named('Job', 'batch/v1', { status: { active: 1 } }),
      pod(
        {
          containerStatuses: [
            { name: 'work', state: ended(900, 0, 'Completed') },
            { name: 'proxy', state: started(9_000) },
          ],
        },
        {
          metadata: {
            ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'x', uid: 'Job-1', controller: true }],
          },
        },
      ),
    ],
    'JobHeldOpen',
    'warning',
    /proxy keeps running/,
  ],
  [
    'a CronJob whose last run failed, when its Job has been tidied away',
    [
      named('CronJob', 'batch/v1', {
        spec: { schedule: '* * * * *' },
        status: { lastScheduleTime: ago(55), lastSuccessfulTime: ago(3_000) },
      }),
    ],
    'JobFailure',
    'warning',
    /does not succeed/,
  ],
  [
    'a CronJob whose run never ends',
    [
      named('CronJob', 'batch/v1', {
        spec: { schedule: '*/10 * * * *', concurrencyPolicy: 'Forbid' },
        status: { lastScheduleTime: ago(9_000), lastSuccessfulTime: ago(9_500), active: [{}] },
      }),
    ],
    'CronJobMissed',
    'warning',
    /may not run beside/,
  ],
  [
    'a namespace that does not go',
    [
      named(
        'Namespace',
        'v1',
        {
          status: {
            phase: 'Terminating',
            conditions: [
              {
                type: 'NamespaceFinalizersRemaining',
                status: 'True',
                reason: 'SomeFinalizersRemain',
                message: 'x.io/f in 1 resource',
              },
            ],
          },
        },
        { deletionTimestamp: ago(900) },
      ),
    ],
    'NamespaceStuckTerminating',
    'warning',
    /SomeFinalizersRemain/,
  ],
  [
    'an API that does not answer',
    [named('APIService', 'apiregistration.k8s.io/v1', conditions(['Available', 'False', 'MissingEndpoints', 300]))],
    'APIServiceUnavailable',
    'warning',
    /MissingEndpoints/,
  ],
  [
    'an Ingress of a class that is not there',
    [
      named('Ingress', 'networking.k8s.io/v1', { spec: { ingressClassName: 'ngnix' } }),
      named('IngressClass', 'networking.k8s.io/v1', {}, { name: 'nginx', namespace: undefined }),
    ],
    'IngressUnserved',
    'critical',
    /class ngnix, which does not exist \(there are: nginx\)/,
  ],
  [
    'a webhook behind which nobody is',
    [
      named('ValidatingWebhookConfiguration', 'admissionregistration.k8s.io/v1', {
        webhooks: [
          {
            name: 'guard.x.io',
            failurePolicy: 'Fail',
            clientConfig: { service: { name: 'guard', namespace: 'policy' } },
          },
        ],
      }),
      named('Service', 'v1', {}, { name: 'other' }),
      pod({}),
    ],
    'WebhookFailure',
    'critical',
    /Service policy\/guard, which does not exist/,
  ],
  [
    'a renewal that does not come about',
    [
      named('Certificate', 'cert-manager.io/v1', {
        status: {
          renewalTime: ago(2_300_000),
          notAfter: ago(-260_000),
          failedIssuanceAttempts: 7,
          conditions: [{ type: 'Ready', status: 'True' }],
        },
      }),
    ],
    'CertificateFailing',
    'warning',
    /7 tries have failed/,
  ],
  [
    'an operator that is degraded and serves',
    [
      named(
        'ClusterOperator',
        'config.example.io/v1',
        conditions(['Available', 'True', 'AsExpected', 9_000], ['Degraded', 'True', 'MonitoringDown', 1_200]),
      ),
    ],
    'ResourceFailing',
    'warning',
    /Degraded=True/,
  ],
  [
    'a route whose one parent refuses it',
    [
      named('HTTPRoute', 'gateway.networking.k8s.io/v1', {
        status: {
          parents: [
            { parentRef: { name: 'well' }, conditions: [{ type: 'Accepted', status: 'True' }] },
            {
              parentRef: { name: 'edge', namespace: 'infra' },
              conditions: [
                {
                  type: 'ResolvedRefs',
                  status: 'False',
                  reason: 'BackendNotFound',
                  message: 'service x not found',
                  lastTransitionTime: ago(200),
                },
              ],
            },
          ],
        },
      }),
    ],
    'ResourceFailing',
    'critical',
    /BackendNotFound.*Gateway infra\/edge/,
  ],
  [
    'a kind that says it by its phase alone',
    [
      named('BackupStorageLocation', 'velero.example.io/v1', {
        status: { phase: 'Unavailable', message: 'AccessDenied' },
      }),
    ],
    'ResourceFailing',
    'warning',
    /is Unavailable, message: AccessDenied/,
  ],
  ['a drain that two budgets hold up', drain(), 'DrainBlocked', 'warning', /budget-a and budget-b select the same pod/],
])('%s is heard', (_, objects, faultType, severity, text) => {
  const found = seen(objects)
  expect(new Set(types(found))).toEqual(new Set([faultType]))
  expect(found[0]?.severity).toBe(severity)
  expect(found[0]?.context).toMatch(text)
})

function drain() {
  const budget = (name: string) =>
    named(
      'PodDisruptionBudget',
      'policy/v1',
      { spec: { selector: { matchLabels: { app: 'web' } } }, status: { disruptionsAllowed: 1 } },
      { name, uid: name },
    )
  const taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: ago(90_000) }
  const node = named(
    'Node',
    'v1',
    { spec: { unschedulable: true, taints: [taint] }, ...conditions(['Ready', 'True', 'KubeletReady', 99_000]) },
    { name: 'n1', namespace: undefined },
  )
  return [node, pod(ready(90_000)), budget('budget-a'), budget('budget-b')]
}

test('severity is what is unavailable, in words', () => {
  const looping = (uid: string) =>
    pod(
      {
        conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(60) }],
        containerStatuses: [
          {
            name: 'web',
            ready: false,
            restartCount: 9,
            state: { waiting: { reason: 'CrashLoopBackOff' } },
            lastState: ended(30),
          },
        ],
      },
      { metadata: { uid, name: `web-${uid}` } },
    )
  const serving = (uid: string) => pod(ready(900), { metadata: { uid, name: `web-${uid}` } })
  const harm = (pods: readonly ReturnType<typeof pod>[]) => {
    const [fault] = seen([deployment({ readyReplicas: 9 }, 2), replicaSet, ...pods])
    return [fault?.severity, fault?.harm]
  }
  expect(harm([looping('a'), looping('b')])).toEqual(['critical', '0 of 2 ready'])
  expect(harm([looping('a'), serving('b')])).toEqual(['warning', '1 of 2 ready'])
  expect(harm([looping('a'), serving('b'), serving('c')])).toEqual(['warning', '2 of 2 ready'])
})

test('young ones that were applied together are given three minutes, a young one alone is not', () => {
  const young = (uid: string, owner: string, status: object) =>
    pod(status, {
      metadata: {
        uid,
        name: uid,
        creationTimestamp: ago(40),
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }],
      },
    })
  const crasher = young('app', 'rs-app', {
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 2,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: ended(5),
      },
    ],
  })
  const database = young('db', 'rs-db', {
    containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: started(30) }],
  })
  expect(types(seen([crasher, database]))).toEqual([])
  expect(types(seen([crasher]))).toEqual(['CrashLoop'])
})
