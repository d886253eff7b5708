import type { SimObject } from '../objects.ts'
import { probeFails } from './failing-probe.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440
const nothing = { rootCause: null, outcome: 'none' }
const owner = (one: SimObject) => [
  { apiVersion: one.apiVersion, kind: one.kind, name: one.metadata.name, uid: one.metadata.uid, controller: true },
]

/** Written after the rules had learned from the fifth set, and not tried before. */
export const unseenSixth = [
  unseen('sixth-siblings-without-an-address-book', (t) => {
    const set = t.set({
      namespace: 'lake',
      name: 'broker',
      days: 60,
      replicas: 3,
      main: { env: [{ name: 'PEERS', value: 'broker-0.broker-headless.lake.svc.cluster.local:9093' }] },
      state: t.is.crashing(1, {}, 9),
    })
    set.owner.spec.serviceName = 'broker-headless'
    return {
      objects: [...set.objects, ...set.pods.flatMap((pod) => t.crashed(pod, 9, 28))],
      logs: allLogs(t, set.pods, [
        '[2026-11-03 10:22:04,120] INFO Registered kafka:type=kafka.Log4jController MBean',
        '[2026-11-03 10:22:05,410] ERROR Exiting: java.net.UnknownHostException: broker-0.broker-headless.lake.svc.cluster.local: Name or service not known',
      ]),
      expect: cause('Service/lake/broker-headless', ['broker-headless'], {
        mustNotBlame: ['Deployment/kube-system/coredns'],
      }),
    }
  }),
  unseen('sixth-nightly-run-without-its-key', (t) => {
    const template = {
      metadata: { labels: { app: 'ledger-export' } },
      spec: {
        restartPolicy: 'Never',
        containers: [
          {
            name: 'export',
            image: 'registry.example.net/gl/export:4',
            envFrom: [{ secretRef: { name: 'sftp-partner' } }],
          },
        ],
      },
    }
    const cron = t.thing('batch/v1', 'CronJob', 'gl', 'ledger-export', {
      spec: {
        schedule: '0 10 * * *',
        concurrencyPolicy: 'Forbid',
        suspend: false,
        jobTemplate: { spec: { template } },
      },
      status: { lastScheduleTime: t.ago(24), lastSuccessfulTime: t.ago(DAY + 20) },
    })
    const job = t.thing(
      'batch/v1',
      'Job',
      'gl',
      'ledger-export-29701200',
      {
        spec: { backoffLimit: 2, completions: 1, parallelism: 1, template },
        status: { active: 1, ready: 0, startTime: t.ago(24) },
      },
      { created: 24, ownerReferences: owner(cron) },
    )
    const pod = t.thing(
      'v1',
      'Pod',
      'gl',
      'ledger-export-29701200-w7k2m',
      {
        spec: { ...template.spec, nodeName: 'pool-a-1' },
        status: {
          phase: 'Pending',
          startTime: t.ago(24),
          conditions: [
            { type: 'PodScheduled', status: 'True', lastTransitionTime: t.ago(24) },
            { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: t.ago(24) },
          ],
          containerStatuses: [
            {
              name: 'export',
              image: 'registry.example.net/gl/export:4',
              ready: false,
              restartCount: 0,
              state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "sftp-partner" not found' } },
            },
          ],
        },
      },
      { created: 24, labels: { 'job-name': 'ledger-export-29701200' }, ownerReferences: owner(job) },
    )
    return {
      objects: [
        cron,
        job,
        pod,
        t.warn(pod, 'Failed', 'Error: secret "sftp-partner" not found', { first: 24, last: 0.3, count: 110 }),
      ],
      expect: cause('Secret/gl/sftp-partner'),
    }
  }),
  unseen('sixth-shelf-that-will-not-grow', (t) => {
    const set = t.set({ namespace: 'photos', name: 'originals', days: 200, replicas: 1, port: 8080 })
    const claim = set.objects.find(({ kind }) => kind === 'PersistentVolumeClaim')
    if (claim === undefined) throw new Error('no claim')
    claim.spec.resources.requests.storage = '40Gi'
    const message =
      'failed to expand pvc: rpc error: code = ResourceExhausted desc = disk size 40Gi is above what remains of the quota (32Gi) of this subscription'
    claim.status.conditions = [
      { type: 'Resizing', status: 'True', lastTransitionTime: t.ago(80) },
      { type: 'ControllerResizeError', status: 'True', message, lastTransitionTime: t.ago(79) },
    ]
    return {
      objects: [
        ...set.objects,
        t.warn(claim, 'VolumeResizeFailed', `resize volume by resizer "disk.csi.example.net" failed: ${message}`, {
          first: 79,
          last: 4,
          count: 14,
          component: 'external-resizer disk.csi.example.net',
        }),
      ],
      expect: cause('PersistentVolumeClaim/photos/data-originals-0', ['quota'], {
        mustNotBlame: ['StatefulSet/photos/originals'],
        trigger: at('PersistentVolumeClaim/photos/data-originals-0'),
      }),
    }
  }),
  unseen('sixth-plan-that-cannot-be-read', (t) => {
    const it = t.thing('argoproj.io/v1alpha1', 'Application', 'argocd', 'storefront', {
      spec: {
        source: { repoURL: 'https://git.example.net/shop/deploy', path: 'overlays/prod', targetRevision: 'main' },
      },
      status: {
        sync: { status: 'Unknown' },
        health: { status: 'Healthy' },
        conditions: [
          {
            type: 'ComparisonError',
            message:
              "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = `kustomize build overlays/prod` failed exit status 1: Error: accumulating resources: accumulation err='accumulating resources from '../../base-v2'': no such file or directory",
            lastTransitionTime: t.ago(47),
          },
        ],
      },
    })
    return {
      objects: [it],
      expect: cause('Application/argocd/storefront', ['base-v2'], { trigger: at('Application/argocd/storefront') }),
    }
  }),
  unseen('sixth-waits-for-its-elder', (t) => {
    const made = (name: string, spec: object, reason: string, message: string, since: number) =>
      t.thing('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'flux-system', name, {
        spec: { interval: '10m', path: `./${name}`, sourceRef: { kind: 'GitRepository', name: 'platform' }, ...spec },
        status: { conditions: [{ type: 'Ready', status: 'False', reason, message, lastTransitionTime: t.ago(since) }] },
      })
    const infra = made(
      'infra',
      {},
      'BuildFailed',
      "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'cert-manager.yml': evalsymlink failure: no such file or directory'",
      58,
    )
    const apps = made(
      'apps',
      { dependsOn: [{ name: 'infra' }] },
      'DependencyNotReady',
      "dependency 'flux-system/infra' is not ready",
      57,
    )
    return {
      objects: [infra, apps],
      expect: cause('Kustomization/flux-system/infra', ['cert-manager.yml'], {
        mustNotBlame: ['Kustomization/flux-system/apps'],
        trigger: at('Kustomization/flux-system/apps'),
      }),
    }
  }),
  unseen('sixth-no-disks-left-for-this-team', (t) => {
    const set = t.set({ namespace: 'ml', name: 'feature-store', days: 30, replicas: 1, port: 8080 })
    set.owner.spec.replicas = 3
    const quota = t.thing('v1', 'ResourceQuota', 'ml', 'disks', {
      spec: { hard: { 'requests.storage': '12Gi' } },
      status: { hard: { 'requests.storage': '12Gi' }, used: { 'requests.storage': '10Gi' } },
    })
    return {
      objects: [
        ...set.objects,
        quota,
        t.warn(
          set.owner,
          'FailedCreate',
          'create Pod feature-store-1 in StatefulSet feature-store failed error: failed to create PVC data-feature-store-1: persistentvolumeclaims "data-feature-store-1" is forbidden: exceeded quota: disks, requested: requests.storage=10Gi, used: requests.storage=10Gi, limited: requests.storage=12Gi',
          { first: 31, last: 1, count: 18, component: 'statefulset-controller' },
        ),
      ],
      expect: cause('ResourceQuota/ml/disks', ['12Gi'], { mustNotBlame: ['StatefulSet/ml/feature-store'] }),
    }
  }),
  unseen('sixth-doctor-without-a-stethoscope', (t) => {
    const app = t.app({
      namespace: 'claims',
      name: 'intake',
      tag: '5.0.0-distroless',
      rolled: 22,
      days: 90,
      before: { image: 'registry.example.net/claims/intake:4.8.1' },
      main: {
        livenessProbe: { exec: { command: ['curl', '-fsS', 'http://localhost:8080/healthz'] } },
        readinessProbe: { exec: { command: ['curl', '-fsS', 'http://localhost:8080/healthz'] } },
      },
      state: { ready: false, restarts: 6, notReadySince: 22, started: 1.2 },
      port: 8080,
    })
    const [pod = app.owner] = app.pods.slice(-1)
    const word =
      'probe errored and resulted in unknown state: rpc error: code = Unknown desc = failed to exec in container: failed to start exec "3a1c": OCI runtime exec failed: exec failed: unable to start container process: exec: "curl": executable file not found in $PATH'
    return {
      objects: [
        ...app.objects,
        ...probeFails(t, [pod], `Readiness ${word}`, 22),
        ...probeFails(t, [pod], `Liveness ${word}`, 22, 6),
      ],
      logs: allLogs(t, [pod], ['INFO intake 5.0.0 ready on :8080']),
      expect: cause('Deployment/claims/intake', ['curl']),
    }
  }),
  unseen('sixth-signpost-to-a-house-pulled-down', (t) => {
    const post = t.thing('v1', 'Service', 'travel', 'legacy-fares', {
      spec: { type: 'ExternalName', externalName: 'fares-db.dc1.corp.example', ports: [] },
      status: { loadBalancer: {} },
    })
    const app = t.app({
      namespace: 'travel',
      name: 'fare-quotes',
      days: 70,
      pods: 26,
      main: { env: [{ name: 'FARES_HOST', value: 'legacy-fares' }] },
      state: t.is.crashing(1, {}, 10),
      port: 8080,
    })
    return {
      objects: [post, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 10, 25))],
      logs: allLogs(t, app.pods, [
        'INFO fare-quotes starting',
        'FATAL connecting to fares store: dial tcp: lookup legacy-fares on 10.96.0.10:53: no such host',
      ]),
      expect: cause('Service/travel/legacy-fares', ['fares-db.dc1.corp.example'], {
        mustNotBlame: ['Deployment/travel/fare-quotes', 'Deployment/kube-system/coredns'],
      }),
    }
  }),
  unseen('sixth-nobody-leaves-the-yard', (t) => {
    const closed = t.thing(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'partner',
      'egress-inside-only',
      {
        spec: {
          podSelector: {},
          policyTypes: ['Egress'],
          egress: [
            { to: [{ namespaceSelector: {} }] },
            {
              ports: [
                { port: 53, protocol: 'UDP' },
                { port: 53, protocol: 'TCP' },
              ],
            },
          ],
        },
      },
      { created: 29 },
    )
    const app = t.app({
      namespace: 'partner',
      name: 'customs-sync',
      days: 120,
      pods: 700,
      main: { ...readyAt('/ready'), env: [{ name: 'CUSTOMS_API', value: 'https://api.customs.example.org' }] },
      state: { ready: false, notReadySince: 28 },
      port: 8080,
    })
    return {
      objects: [
        closed,
        ...app.objects,
        ...probeFails(t, app.pods, 'Readiness probe failed: HTTP probe failed with statuscode: 503', 28),
      ],
      logs: allLogs(t, app.pods, [
        'WARN Get "https://api.customs.example.org/v2/ping": dial tcp 198.51.100.24:443: i/o timeout',
        'ERROR not ready: upstream unreachable: Get "https://api.customs.example.org/v2/ping": dial tcp 198.51.100.24:443: i/o timeout',
      ]),
      expect: cause('NetworkPolicy/partner/egress-inside-only', ['443'], {
        mustNotBlame: ['Deployment/partner/customs-sync'],
      }),
    }
  }),
  unseen('sixth-gate-without-its-seal', (t) => {
    const it = t.thing('gateway.networking.k8s.io/v1', 'Gateway', 'edge', 'public', {
      spec: {
        gatewayClassName: 'envoy',
        listeners: [
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: 'wild-tls-2027' }] },
          },
        ],
      },
      status: {
        conditions: [
          { type: 'Accepted', status: 'True', reason: 'Accepted', message: 'accepted', lastTransitionTime: t.ago(DAY) },
          {
            type: 'Programmed',
            status: 'True',
            reason: 'Programmed',
            message: 'programmed',
            lastTransitionTime: t.ago(DAY),
          },
        ],
        listeners: [
          {
            name: 'https',
            attachedRoutes: 3,
            conditions: [
              {
                type: 'ResolvedRefs',
                status: 'False',
                reason: 'InvalidCertificateRef',
                message: 'Secret edge/wild-tls-2027 does not exist.',
                lastTransitionTime: t.ago(41),
              },
            ],
          },
        ],
      },
    })
    return {
      objects: [it],
      expect: cause('Gateway/edge/public', ['wild-tls-2027'], { trigger: at('Gateway/edge/public') }),
    }
  }),
  unseen('sixth-meter-that-reads-no-queue', (t) => {
    const app = t.app({ namespace: 'mailing', name: 'sender', days: 40, replicas: 1, main: readyAt('/up'), port: 8080 })
    const it = t.thing('keda.sh/v1alpha1', 'ScaledObject', 'mailing', 'sender', {
      spec: {
        scaleTargetRef: { name: 'sender' },
        minReplicaCount: 1,
        maxReplicaCount: 30,
        triggers: [{ type: 'rabbitmq', metadata: { queueName: 'outbox', mode: 'QueueLength', value: '50' } }],
      },
      status: {
        conditions: [
          {
            type: 'Ready',
            status: 'False',
            reason: 'ScaledObjectCheckFailed',
            message: 'Triggers defined in ScaledObject are not working correctly',
          },
          { type: 'Active', status: 'Unknown', reason: 'UnknownState', message: 'x' },
          { type: 'Fallback', status: 'Unknown' },
        ],
      },
    })
    return {
      objects: [
        ...app.objects,
        it,
        t.warn(
          it,
          'KEDAScalerFailed',
          "error inspecting rabbitMQ: Exception (404) Reason: \"NOT_FOUND - no queue 'outbox' in vhost '/'\"",
          {
            first: 55,
            last: 0.6,
            count: 108,
            component: 'keda-operator',
          },
        ),
      ],
      expect: cause('ScaledObject/mailing/sender', ['outbox'], {
        mustNotBlame: ['Deployment/mailing/sender'],
        trigger: at('ScaledObject/mailing/sender'),
      }),
    }
  }),
  unseen('sixth-vault-with-no-list', (t) => {
    const app = t.app({
      namespace: 'prod',
      name: 'pricing',
      days: 0.03,
      main: { volumeMounts: [{ name: 'kv', mountPath: '/mnt/kv', readOnly: true }] },
      spec: {
        volumes: [
          {
            name: 'kv',
            csi: {
              driver: 'secrets-store.csi.k8s.io',
              readOnly: true,
              volumeAttributes: { secretProviderClass: 'pricing-kv' },
            },
          },
        ],
      },
      state: t.is.waiting('ContainerCreating'),
      port: 8080,
    })
    return {
      objects: [
        ...app.objects,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'FailedMount',
            'MountVolume.SetUp failed for volume "kv" : rpc error: code = Unknown desc = failed to get secretproviderclass prod/pricing-kv, error: SecretProviderClass.secrets-store.csi.x-k8s.io "pricing-kv" not found',
            { first: 40, last: 1.5, count: 26 },
          ),
        ),
      ],
      expect: cause('SecretProviderClass/prod/pricing-kv', [], { mustNotBlame: ['Deployment/prod/pricing'] }),
    }
  }),
  unseen('sixth-all-signs-are-good', (t) => {
    const it = t.thing(
      'postgresql.example.net/v1',
      'Cluster',
      'accounts',
      'main',
      {
        spec: { instances: 3 },
        status: {
          phase: 'Cluster in healthy state',
          observedGeneration: 4,
          conditions: [
            {
              type: 'Ready',
              status: 'True',
              reason: 'ClusterIsReady',
              message: 'Cluster is Ready',
              lastTransitionTime: t.ago(600),
            },
            {
              type: 'Degraded',
              status: 'False',
              reason: 'AsExpected',
              message: 'no error',
              lastTransitionTime: t.ago(600),
            },
            {
              type: 'Stalled',
              status: 'False',
              reason: 'AsExpected',
              message: 'not failed',
              lastTransitionTime: t.ago(600),
            },
            {
              type: 'Progressing',
              status: 'False',
              reason: 'AsExpected',
              message: 'done',
              lastTransitionTime: t.ago(600),
            },
          ],
        },
      },
      { created: 200 * DAY, generation: 4 },
    )
    return { objects: [it], expect: { ...nothing, trigger: at('Cluster/accounts/main') } }
  }),
  unseen('sixth-refused-before-and-done-now', (t) => {
    const template = {
      metadata: { labels: { app: 'reindex' } },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'reindex', image: 'registry.example.net/search/reindex:2' }],
      },
    }
    const cron = t.thing('batch/v1', 'CronJob', 'search', 'reindex', {
      spec: { schedule: '0 * * * *', concurrencyPolicy: 'Forbid', suspend: false, jobTemplate: { spec: { template } } },
      status: { lastScheduleTime: t.ago(24), lastSuccessfulTime: t.ago(6) },
    })
    const job = t.thing(
      'batch/v1',
      'Job',
      'search',
      'reindex-29701200',
      {
        spec: { backoffLimit: 6, completions: 1, parallelism: 1, template },
        status: {
          succeeded: 1,
          startTime: t.ago(24),
          completionTime: t.ago(6),
          conditions: [{ type: 'Complete', status: 'True', lastTransitionTime: t.ago(6) }],
        },
      },
      { created: 24, ownerReferences: owner(cron) },
    )
    return {
      objects: [
        cron,
        job,
        t.warn(
          job,
          'FailedCreate',
          'Error creating: pods "reindex-29701200-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=20, limited: pods=20',
          { first: 24, last: 15, count: 6, component: 'job-controller' },
        ),
      ],
      expect: { ...nothing, trigger: at('CronJob/search/reindex') },
    }
  }),
]
