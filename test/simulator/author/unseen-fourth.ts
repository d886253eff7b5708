import type { Loose } from '../objects.ts'
import { probeFails } from './failing-probe.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440

/** Written after the third set, and not tried before the rules had learned from it. */
export const unseenFourth = [
  unseen('fourth-two-hands-on-one-disk', (t) => {
    const set = t.set({ namespace: 'wiki', name: 'seed', days: 90, replicas: 1 })
    const disk = set.objects.filter(({ kind }) => kind.startsWith('PersistentVolume'))
    const app = t.app({
      namespace: 'wiki',
      name: 'wiki-engine',
      replicas: 1,
      days: 80,
      rolled: 19,
      before: {},
      main: { volumeMounts: [{ name: 'pages', mountPath: '/pages' }] },
      spec: { volumes: [{ name: 'pages', persistentVolumeClaim: { claimName: 'data-seed-0' } }] },
      state: t.is.waiting('ContainerCreating'),
      port: 8080,
    })
    const [old = app.owner, fresh = app.owner] = app.pods
    old.spec.nodeName = 'pool-a-1'
    fresh.spec.nodeName = 'pool-b-1'
    return {
      objects: [
        ...disk,
        ...app.objects,
        t.warn(
          fresh,
          'FailedAttachVolume',
          `Multi-Attach error for volume "${disk[1]?.metadata.name}" Volume is already used by pod(s) ${old.metadata.name}`,
          { first: 18, component: 'attachdetach-controller' },
        ),
      ],
      expect: cause('Deployment/wiki/wiki-engine', ['/ReadWriteOnce|Multi-Attach/'], {
        mustNotBlame: ['Node//pool-a-1', 'Node//pool-b-1'],
      }),
    }
  }),
  unseen('fourth-too-many-pulls', (t) => {
    const image = 'docker.io/library/rabbitmq:4.1-management'
    const app = t.app({
      namespace: 'queueing',
      name: 'rabbit-exporter',
      days: 3,
      pods: 14,
      main: { image },
      state: t.is.waiting('ImagePullBackOff', `Back-off pulling image "${image}"`),
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'Failed',
            `Failed to pull image "${image}": failed to pull and unpack image "${image}": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/rabbitmq/manifests/sha256:9b1c: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit`,
            { first: 13, last: 1, count: 6 },
          ),
        ),
      ],
      expect: cause('Deployment/queueing/rabbit-exporter', ['rate limit']),
    }
  }),
  unseen('fourth-plain-talk-to-a-sealed-door', (t) => {
    const app = t.app({
      namespace: 'telemetry',
      name: 'otel-fanout',
      rolled: 22,
      before: { env: [{ name: 'KAFKA_SECURITY_PROTOCOL', value: 'PLAINTEXT' }] },
      main: { env: [{ name: 'KAFKA_SECURITY_PROTOCOL', value: 'SSL' }] },
      state: t.is.crashing(1),
    })
    const kafka = t.set({ namespace: 'telemetry', name: 'bus', days: 100, replicas: 2, port: 9092 })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...app.objects, ...kafka.objects, ...t.crashed(pod, 8, 21)],
      logs: allLogs(
        t,
        [pod],
        [
          'INFO org.apache.kafka.clients.producer.ProducerConfig - ProducerConfig values: security.protocol = SSL',
          'ERROR org.apache.kafka.clients.NetworkClient - [Producer clientId=fanout] Connection to node -1 (bus.telemetry.svc/10.96.4.4:9092) failed authentication due to: SSL handshake failed',
          'Caused by: javax.net.ssl.SSLException: Unsupported or unrecognized SSL message',
        ],
      ),
      expect: cause('Deployment/telemetry/otel-fanout', ['/SSL/'], { mustNotBlame: ['StatefulSet/telemetry/bus'] }),
    }
  }),
  unseen('fourth-nobody-makes-disks', (t) => {
    const driver = t.app({
      namespace: 'kube-system',
      name: 'csi-disk-controller',
      replicas: 1,
      days: 60,
      pods: 70,
      main: { name: 'csi-provisioner', args: ['--csi-address=/csi/csi.sock', '--feature-gates=Topologyy=true'] },
      state: t.is.crashing(1, {}, 17),
    })
    const claim = t.thing(
      'v1',
      'PersistentVolumeClaim',
      'notes',
      'notes-data',
      {
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '20Gi' } },
          storageClassName: 'standard',
          volumeMode: 'Filesystem',
        },
        status: { phase: 'Pending' },
      },
      { created: 40, annotations: { 'volume.kubernetes.io/storage-provisioner': 'disk.csi.example.net' } },
    )
    const app = t.app({
      namespace: 'notes',
      name: 'notes',
      days: 0.027,
      replicas: 1,
      main: { volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'notes-data' } }] },
      state: t.is.pending('0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.'),
    })
    return {
      objects: [
        ...driver.objects,
        ...driver.pods.flatMap((pod) => t.crashed(pod, 17, 69)),
        claim,
        ...app.objects,
        t.tell(
          claim,
          'ExternalProvisioning',
          "Waiting for a volume to be created either by the external provisioner 'disk.csi.example.net' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
          { first: 40, last: 0.4, count: 160, component: 'persistentvolume-controller' },
        ),
      ],
      logs: allLogs(
        t,
        driver.pods,
        ['F1103 10:22:12.000000       1 csi-provisioner.go:171] unrecognized feature gate: Topologyy'],
        'csi-provisioner',
      ),
      expect: cause('Deployment/kube-system/csi-disk-controller', ['Topologyy']),
    }
  }),
  unseen('fourth-looks-at-home', (t) => {
    const cache = t.app({
      namespace: 'games',
      name: 'lobby-cache',
      days: 50,
      replicas: 1,
      main: { ports: [{ containerPort: 6379, name: 'redis', protocol: 'TCP' }] },
      port: 6379,
    })
    const app = t.app({
      namespace: 'games',
      name: 'lobby',
      rolled: 25,
      before: { env: [{ name: 'REDIS_HOST', value: 'lobby-cache' }] },
      main: { env: [{ name: 'REDIS_URL', value: 'redis://lobby-cache:80' }] },
      state: t.is.crashing(1),
      port: 3000,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...cache.objects, ...app.objects, ...t.crashed(pod, 8, 24)],
      logs: allLogs(
        t,
        [pod],
        [
          '> lobby@3.2.0 start',
          'Error: connect ECONNREFUSED 127.0.0.1:6379',
          '    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1607:16)',
          '[ioredis] Unhandled error event: Error: connect ECONNREFUSED 127.0.0.1:6379',
        ],
      ),
      expect: cause('Deployment/games/lobby', ['127.0.0.1:6379'], { mustNotBlame: ['Deployment/games/lobby-cache'] }),
    }
  }),
  unseen('fourth-left-out-of-the-box', (t) => {
    const app = t.app({
      namespace: 'tax',
      name: 'vat-worker',
      tag: '8.0.0',
      rolled: 15,
      before: { image: 'registry.example.net/tax/vat-worker:7.9.3' },
      state: t.is.crashing(1),
    })
    const [pod = app.owner] = app.pods.slice(-1)
    return {
      objects: [...app.objects, ...t.crashed(pod, 7, 14)],
      logs: allLogs(
        t,
        [pod],
        [
          'Traceback (most recent call last):',
          '  File "/app/worker.py", line 4, in <module>',
          '    import psycopg2',
          "ModuleNotFoundError: No module named 'psycopg2'",
        ],
      ),
      expect: cause('Deployment/tax/vat-worker', ['psycopg2']),
    }
  }),
  unseen('fourth-chart-of-no-edition', (t) => {
    const it = t.thing('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'observability', 'loki', {
      spec: {
        interval: '15m',
        chart: { spec: { chart: 'loki', version: '66.x', sourceRef: { kind: 'HelmRepository', name: 'grafana' } } },
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'SourceNotReady',
            message:
              "HelmChart 'observability/observability-loki' is not ready: invalid chart reference: failed to get chart version for remote reference: no 'loki' chart with version matching '66.x' found",
            lastTransitionTime: t.ago(88),
          },
        ],
      },
    })
    return {
      objects: [it],
      expect: cause('HelmRelease/observability/loki', ['66.x'], { trigger: at('HelmRelease/observability/loki') }),
    }
  }),
  unseen('fourth-label-that-policy-wants', (t) => {
    const app = t.app({ namespace: 'insights', name: 'cohorts', rolled: 20, days: 0.014, state: [] })
    const hook = t.thing(
      'admissionregistration.k8s.io/v1',
      'ValidatingWebhookConfiguration',
      '',
      'kyverno-resource-validating-webhook-cfg',
      {
        webhooks: [
          {
            name: 'validate.kyverno.svc-fail',
            failurePolicy: 'Fail',
            clientConfig: { service: { name: 'kyverno-svc', namespace: 'kyverno', path: '/validate/fail', port: 443 } },
            rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
            admissionReviewVersions: ['v1'],
            sideEffects: 'None',
          },
        ],
      },
    )
    return {
      objects: [
        hook,
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          'Error creating: admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Pod/insights/cohorts was blocked due to the following policies \n\nrequire-cost-centre:\n  check-cost-centre: \'validation error: The label `cost-centre` is required. rule check-cost-centre failed at path /metadata/labels/cost-centre/\'',
          { first: 20, last: 2, count: 15, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('Deployment/insights/cohorts', ['cost-centre'], {
        mustNotBlame: ['ValidatingWebhookConfiguration//kyverno-resource-validating-webhook-cfg'],
      }),
    }
  }),
  unseen('fourth-no-one-at-the-switchboard', (t) => {
    const dns = t.well.filter(
      ({ metadata }) => metadata.namespace === 'kube-system' && metadata.name.startsWith('coredns'),
    )
    for (const one of dns) {
      if (one.kind === 'Deployment') {
        one.spec.replicas = 0
        one.status = { observedGeneration: 4, conditions: one.status.conditions }
      }
      if (one.kind === 'ReplicaSet') Object.assign(one, { spec: { ...one.spec, replicas: 0 }, status: { replicas: 0 } })
      if (one.kind === 'EndpointSlice') one.endpoints = []
      // A pod that is gone leaves no object: its place is kept by one that ended long ago.
      if (one.kind === 'Pod') Object.assign(one, { kind: 'ConfigMap', spec: undefined, status: undefined, data: {} })
    }
    const app = t.app({
      namespace: 'fares',
      name: 'fare-feed',
      days: 15,
      pods: 23,
      state: t.is.crashing(1),
      port: 8080,
    })
    return {
      objects: [...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 9, 22))],
      logs: allLogs(t, app.pods, [
        "urllib3.exceptions.NameResolutionError: <urllib3.connection.HTTPSConnection object at 0x7f>: Failed to resolve 'feeds.partner.example.com' ([Errno -3] Temporary failure in name resolution)",
      ]),
      expect: cause('Deployment/kube-system/coredns', [], { mustNotBlame: ['Deployment/fares/fare-feed'] }),
    }
  }),
  unseen('fourth-ledger-of-another-year', (t) => {
    const db = t.set({ namespace: 'gl', name: 'gl-postgres', days: 120, replicas: 1, port: 5432 })
    const map = t.thing(
      'v1',
      'ConfigMap',
      'gl',
      'gl-poster-env',
      { data: { PGHOST: 'gl-postgres', PGDATABASE: 'ledger_2027', PGUSER: 'poster' } },
      { created: 35 },
    )
    const app = t.app({
      namespace: 'gl',
      name: 'gl-poster',
      rolled: 33,
      main: { envFrom: [{ configMapRef: { name: 'gl-poster-env' } }] },
      state: t.is.crashing(1),
    })
    return {
      objects: [...db.objects, map, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 9, 32))],
      logs: allLogs(t, app.pods, [
        '2026/11/03 10:22:01 gl-poster v2.2',
        '2026/11/03 10:22:01 failed to connect to `host=gl-postgres user=poster database=ledger_2027`: server error (FATAL: database "ledger_2027" does not exist (SQLSTATE 3D000))',
      ]),
      expect: cause('ConfigMap/gl/gl-poster-env', ['ledger_2027'], { mustNotBlame: ['StatefulSet/gl/gl-postgres'] }),
    }
  }),
  unseen('fourth-asks-in-clear', (t) => {
    const app = t.app({
      namespace: 'kyc',
      name: 'document-check',
      rolled: 28,
      main: { readinessProbe: { httpGet: { path: '/healthz', port: 8443, scheme: 'HTTP' } } },
      state: { ready: false, notReadySince: 27 },
      port: 8443,
    })
    return {
      objects: [
        ...app.objects,
        ...probeFails(t, app.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 400', 27),
      ],
      logs: allLogs(t, app.pods, [
        '2026/11/03 10:19:00 serving TLS on :8443',
        '2026/11/03 10:23:50 http: TLS handshake error from 10.244.1.1:41022: client sent an HTTP request to an HTTPS server',
      ]),
      expect: cause('Deployment/kyc/document-check', ['HTTPS']),
    }
  }),
  unseen('fourth-scratch-space', (t) => {
    const why = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. '
    const app = t.app({
      namespace: 'render',
      name: 'frame-cutter',
      days: 8,
      pods: 20,
      main: { resources: { requests: { 'ephemeral-storage': '1Gi' }, limits: { 'ephemeral-storage': '1Gi' } } },
      state: [
        { started: 2, ready: true },
        {
          phase: 'Failed',
          ready: false,
          status: { phase: 'Failed', reason: 'Evicted', message: why, containerStatuses: [] },
        },
        {
          phase: 'Failed',
          ready: false,
          status: { phase: 'Failed', reason: 'Evicted', message: why, containerStatuses: [] },
        },
      ],
    })
    return {
      objects: [...app.objects, ...app.pods.slice(1).map((pod) => t.warn(pod, 'Evicted', why, { first: 14 }))],
      expect: cause('Deployment/render/frame-cutter', ['1Gi'], { trigger: at('Deployment/render/frame-cutter') }),
    }
  }),
  unseen('fourth-scales-a-ghost', (t) => {
    const app = t.app({ namespace: 'promo', name: 'coupon-service', days: 40, port: 8080 })
    const scaler = t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'promo', 'coupons', {
      spec: {
        minReplicas: 2,
        maxReplicas: 9,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'coupon-api' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
        ],
      },
      status: {
        currentReplicas: 0,
        desiredReplicas: 0,
        conditions: [
          {
            type: 'AbleToScale',
            status: 'False',
            reason: 'FailedGetScale',
            message:
              'the HPA controller was unable to get the target\'s current scale: deployments.apps "coupon-api" not found',
            lastTransitionTime: t.ago(200),
          },
        ],
      },
    })
    return {
      objects: [...app.objects, scaler],
      expect: cause('HorizontalPodAutoscaler/promo/coupons', ['coupon-api'], {
        trigger: at('HorizontalPodAutoscaler/promo/coupons'),
      }),
    }
  }),
  unseen('fourth-switch-not-allowed', (t) => {
    const refused = (): Loose => ({
      phase: 'Failed',
      ready: false,
      status: {
        phase: 'Failed',
        reason: 'SysctlForbidden',
        message: 'Pod was rejected: forbidden sysctl: "net.core.somaxconn" not allowlisted',
        containerStatuses: [],
      },
    })
    const app = t.app({
      namespace: 'gateway',
      name: 'edge-router',
      rolled: 12,
      days: 0.0085,
      spec: { securityContext: { sysctls: [{ name: 'net.core.somaxconn', value: '4096' }] } },
      state: [refused(), refused(), refused()],
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(pod, 'SysctlForbidden', 'forbidden sysctl: "net.core.somaxconn" not allowlisted', { first: 11 }),
        ),
      ],
      expect: cause('Deployment/gateway/edge-router', ['net.core.somaxconn']),
    }
  }),
  unseen('fourth-sandbox-of-no-kind', (t) => {
    const app = t.app({
      namespace: 'judge',
      name: 'code-runner',
      rolled: 17,
      days: 0.012,
      spec: { runtimeClassName: 'gvisor' },
      state: [],
    })
    return {
      objects: [
        ...app.objects,
        t.warn(
          app.replicaSet,
          'FailedCreate',
          `Error creating: pods "${app.replicaSet.metadata.name}-" is forbidden: pod rejected: RuntimeClass "gvisor" not found`,
          { first: 17, last: 2, count: 14, component: 'replicaset-controller' },
        ),
      ],
      expect: cause('RuntimeClass//gvisor', ['gvisor']),
    }
  }),
  unseen('fourth-killed-once-last-week', (t) => {
    const app = t.app({
      namespace: 'quotes',
      name: 'quote-cache',
      days: 60,
      main: readyAt('/health'),
      state: {
        restarts: 1,
        started: 5 * DAY,
        lastState: {
          terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: t.ago(40 * DAY), finishedAt: t.ago(5 * DAY) },
        },
      },
      port: 8080,
    })
    return {
      objects: app.objects,
      expect: { rootCause: null, outcome: 'none', trigger: at('Deployment/quotes/quote-cache') },
    }
  }),
  unseen('fourth-machine-under-repair', (t) => {
    const [machine] = t.machines.filter(({ kind }) => kind === 'Node')
    if (machine !== undefined)
      machine.spec = {
        ...machine.spec,
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', timeAdded: t.ago(9) }],
      }
    const app = t.app({ namespace: 'hotel', name: 'room-rates', days: 60, main: readyAt('/health'), port: 8080 })
    return {
      objects: [...app.objects],
      expect: { rootCause: null, outcome: 'none', trigger: at('Deployment/hotel/room-rates') },
    }
  }),
]
