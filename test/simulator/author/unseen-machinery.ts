import { node } from './backdrop.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** What the cluster itself does to those who live in it. */
export const unseenMachinery = [
  unseen(
    'full-to-the-brim',
    (t) => {
      const evicted = (why: string) => ({
        phase: 'Failed',
        ready: false,
        state: { terminated: { exitCode: 137, reason: 'Error', startedAt: t.ago(900), finishedAt: t.ago(21) } },
        status: { phase: 'Failed', reason: 'Evicted', message: why, containerStatuses: [] },
      })
      const why =
        'The node was low on resource: ephemeral-storage. Threshold quantity: 10275372032, available: 6821004Ki. '
      const apps = ['transcoder', 'uploader'].map((name) =>
        t.app({
          namespace: 'video',
          name,
          days: 50,
          replicas: 2,
          state: [
            {},
            evicted(why),
            t.is.pending(
              '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.',
            ),
          ],
        }),
      )
      for (const { pods } of apps) if (pods[1] !== undefined) pods[1].spec.nodeName = 'disk-2'
      for (const { pods } of apps) if (pods[0] !== undefined) pods[0].spec.nodeName = 'disk-1'
      const sick = t.machines.find(({ kind, metadata }) => kind === 'Node' && metadata.name === 'disk-2')
      return {
        objects: [
          ...apps.flatMap(({ objects }) => objects),
          ...apps.flatMap(({ pods }) => pods.slice(1, 2).map((pod) => t.warn(pod, 'Evicted', why, { first: 21 }))),
          ...(sick === undefined
            ? []
            : [
                t.warn(sick, 'EvictionThresholdMet', 'Attempting to reclaim ephemeral-storage', {
                  first: 26,
                  last: 0.5,
                  count: 140,
                }),
                t.warn(
                  sick,
                  'ImageGCFailed',
                  'Failed to garbage collect required amount of images. Attempted to free 9214311628 bytes, but only found 0 bytes eligible to free.',
                  { first: 30, last: 1, count: 6 },
                ),
              ]),
        ],
        expect: cause('Node//disk-2', ['disk']),
      }
    },
    ['disk-1', 'disk-2'],
    {
      machines: (author: never) => [
        ...node(author, 'disk-1'),
        ...node(author, 'disk-2', {
          taints: [{ key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule' }],
          conditions: [
            ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
            ['DiskPressure', 'True', 'KubeletHasDiskPressure', 'kubelet has disk pressure'],
            ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
            ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
          ].map(([type, status, reason, message]) => ({
            type,
            status,
            reason,
            message,
            lastHeartbeatTime: (author as { ago: (m: number) => string }).ago(0.4),
            lastTransitionTime: (author as { ago: (m: number) => string }).ago(26),
          })),
        }),
      ],
    },
  ),
  unseen('guard-that-fell-asleep', (t) => {
    const guard = t.app({
      namespace: 'guard',
      name: 'policy-guard',
      tag: '0.31',
      replicas: 2,
      days: 30,
      state: t.is.waiting(
        'ImagePullBackOff',
        'Back-off pulling image "registry.example.net/guard/policy-guard:0.31": ErrImagePull: registry.example.net/guard/policy-guard:0.31: not found',
      ),
      pods: 65,
      port: 8443,
    })
    const hook = t.thing('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', '', 'policy-guard', {
      webhooks: [
        {
          name: 'pods.policy-guard.example.com',
          failurePolicy: 'Fail',
          clientConfig: { service: { name: 'policy-guard', namespace: 'guard', path: '/mutate', port: 80 } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
          timeoutSeconds: 10,
        },
      ],
    })
    const app = t.app({ namespace: 'loyalty', name: 'points', replicas: 3, rolled: 35, state: [] })
    return {
      objects: [
        ...guard.objects,
        hook,
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          'Error creating: Internal error occurred: failed calling webhook "pods.policy-guard.example.com": failed to call webhook: Post "https://policy-guard.guard.svc:80/mutate?timeout=10s": no endpoints available for service "policy-guard"',
          { first: 34, last: 1, count: 17, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('Deployment/guard/policy-guard', ['0.31']),
    }
  }),
  unseen('guard-with-an-old-passport', (t) => {
    const guard = t.app({
      namespace: 'security',
      name: 'image-verifier',
      replicas: 2,
      days: 366,
      main: readyAt('/healthz'),
      port: 8443,
    })
    const hook = t.thing('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', '', 'image-verifier', {
      webhooks: [
        {
          name: 'verify.images.example.com',
          failurePolicy: 'Fail',
          clientConfig: { service: { name: 'image-verifier', namespace: 'security', path: '/verify', port: 80 } },
          rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
          admissionReviewVersions: ['v1'],
          sideEffects: 'None',
        },
      ],
    })
    const app = t.app({ namespace: 'surveys', name: 'collector', replicas: 2, rolled: 25, state: [] })
    return {
      objects: [
        ...guard.objects,
        hook,
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          'Error creating: Internal error occurred: failed calling webhook "verify.images.example.com": failed to call webhook: Post "https://image-verifier.security.svc:80/verify?timeout=10s": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-03T10:23:00Z is after 2026-11-02T23:59:59Z',
          { first: 24, last: 1, count: 15, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('ValidatingWebhookConfiguration//image-verifier', ['expired'], {
        mustNotBlame: ['Deployment/surveys/collector'],
      }),
    }
  }),
  unseen('meter-with-a-wrong-flag', (t) => {
    const mine = (one: (typeof t.well)[number], name: string) =>
      one.metadata.namespace === 'kube-system' && one.metadata.name.startsWith(name)
    const meter = t.well.filter((one) => one.kind === 'Pod' && mine(one, 'metrics-server'))
    for (const one of t.well.filter((each) => mine(each, 'metrics-server'))) {
      if (one.kind === 'Deployment') {
        one.spec.template.spec.containers[0].args = ['--cert-dir=/tmp', '--kubelet-insecure-tl']
        Object.assign(one.status, { availableReplicas: 0, readyReplicas: 0, unavailableReplicas: 1 })
      }
      if (one.kind === 'Pod') {
        one.spec.containers[0].args = ['--cert-dir=/tmp', '--kubelet-insecure-tl']
        Object.assign(one.status.containerStatuses[0], {
          ready: false,
          restartCount: 22,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(3), finishedAt: t.ago(3) } },
        })
        for (const condition of one.status.conditions)
          if (['Ready', 'ContainersReady'].includes(condition.type)) condition.status = 'False'
      }
      if (one.kind === 'EndpointSlice') one.endpoints = []
    }
    const app = t.app({ namespace: 'tickets', name: 'booking', days: 60, main: readyAt('/'), port: 8080 })
    const scaler = t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'tickets', 'booking', {
      spec: {
        minReplicas: 2,
        maxReplicas: 20,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'booking' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        conditions: [
          {
            type: 'AbleToScale',
            status: 'True',
            reason: 'SucceededGetScale',
            message: 'ok',
            lastTransitionTime: t.ago(9000),
          },
          {
            type: 'ScalingActive',
            status: 'False',
            reason: 'FailedGetResourceMetric',
            message:
              'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
            lastTransitionTime: t.ago(100),
          },
        ],
      },
    })
    const api = t.thing('apiregistration.k8s.io/v1', 'APIService', '', 'v1beta1.metrics.k8s.io', {
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        service: { name: 'metrics-server', namespace: 'kube-system', port: 443 },
      },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'False',
            reason: 'MissingEndpoints',
            message: 'endpoints for service/metrics-server in "kube-system" have no addresses with port name "https"',
            lastTransitionTime: t.ago(101),
          },
        ],
      },
    })
    return {
      objects: [...app.objects, scaler, api, ...meter.flatMap((pod) => t.crashed(pod, 22, 100))],
      logs: allLogs(t, meter, ['Error: unknown flag: --kubelet-insecure-tl', 'Usage:', '   [flags]'], 'metrics-server'),
      expect: cause('Deployment/kube-system/metrics-server', ['--kubelet-insecure-tl'], {
        trigger: at('HorizontalPodAutoscaler/tickets/booking'),
      }),
    }
  }),
  unseen('budget-of-a-broken-release', (t) => {
    const app = t.app({
      namespace: 'sso',
      name: 'token-service',
      tag: '9.0.1',
      replicas: 2,
      days: 30,
      state: [
        {},
        t.is.waiting(
          'ImagePullBackOff',
          'Back-off pulling image "registry.example.net/sso/token-service:9.0.1": ErrImagePull: rpc error: code = NotFound desc = registry.example.net/sso/token-service:9.0.1: not found',
        ),
      ],
      port: 8080,
    })
    const budget = t.thing('policy/v1', 'PodDisruptionBudget', 'sso', 'token-service', {
      spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'token-service' } } },
      status: { currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 2, observedGeneration: 1 },
    })
    const drained = t.machines.find(
      ({ kind, metadata }) => kind === 'Node' && metadata.name === app.pods[0]?.spec.nodeName,
    )
    if (drained !== undefined)
      drained.spec = {
        ...drained.spec,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: t.ago(40) }],
      }
    return {
      objects: [...app.objects, budget],
      expect: cause('Deployment/sso/token-service', ['9.0.1'], {
        trigger: at('PodDisruptionBudget/sso/token-service'),
      }),
    }
  }),
  unseen('run-that-waits-for-its-brother', (t) => {
    const template = {
      metadata: { labels: { task: 'statements' } },
      spec: {
        restartPolicy: 'OnFailure',
        nodeSelector: { 'workload-class': 'bacth' },
        containers: [{ name: 'statements', image: 'registry.example.net/bank/statements:8' }],
      },
    }
    const cron = t.thing(
      'batch/v1',
      'CronJob',
      'bank',
      'statements',
      {
        spec: {
          schedule: '0 2 * * *',
          concurrencyPolicy: 'Forbid',
          suspend: false,
          jobTemplate: { spec: { template } },
        },
        status: {
          lastScheduleTime: t.ago(504),
          lastSuccessfulTime: t.ago(4 * DAY),
          active: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'statements-29620440', namespace: 'bank' }],
        },
      },
      { created: 200 * DAY },
    )
    const job = t.thing(
      'batch/v1',
      'Job',
      'bank',
      'statements-29620440',
      { spec: { backoffLimit: 6, template }, status: { active: 1, ready: 0, startTime: t.ago(3 * DAY) } },
      {
        created: 3 * DAY,
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'CronJob', name: 'statements', uid: cron.metadata.uid, controller: true },
        ],
      },
    )
    const pod = t.thing(
      'v1',
      'Pod',
      'bank',
      'statements-29620440-4gk7m',
      {
        spec: template.spec,
        status: {
          phase: 'Pending',
          conditions: [
            {
              type: 'PodScheduled',
              status: 'False',
              reason: 'Unschedulable',
              message: "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.",
              lastTransitionTime: t.ago(3 * DAY),
            },
          ],
        },
      },
      {
        created: 3 * DAY,
        labels: { task: 'statements', 'job-name': 'statements-29620440' },
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'Job', name: 'statements-29620440', uid: job.metadata.uid, controller: true },
        ],
      },
    )
    for (const one of t.machines)
      if (one.kind === 'Node' && one.metadata.name.startsWith('pool-b'))
        one.metadata.labels = { ...one.metadata.labels, 'workload-class': 'batch' }
    return {
      objects: [
        cron,
        job,
        pod,
        t.tell(
          cron,
          'JobAlreadyActive',
          'Not starting job because prior execution is running and concurrency policy is Forbid',
          { first: 3 * DAY, last: 504, count: 3, component: 'cronjob-controller' },
        ),
      ],
      expect: cause('CronJob/bank/statements', ['bacth'], { trigger: at('CronJob/bank/statements') }),
    }
  }),
  unseen('clock-that-gave-up', (t) => {
    const cron = t.thing(
      'batch/v1',
      'CronJob',
      'backup',
      'nightly-dump',
      {
        spec: {
          schedule: '*/10 * * * *',
          concurrencyPolicy: 'Allow',
          suspend: true,
          jobTemplate: {
            spec: {
              template: {
                spec: {
                  restartPolicy: 'Never',
                  containers: [{ name: 'dump', image: 'registry.example.net/backup/dump:3' }],
                },
              },
            },
          },
        },
        status: { lastScheduleTime: t.ago(6 * DAY), lastSuccessfulTime: t.ago(6 * DAY) },
      },
      { created: 300 * DAY },
    )
    return {
      objects: [cron],
      expect: cause('CronJob/backup/nightly-dump', ['suspend'], { trigger: at('CronJob/backup/nightly-dump') }),
    }
  }),
  unseen('wires-cut-on-one-machine', (t) => {
    const net = t.daemons({
      namespace: 'kube-system',
      name: 'calico-node',
      main: { name: 'calico-node', resources: { requests: { cpu: '250m' }, limits: { memory: '48Mi' } } },
      state: [{}, t.is.crashing(137, { reason: 'OOMKilled' }, 31), {}],
    })
    const app = t.app({
      namespace: 'quiz',
      name: 'leaderboard',
      replicas: 2,
      rolled: 18,
      state: [{}, t.is.waiting('ContainerCreating')],
    })
    const stuck = app.pods[1] ?? app.owner
    stuck.spec.nodeName = 'pool-a-2'
    if (app.pods[0] !== undefined) app.pods[0].spec.nodeName = 'pool-a-1'
    const sick = net.pods[1] ?? net.owner
    return {
      objects: [
        ...net.objects,
        ...app.objects,
        ...t.crashed(sick, 31, 150),
        t.warn(
          stuck,
          'FailedCreatePodSandBox',
          'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "9f2c": plugin type="calico" failed (add): stat /var/lib/calico/nodename: no such file or directory: check that the calico/node container is running and has mounted /var/lib/calico/',
          { first: 17, last: 0.3, count: 80 },
        ),
      ],
      logs: allLogs(t, [sick], ['INFO Starting Felix', 'INFO Loading 4211 policies'], 'calico-node'),
      expect: cause('DaemonSet/kube-system/calico-node', ['48Mi']),
    }
  }),
  unseen('disks-without-a-driver', (t) => {
    const csi = t.daemons({
      namespace: 'kube-system',
      name: 'csi-disk-node',
      main: { name: 'driver' },
      state: [
        {},
        t.is.waiting(
          'ImagePullBackOff',
          'Back-off pulling image "registry.example.net/kube-system/csi-disk-node:1.4.2": ErrImagePull: failed to do request: 401 Unauthorized',
        ),
        {},
      ],
    })
    const app = t.set({
      namespace: 'queue',
      name: 'broker',
      replicas: 1,
      days: 5,
      pods: 28,
      state: t.is.waiting('ContainerCreating'),
    })
    const [pod = app.owner] = app.pods
    pod.spec.nodeName = 'pool-a-2'
    return {
      objects: [
        ...csi.objects,
        ...app.objects,
        t.warn(
          pod,
          'FailedMount',
          `MountVolume.MountDevice failed for volume "pvc-1" : kubernetes.io/csi: attacher.MountDevice failed to create newCsiDriverClient: driver name disk.csi.example.net not found in the list of registered CSI drivers`,
          { first: 27, last: 0.6, count: 20 },
        ),
        t.thing('storage.k8s.io/v1', 'CSIDriver', '', 'disk.csi.example.net', { spec: { attachRequired: true } }),
      ],
      expect: cause('DaemonSet/kube-system/csi-disk-node', ['disk.csi.example.net']),
    }
  }),
  unseen('house-that-cannot-be-left', (t) => {
    const space = t.thing(
      'v1',
      'Namespace',
      '',
      'preview-117',
      {
        spec: { finalizers: ['kubernetes'] },
        status: {
          phase: 'Terminating',
          conditions: [
            {
              type: 'NamespaceDeletionDiscoveryFailure',
              status: 'True',
              reason: 'DiscoveryFailed',
              message:
                'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta1: stale GroupVersion discovery: custom.metrics.k8s.io/v1beta1',
              lastTransitionTime: t.ago(80),
            },
            {
              type: 'NamespaceContentRemaining',
              status: 'False',
              reason: 'ContentRemoved',
              message: 'All content successfully removed',
              lastTransitionTime: t.ago(80),
            },
          ],
        },
      },
      { created: 3 * DAY, deletionTimestamp: t.ago(81) },
    )
    const api = t.thing('apiregistration.k8s.io/v1', 'APIService', '', 'v1beta1.custom.metrics.k8s.io', {
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta1',
        service: { name: 'prometheus-adapter', namespace: 'monitoring', port: 443 },
      },
      status: {
        conditions: [
          {
            type: 'Available',
            status: 'False',
            reason: 'ServiceNotFound',
            message: 'service/prometheus-adapter in "monitoring" is not present',
            lastTransitionTime: t.ago(5 * DAY),
          },
        ],
      },
    })
    return {
      objects: [space, api],
      expect: cause('APIService//v1beta1.custom.metrics.k8s.io', ['prometheus-adapter'], {
        trigger: at('Namespace//preview-117'),
      }),
    }
  }),
  unseen('noisy-and-well', (t) => {
    const app = t.app({
      namespace: 'sales',
      name: 'catalog',
      days: 14,
      rolled: 6,
      replicas: 3,
      main: readyAt('/'),
      port: 8080,
    })
    const idle = t.app({ namespace: 'sales', name: 'winter-promo', days: 200, replicas: 0, state: [] })
    const claim = t.thing(
      'v1',
      'PersistentVolumeClaim',
      'sales',
      'scratch',
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'standard',
          resources: { requests: { storage: '1Gi' } },
        },
        status: { phase: 'Pending' },
      },
      { created: 3 * DAY },
    )
    const scaler = t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'sales', 'catalog', {
      spec: {
        minReplicas: 3,
        maxReplicas: 6,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'catalog' },
      },
      status: {
        currentReplicas: 3,
        desiredReplicas: 3,
        conditions: [
          {
            type: 'AbleToScale',
            status: 'True',
            reason: 'ReadyForNewScale',
            message: 'ok',
            lastTransitionTime: t.ago(9000),
          },
          {
            type: 'ScalingActive',
            status: 'True',
            reason: 'ValidMetricFound',
            message: 'ok',
            lastTransitionTime: t.ago(9000),
          },
          {
            type: 'ScalingLimited',
            status: 'True',
            reason: 'TooFewReplicas',
            message: 'the desired replica count is less than the minimum replica count',
            lastTransitionTime: t.ago(60),
          },
        ],
      },
    })
    const gone = t.thing(
      'v1',
      'Pod',
      'sales',
      'catalog-7d9f6c5b8-zz9zz',
      {
        spec: { nodeName: 'pool-a-1', containers: [{ name: 'app', image: 'registry.example.net/sales/catalog:1' }] },
        status: {
          phase: 'Failed',
          reason: 'Evicted',
          message: 'The node was low on resource: memory.',
          startTime: t.ago(7 * DAY),
        },
      },
      {
        created: 8 * DAY,
        labels: { 'app.kubernetes.io/name': 'catalog' },
        ownerReferences: [
          { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'catalog-7d9f6c5b8', uid: 'gone', controller: true },
        ],
      },
    )
    const [pod = app.owner] = app.pods
    return {
      objects: [
        ...app.objects,
        ...idle.objects,
        claim,
        scaler,
        gone,
        t.tell(claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding', {
          first: 3 * DAY,
          last: 0.2,
          count: 9000,
          component: 'persistentvolume-controller',
        }),
        t.warn(pod, 'Unhealthy', 'Readiness probe failed: dial tcp 10.244.1.5:8080: connect: connection refused', {
          first: 5.8,
          last: 5.7,
          count: 2,
        }),
        t.warn(pod, 'FailedScheduling', '0/3 nodes are available: 3 Insufficient cpu.', {
          first: 6,
          component: 'default-scheduler',
        }),
      ],
      logs: allLogs(t, app.pods, [
        'ERROR cache: connection reset by peer, retrying',
        'INFO cache: connected',
        'INFO GET / 200',
        'INFO GET / 200',
      ]),
      expect: { rootCause: null, trigger: at('Deployment/sales/catalog') },
    }
  }),
]
