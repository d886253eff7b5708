import type { Loose } from '../objects.ts'
import { allLogs, at, cause, readyAt, unseen } from './unseen.ts'

const DAY = 1_440
const nothing = { rootCause: null, outcome: 'none' }

/** What stands around programs: doors, disks, meters, guards, their certificates; and what only looks like a fault. */
export const unseenFifthMachinery = [
  unseen('fifth-disk-of-a-zone-that-closed', (t) => {
    const set = t.set({
      namespace: 'archive',
      name: 'vault-store',
      days: 400,
      replicas: 1,
      pods: 37,
      state: t.is.pending(
        "0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
      ),
      port: 8080,
    })
    const volume = set.objects.find(({ kind }) => kind === 'PersistentVolume')
    if (volume !== undefined)
      volume.spec.nodeAffinity = {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'In', values: ['zone-d'] }] },
          ],
        },
      }
    const [pod = set.owner] = set.pods
    return {
      objects: [
        ...set.objects,
        t.warn(
          pod,
          'FailedScheduling',
          "0/3 nodes are available: 3 node(s) didn't match PersistentVolume's node affinity. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
          { first: 37, last: 2, count: 8, component: 'default-scheduler' },
        ),
      ],
      expect: cause(`PersistentVolume//${volume?.metadata.name}`, ['zone-d'], {
        mustNotBlame: ['StatefulSet/archive/vault-store'],
      }),
    }
  }),
  unseen('fifth-pushed-off-the-bench', (t) => {
    const urgent = t.thing('scheduling.k8s.io/v1', 'PriorityClass', '', 'urgent', {
      value: 1_000_000,
      globalDefault: false,
      preemptionPolicy: 'PreemptLowerPriority',
    })
    const batch = t.app({
      namespace: 'analytics',
      name: 'backfill',
      days: 0.02,
      replicas: 3,
      main: { resources: { requests: { cpu: '3500m', memory: '2Gi' } } },
      spec: { priority: 1_000_000, priorityClassName: 'urgent' },
    })
    const shop = t.app({
      namespace: 'shop',
      name: 'basket',
      days: 60,
      replicas: 2,
      pods: 27,
      main: { resources: { requests: { cpu: '500m', memory: '256Mi' } } },
      state: t.is.pending(
        '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
      ),
      port: 8080,
    })
    const gone = ['basket-7d9c5b8f64-x2kvq', 'basket-7d9c5b8f64-p9mzd'].map((name) =>
      t.thing('v1', 'Pod', 'shop', name, {}),
    )
    return {
      objects: [
        urgent,
        ...batch.objects,
        ...shop.objects,
        ...gone.map((pod, index) =>
          t.warn(
            pod,
            'Preempted',
            `Preempted by pod ${batch.pods[index]?.metadata.uid} on node ${batch.pods[index]?.spec.nodeName}`,
            { first: 28, component: 'default-scheduler' },
          ),
        ),
        ...shop.pods.map((pod) =>
          t.warn(
            pod,
            'FailedScheduling',
            '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.',
            { first: 27, last: 2, count: 6, component: 'default-scheduler' },
          ),
        ),
      ],
      expect: cause('Deployment/analytics/backfill', ['urgent'], { mustNotBlame: ['Deployment/shop/basket'] }),
    }
  }),
  unseen('fifth-gate-that-knows-another-team', (t) => {
    const space = (name: string, team: string) =>
      t.thing(
        'v1',
        'Namespace',
        '',
        name,
        { status: { phase: 'Active' } },
        { labels: { team, 'kubernetes.io/metadata.name': name } },
      )
    const db = t.set({
      namespace: 'datastore',
      name: 'orders-pg',
      days: 150,
      replicas: 1,
      main: { ports: [{ containerPort: 5432, protocol: 'TCP' }] },
      port: 5432,
    })
    const guard = t.thing(
      'networking.k8s.io/v1',
      'NetworkPolicy',
      'datastore',
      'orders-pg-from-checkout',
      {
        spec: {
          podSelector: { matchLabels: { 'app.kubernetes.io/name': 'orders-pg' } },
          policyTypes: ['Ingress'],
          ingress: [
            {
              from: [{ namespaceSelector: { matchLabels: { team: 'checkout' } } }],
              ports: [{ port: 5432, protocol: 'TCP' }],
            },
          ],
        },
      },
      { created: 45 },
    )
    const app = t.app({
      namespace: 'till',
      name: 'order-writer',
      days: 110,
      pods: 90,
      main: { env: [{ name: 'DATABASE_URL', value: 'postgres://orders@orders-pg.datastore:80/orders' }] },
      state: t.is.crashing(1, {}, 11),
      port: 8080,
    })
    return {
      objects: [
        space('till', 'till'),
        space('datastore', 'dba'),
        ...db.objects,
        guard,
        ...app.objects,
        ...app.pods.flatMap((pod) => t.crashed(pod, 11, 44)),
      ],
      logs: allLogs(t, app.pods, [
        'INFO order-writer up',
        'ERROR could not connect to server: Connection timed out. Is the server running on host "orders-pg.datastore" and accepting TCP/IP connections on port 80?',
      ]),
      expect: cause('NetworkPolicy/datastore/orders-pg-from-checkout', ['till'], {
        mustNotBlame: ['StatefulSet/datastore/orders-pg', 'Deployment/till/order-writer'],
      }),
    }
  }),
  unseen('fifth-passport-of-last-year', (t) => {
    const server = t.app({
      namespace: 'bank',
      name: 'ledger-gw',
      days: 365,
      main: {
        volumeMounts: [{ name: 'tls', mountPath: '/tls', readOnly: true }],
        readinessProbe: { tcpSocket: { port: 8080 } },
      },
      spec: { volumes: [{ name: 'tls', secret: { secretName: 'ledger-gw-tls' } }] },
      port: 8080,
    })
    const secret = t.thing(
      'v1',
      'Secret',
      'bank',
      'ledger-gw-tls',
      { type: 'kubernetes.io/tls', data: { 'tls.crt': 'LS0t', 'tls.key': 'LS0t' } },
      { created: 366 * DAY },
    )
    const app = t.app({
      namespace: 'bank',
      name: 'payouts',
      days: 80,
      pods: 500,
      main: { env: [{ name: 'LEDGER_URL', value: 'https://ledger-gw.bank.svc:80' }] },
      state: t.is.crashing(1, {}, 20),
    })
    return {
      objects: [...server.objects, secret, ...app.objects, ...app.pods.flatMap((pod) => t.crashed(pod, 20, 100))],
      logs: {
        ...allLogs(t, app.pods, [
          'payouts starting',
          'fatal: Get "https://ledger-gw.bank.svc:80/v1/accounts": tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026-11-03T10:22:01Z is after 2026-11-02T00:00:00Z',
        ]),
        ...t.log(server.pods[0] ?? server.owner, 'app', 0.3, [
          'http: TLS handshake error from 10.244.2.9:41022: remote error: tls: bad certificate',
        ]),
      },
      expect: cause('Deployment/bank/ledger-gw', ['/expired/', 'ledger-gw-tls'], {
        mustNotBlame: ['Deployment/bank/payouts'],
      }),
    }
  }),
  unseen('fifth-order-that-makes-no-sense', (t) => {
    const it = t.thing(
      'kafka.strimzi.io/v1',
      'Kafka',
      'events',
      'central',
      {
        spec: { kafka: { version: '3.4.0', config: { 'inter.broker.protocol.version': '4.1' } }, entityOperator: {} },
        status: {
          observedGeneration: 7,
          conditions: [
            {
              type: 'NotReady',
              status: 'True',
              reason: 'UnsupportedKafkaVersionException',
              message: 'Unsupported Kafka.spec.kafka.version: 3.4.0. Supported versions are: [4.0.0, 4.1.0]',
              lastTransitionTime: t.ago(52),
            },
          ],
        },
      },
      { created: 300 * DAY, generation: 7 },
    )
    const operator = t.app({ namespace: 'strimzi', name: 'strimzi-cluster-operator', days: 1, replicas: 1 })
    return {
      objects: [it, ...operator.objects],
      logs: t.log(operator.pods[0] ?? operator.owner, 'app', 0.5, [
        'ERROR AbstractOperator:284 - Reconciliation #12(timer) Kafka(events/central): createOrUpdate failed',
        'io.strimzi.operator.cluster.model.UnsupportedKafkaVersionException: Unsupported Kafka.spec.kafka.version: 3.4.0. Supported versions are: [4.0.0, 4.1.0]',
      ]),
      expect: cause('Kafka/events/central', ['3.4.0'], {
        mustNotBlame: ['Deployment/strimzi/strimzi-cluster-operator'],
        trigger: at('Kafka/events/central'),
      }),
    }
  }),
  unseen('fifth-road-over-the-border', (t) => {
    const app = t.app({ namespace: 'catalog', name: 'catalog-api', days: 50, main: readyAt('/ready'), port: 8080 })
    const parentRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'public', namespace: 'gateways' }
    const route = t.thing(
      'gateway.networking.k8s.io/v1',
      'HTTPRoute',
      'storefront',
      'catalog',
      {
        spec: {
          parentRefs: [parentRef],
          rules: [{ backendRefs: [{ kind: 'Service', name: 'catalog-api', namespace: 'catalog', port: 80 }] }],
        },
        status: {
          parents: [
            {
              parentRef,
              controllerName: 'gateway.envoyproxy.io/gatewayclass-controller',
              conditions: [
                {
                  type: 'Accepted',
                  status: 'True',
                  reason: 'Accepted',
                  message: 'Route is accepted',
                  lastTransitionTime: t.ago(300),
                },
                {
                  type: 'ResolvedRefs',
                  status: 'False',
                  reason: 'RefNotPermitted',
                  message:
                    'Failed to process route rule 0 backendRef 0: Backend ref to Service catalog/catalog-api not permitted by any ReferenceGrant.',
                  lastTransitionTime: t.ago(33),
                },
              ],
            },
          ],
        },
      },
      { created: 300 },
    )
    const gateway = t.thing('gateway.networking.k8s.io/v1', 'Gateway', 'gateways', 'public', {
      spec: {
        gatewayClassName: 'envoy',
        listeners: [{ name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
      status: {
        conditions: [{ type: 'Programmed', status: 'True', reason: 'Programmed', lastTransitionTime: t.ago(9 * DAY) }],
      },
    })
    return {
      objects: [...app.objects, route, gateway],
      expect: cause('HTTPRoute/storefront/catalog', ['ReferenceGrant'], {
        mustNotBlame: ['Service/catalog/catalog-api', 'Gateway/gateways/public'],
        trigger: at('HTTPRoute/storefront/catalog'),
      }),
    }
  }),
  unseen('fifth-scars-of-the-day-before', (t) => {
    const old = {
      phase: 'Failed',
      ready: false,
      notReadySince: 2 * DAY,
      state: { terminated: { exitCode: 137, reason: 'Error', finishedAt: t.ago(2 * DAY), startedAt: t.ago(5 * DAY) } },
      status: {
        reason: 'Evicted',
        message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 61Mi.',
      },
    }
    const app = t.app({
      namespace: 'docs',
      name: 'renderer',
      days: 30,
      replicas: 2,
      main: readyAt('/up'),
      state: [{}, {}, old, old],
      port: 8080,
    })
    app.replicaSet.spec.replicas = 2
    Object.assign(app.replicaSet.status, { replicas: 2, fullyLabeledReplicas: 2 })
    Object.assign(app.owner.status, { replicas: 2, updatedReplicas: 2 })
    for (const slice of app.objects.filter(({ kind }) => kind === 'EndpointSlice')) slice.endpoints.splice(2)
    return { objects: app.objects, expect: { ...nothing, trigger: at('Deployment/docs/renderer') } }
  }),
  unseen('fifth-may-be-there-or-not', (t) => {
    const app = t.app({
      namespace: 'docs',
      name: 'previewer',
      days: 12,
      rolled: 9,
      main: {
        ...readyAt('/up'),
        envFrom: [{ configMapRef: { name: 'previewer-overrides', optional: true } }],
        volumeMounts: [{ name: 'extra', mountPath: '/extra' }],
      },
      spec: { volumes: [{ name: 'extra', secret: { secretName: 'previewer-extra', optional: true } }] },
      port: 8080,
    })
    const image = app.pods[0]?.spec.containers[0].image
    return {
      objects: [
        ...app.objects,
        ...app.pods.flatMap((pod) => [
          t.warn(pod, 'FailedScheduling', '0/3 nodes are available: 3 Insufficient memory.', {
            first: 8.8,
            component: 'default-scheduler',
          }),
          t.warn(
            pod,
            'Failed',
            `Failed to pull image "${image}": rpc error: code = Unavailable desc = error reading from server: EOF`,
            { first: 8.6 },
          ),
          t.tell(pod, 'Pulled', `Successfully pulled image "${image}" in 2.1s`, { first: 8.3 }),
          t.tell(pod, 'Started', 'Started container app', { first: 8.2 }),
        ]),
      ],
      logs: allLogs(t, app.pods, ['WARN no overrides found, using defaults', 'INFO ready']),
      expect: { ...nothing, trigger: at('Deployment/docs/previewer') },
    }
  }),
  unseen('fifth-scaler-learning-to-count', (t) => {
    const app = t.app({
      namespace: 'voice',
      name: 'transcriber',
      days: 20,
      replicas: 4,
      pods: 6,
      main: { ...readyAt('/up'), resources: { requests: { cpu: '100m', memory: '128Mi' } } },
      port: 8080,
    })
    const scaler = t.thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'voice', 'transcriber', {
      spec: {
        minReplicas: 1,
        maxReplicas: 8,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'transcriber' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 60 } } },
        ],
      },
      status: {
        currentReplicas: 4,
        desiredReplicas: 4,
        currentMetrics: [
          { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 57, averageValue: '57m' } } },
        ],
        conditions: [
          { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', lastTransitionTime: t.ago(DAY) },
          { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', lastTransitionTime: t.ago(4) },
          { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', lastTransitionTime: t.ago(4) },
        ],
      },
    })
    return {
      objects: [
        ...app.objects,
        scaler,
        t.warn(
          scaler,
          'FailedGetResourceMetric',
          'failed to get cpu utilization: did not receive metrics for targeted pods (pods might be unready)',
          {
            first: 6,
            last: 5,
            count: 4,
            component: 'horizontal-pod-autoscaler',
          },
        ),
      ],
      expect: { ...nothing, trigger: at('HorizontalPodAutoscaler/voice/transcriber') },
    }
  }),
  unseen('fifth-chatters-and-serves', (t) => {
    const app = t.app({
      namespace: 'chat',
      name: 'presence',
      days: 33,
      main: { ...readyAt('/up'), livenessProbe: { httpGet: { path: '/up', port: 8080 } } },
      state: {
        restarts: 1,
        started: 3 * DAY,
        lastState: {
          terminated: { exitCode: 143, reason: 'Error', startedAt: t.ago(20 * DAY), finishedAt: t.ago(3 * DAY) },
        },
      },
      port: 8080,
    })
    const policy: Loose = t.thing('policy/v1', 'PodDisruptionBudget', 'chat', 'presence', {
      spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'presence' } } },
      status: { currentHealthy: 2, desiredHealthy: 1, disruptionsAllowed: 1, expectedPods: 2, observedGeneration: 1 },
    })
    return {
      objects: [
        ...app.objects,
        policy,
        ...app.pods.map((pod) =>
          t.warn(
            pod,
            'Unhealthy',
            'Liveness probe failed: Get "http://10.244.2.7:8080/up": context deadline exceeded',
            { first: 400, last: 12, count: 3 },
          ),
        ),
      ],
      logs: allLogs(t, app.pods, [
        'ERROR password authentication failed for user "guest" (client 198.51.100.4)',
        'ERROR dial tcp 203.0.113.9:443: i/o timeout, trying the next relay',
        'INFO served 88213 in the last minute',
      ]),
      expect: { ...nothing, trigger: at('Deployment/chat/presence') },
    }
  }),
]
