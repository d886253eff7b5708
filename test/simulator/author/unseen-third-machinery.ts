import { node } from './backdrop.ts'
import { probeFails } from './failing-probe.ts'
import type { Author } from './picture.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440
const conditions = (author: Author, bad: string, reason: string, message: string, since: number) =>
  [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ].map(([type, status, usual, text]) => ({
    type,
    status: type === bad ? (bad === 'Ready' ? 'False' : 'True') : status,
    reason: type === bad ? reason : usual,
    message: type === bad ? message : text,
    lastHeartbeatTime: author.ago(0.4),
    lastTransitionTime: author.ago(type === bad ? since : 90 * DAY),
  }))

/** Where programs may run, what they may take, and who decides about it. */
export const unseenThirdMachinery = [
  unseen('third-spread-too-even', (t) => {
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'topology.kubernetes.io/rack',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'geo-index' } },
        },
      ],
    }
    const app = t.app({
      namespace: 'geo',
      name: 'geo-index',
      rolled: 37,
      replicas: 3,
      spec: spread,
      state: t.is.pending(
        "0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label). preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
      ),
      port: 8080,
    })
    return { objects: app.objects, expect: cause('Deployment/geo/geo-index', ['topology.kubernetes.io/rack']) }
  }),
  unseen('third-shared-where-none-shares', (t) => {
    const claim = t.thing(
      'v1',
      'PersistentVolumeClaim',
      'photos',
      'album-share',
      {
        spec: {
          accessModes: ['ReadWriteMany'],
          resources: { requests: { storage: '50Gi' } },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Pending' },
      },
      { created: 47 },
    )
    const app = t.app({
      namespace: 'photos',
      name: 'album',
      days: 0.032,
      main: { volumeMounts: [{ name: 'share', mountPath: '/srv/album' }] },
      spec: { volumes: [{ name: 'share', persistentVolumeClaim: { claimName: 'album-share' } }] },
      state: t.is.pending(
        '0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
      ),
      port: 8080,
    })
    return {
      objects: [
        claim,
        ...app.objects,
        t.warn(
          claim,
          'ProvisioningFailed',
          'failed to provision volume with StorageClass "standard": rpc error: code = InvalidArgument desc = Volume capabilities MULTI_NODE_MULTI_WRITER not supported. Only SINGLE_NODE_WRITER supported.',
          { first: 46, last: 1.2, count: 16, component: 'disk.csi.example.net_csi-provisioner-0' },
        ),
      ],
      expect: cause('PersistentVolumeClaim/photos/album-share', ['ReadWriteMany'], {
        mustNotBlame: ['StorageClass//standard'],
      }),
    }
  }),
  unseen('third-larger-than-the-range', (t) => {
    const range = t.thing('v1', 'LimitRange', 'sandbox', 'per-container', {
      spec: { limits: [{ type: 'Container', max: { memory: '2Gi', cpu: '2' }, default: { memory: '512Mi' } }] },
    })
    const app = t.app({
      namespace: 'sandbox',
      name: 'notebook-hub',
      rolled: 29,
      days: 0.021,
      main: { resources: { requests: { memory: '1Gi' }, limits: { memory: '4Gi' } } },
      state: [],
    })
    return {
      objects: [
        range,
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          `Error creating: pods "${app.replicaSet.metadata.name}-7kq2p" is forbidden: maximum memory usage per Container is 2Gi, but limit is 4Gi`,
          { first: 29, last: 2, count: 16, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('LimitRange/sandbox/per-container', ['2Gi', '4Gi']),
    }
  }),
  unseen('third-group-at-its-end', (t) => {
    const app = t.app({
      namespace: 'riskcalc',
      name: 'var-engine',
      days: 30,
      pods: 28,
      replicas: 3,
      main: { resources: { requests: { cpu: '3', memory: '4Gi' } } },
      state: t.is.pending(
        '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      ),
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.tell(
            pod,
            'NotTriggerScaleUp',
            "pod didn't trigger scale-up: 1 max node group size reached, 1 node(s) had untolerated taint(s)",
            { first: 27, last: 0.6, count: 150, component: 'cluster-autoscaler' },
          ),
        ),
      ],
      expect: cause('Deployment/riskcalc/var-engine', ['max node group size reached']),
    }
  }),
  unseen(
    'third-too-many-children',
    (t) => {
      const app = t.app({
        namespace: 'crawl',
        name: 'fetcher',
        days: 13,
        replicas: 2,
        state: {
          ready: false,
          notReadySince: 12,
          state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s' } },
          restarts: 5,
          lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(2), finishedAt: t.ago(1.5) } },
        },
        port: 8080,
      })
      for (const pod of app.pods) pod.spec.nodeName = 'burst-2'
      return {
        objects: [...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 5, 12))],
        logs: allLogs(t, app.pods, [
          'OSError: [Errno 11] Resource temporarily unavailable',
          "RuntimeError: can't start new thread",
        ]),
        expect: cause('Node//burst-2', ['/pid/i']),
      }
    },
    ['burst-1', 'burst-2'],
    {
      machines: (author: Author) => [
        ...node(author, 'burst-1'),
        ...node(author, 'burst-2', {
          taints: [{ key: 'node.kubernetes.io/pid-pressure', effect: 'NoSchedule' }],
          conditions: conditions(
            author,
            'PIDPressure',
            'KubeletHasInsufficientPID',
            'kubelet has insufficient PID available',
            14,
          ),
        }),
      ],
    },
  ),
  unseen(
    'third-runtime-gone',
    (t) => {
      const app = t.app({ namespace: 'maps', name: 'geocoder', days: 13, replicas: 2, port: 8080 })
      return { objects: app.objects, expect: cause('Node//metal-2', ['container runtime is down']) }
    },
    ['metal-1', 'metal-2'],
    {
      avoid: ['metal-2'],
      machines: (author: Author) => [
        ...node(author, 'metal-1'),
        ...node(author, 'metal-2', {
          taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoExecute', timeAdded: author.ago(6) }],
          conditions: conditions(
            author,
            'Ready',
            'KubeletNotReady',
            '[container runtime is down, PLEG is not healthy: pleg was last seen active 9m14.2s ago; threshold is 3m0s]',
            6,
          ),
        }),
      ],
    },
  ),
  unseen('third-range-set-empty', (t) => {
    const app = t.app({
      namespace: 'batchlab',
      name: 'sampler',
      days: 7,
      pods: 15,
      state: t.is.waiting('ContainerCreating'),
    })
    for (const pod of app.pods) pod.spec.nodeName = 'pool-b-1'
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'FailedCreatePodSandBox',
            'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "5f0c1b": plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
            { first: 15, last: 0.3, count: 66, host: 'pool-b-1' },
          ),
        ),
      ],
      expect: cause('Node//pool-b-1', ['failed to assign an IP address']),
    }
  }),
  unseen('third-agent-too-broad', (t) => {
    const agents = t.daemons({
      namespace: 'monitoring',
      name: 'ebpf-tracer',
      days: 0.04,
      main: { resources: { requests: { cpu: '500m', memory: '24Gi' } } },
      state: t.is.pending(
        '0/3 nodes are available: 1 Insufficient memory. preemption: 0/3 nodes are available: 1 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
      ),
    })
    return { objects: agents.objects, expect: cause('DaemonSet/monitoring/ebpf-tracer', ['24Gi']) }
  }),
  unseen('third-ca-without-its-pair', (t) => {
    const issuer = t.thing('cert-manager.io/v1', 'Issuer', 'payments', 'internal-ca', {
      spec: { ca: { secretName: 'internal-ca-keypair' } },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ErrGetKeyPair',
            message: 'Error getting keypair for CA issuer: secret "internal-ca-keypair" not found',
            lastTransitionTime: t.ago(300),
          },
        ],
      },
    })
    const certificate = t.thing(
      'cert-manager.io/v1',
      'Certificate',
      'payments',
      'ledger-mtls',
      {
        spec: {
          secretName: 'ledger-mtls',
          dnsNames: ['ledger.payments.svc'],
          issuerRef: { kind: 'Issuer', name: 'internal-ca' },
        },
        status: {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'DoesNotExist',
              message: 'Issuing certificate as Secret does not exist',
              lastTransitionTime: t.ago(60),
            },
          ],
        },
      },
      { created: 60 },
    )
    const app = t.app({
      namespace: 'payments',
      name: 'ledger',
      days: 0.04,
      main: { volumeMounts: [{ name: 'tls', mountPath: '/tls' }] },
      spec: { volumes: [{ name: 'tls', secret: { secretName: 'ledger-mtls' } }] },
      state: t.is.waiting('ContainerCreating'),
      port: 8443,
    })
    return {
      objects: [
        issuer,
        certificate,
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(pod, 'FailedMount', 'MountVolume.SetUp failed for volume "tls" : secret "ledger-mtls" not found', {
            first: 57,
            last: 0.8,
            count: 36,
          }),
        ),
      ],
      expect: cause('Issuer/payments/internal-ca', ['internal-ca-keypair']),
    }
  }),
  unseen('third-first-of-the-shards', (t) => {
    const map = t.thing(
      'v1',
      'ConfigMap',
      'index',
      'shard-store-conf',
      { data: { 'redis.conf': 'port 6379\nappendonly yes\nmaxmemory-polcy allkeys-lru\n' } },
      { created: 31 },
    )
    const set = t.set({
      namespace: 'index',
      name: 'shard-store',
      days: 0.021,
      replicas: 1,
      main: {
        command: ['redis-server', '/conf/redis.conf'],
        volumeMounts: [{ name: 'conf', mountPath: '/conf' }],
      },
      state: t.is.crashing(1, {}, 10),
      port: 6379,
    })
    set.owner.spec.replicas = 5
    for (const one of [...set.pods, { spec: set.owner.spec.template.spec }])
      one.spec.volumes = [...(one.spec.volumes ?? []), { name: 'conf', configMap: { name: 'shard-store-conf' } }]
    return {
      objects: [map, ...set.objects, ...set.pods.flatMap((pod) => t.crashed(pod, 10, 30))],
      logs: allLogs(t, set.pods, [
        '*** FATAL CONFIG FILE ERROR (Redis 7.2.5) ***',
        'Reading the configuration file, at line 3',
        ">>> 'maxmemory-polcy allkeys-lru'",
        'Bad directive or wrong number of arguments',
      ]),
      expect: cause('ConfigMap/index/shard-store-conf', ['maxmemory-polcy']),
    }
  }),
  unseen('third-job-out-of-time', (t) => {
    const job = t.thing(
      'batch/v1',
      'Job',
      'reports',
      'quarter-close-2026q3',
      {
        spec: {
          activeDeadlineSeconds: 600,
          backoffLimit: 6,
          completions: 1,
          parallelism: 1,
          template: {
            metadata: { labels: { 'job-name': 'quarter-close-2026q3' } },
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'close', image: 'registry.example.net/reports/close:9' }],
            },
          },
        },
        status: {
          failed: 1,
          startTime: t.ago(40),
          conditions: [
            {
              type: 'Failed',
              status: 'True',
              reason: 'DeadlineExceeded',
              message: 'Job was active longer than specified deadline',
              lastTransitionTime: t.ago(30),
            },
          ],
        },
      },
      { created: 40 },
    )
    return {
      objects: [
        job,
        t.warn(job, 'DeadlineExceeded', 'Job was active longer than specified deadline', {
          first: 30,
          component: 'job-controller',
        }),
      ],
      expect: cause('Job/reports/quarter-close-2026q3', ['/deadline/i']),
    }
  }),
  unseen('third-folder-of-yesterday', (t) => {
    const it = t.thing('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'flux-system', 'tenants', {
      spec: {
        path: './tenants/prod-eu',
        prune: true,
        interval: '10m',
        sourceRef: { kind: 'GitRepository', name: 'fleet' },
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ArtifactFailed',
            message:
              'kustomization path not found: stat /tmp/kustomization-3810/tenants/prod-eu: no such file or directory',
            lastTransitionTime: t.ago(52),
          },
        ],
      },
    })
    return {
      objects: [
        it,
        t.warn(
          it,
          'ArtifactFailed',
          'kustomization path not found: stat /tmp/kustomization-3810/tenants/prod-eu: no such file or directory',
          {
            first: 52,
            last: 2,
            count: 6,
            component: 'kustomize-controller',
          },
        ),
      ],
      expect: cause('Kustomization/flux-system/tenants', ['tenants/prod-eu'], {
        trigger: at('Kustomization/flux-system/tenants'),
      }),
    }
  }),
  unseen('third-port-of-another-word', (t) => {
    const app = t.app({
      namespace: 'voting',
      name: 'ballot',
      days: 6,
      main: { ...readyAt('/healthz'), ports: [{ containerPort: 8080, name: 'http-web', protocol: 'TCP' }] },
      port: 8080,
    })
    for (const one of app.objects) {
      if (one.kind === 'Service') one.spec.ports[0].targetPort = 'web'
      if (one.kind === 'EndpointSlice') {
        one.endpoints = []
        one.ports = []
      }
    }
    const caller = t.app({
      namespace: 'voting',
      name: 'results-page',
      days: 6,
      main: { ...readyAt('/ready'), env: [{ name: 'BALLOT_URL', value: 'http://ballot.voting.svc' }] },
      state: { ready: false, notReadySince: 58 },
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        ...caller.objects,
        ...probeFails(t, caller.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 502', 58),
      ],
      logs: allLogs(t, caller.pods, [
        'Error: connect ECONNREFUSED 10.96.88.12:80',
        '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1595:16)',
        'error fetching http://ballot.voting.svc/v1/tally: connect ECONNREFUSED',
      ]),
      expect: cause('Service/voting/ballot', ['web'], { mustNotBlame: ['Deployment/voting/results-page'] }),
    }
  }),
  unseen('third-gate-for-another-team', (t) => {
    const server = t.app({
      namespace: 'identity',
      name: 'token-store',
      days: 90,
      main: readyAt('/healthz'),
      port: 8080,
    })
    const policy = t.thing(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'identity',
      'token-store-ingress',
      {
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'token-store' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sso' } } }] }],
        },
      },
      { created: 28 },
    )
    const caller = t.app({
      namespace: 'portal',
      name: 'account-page',
      days: 33,
      main: { ...readyAt('/ready'), env: [{ name: 'TOKEN_STORE', value: 'http://token-store.identity:80' }] },
      state: { ready: false, notReadySince: 27 },
      port: 8080,
    })
    const space = (name: string) =>
      t.thing('v1', 'Namespace', '', name, {}, { labels: { 'kubernetes.io/metadata.name': name } })
    return {
      objects: [
        ...['identity', 'portal', 'sso'].map(space),
        ...server.objects,
        policy,
        ...caller.objects,
        ...probeFails(t, caller.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 503', 27),
      ],
      logs: {
        ...allLogs(t, caller.pods, [
          'WARN  [io.netty] connection timed out: token-store.identity/10.96.31.8:80',
          'java.net.http.HttpConnectTimeoutException: HTTP connect timed out',
          'ERROR GET http://token-store.identity:80/v1/tokens failed after 3 attempts',
        ]),
        ...allLogs(t, server.pods, ['INFO listening on :8080']),
      },
      expect: cause('NetworkPolicy/identity/token-store-ingress', [], {
        mustNotBlame: ['Deployment/identity/token-store', 'Service/identity/token-store'],
      }),
    }
  }),
  unseen('third-nobody-and-nothing', (t) => {
    const a = t.app({
      namespace: 'mail',
      name: 'bounce-handler',
      rolled: 33,
      days: 0.024,
      spec: { serviceAccountName: 'bounce-handler' },
      state: [],
    })
    const b = t.app({
      namespace: 'forecast',
      name: 'weather-import',
      rolled: 18,
      main: { command: ['python', '/srv/importer/main.py'] },
      state: t.is.crashing(2),
    })
    return {
      objects: [
        ...a.objects,
        t.warn(
          a.replicaSet,
          'FailedCreate',
          `Error creating: pods "${a.replicaSet.metadata.name}-" is forbidden: error looking up service account mail/bounce-handler: serviceaccount "bounce-handler" not found`,
          { first: 33, last: 2, count: 16, component: 'replicaset-controller' },
        ),
        ...b.objects,
        ...b.pods.flatMap((pod) => t.crashed(pod, 8, 17)),
      ],
      logs: allLogs(t, b.pods, [
        "python: can't open file '/srv/importer/main.py': [Errno 2] No such file or directory",
      ]),
      expect: {
        rootCauses: [at('ServiceAccount/mail/bounce-handler'), at('Deployment/forecast/weather-import')],
        mustMention: ['/srv/importer/main.py', 'bounce-handler'],
      },
    }
  }),
]
