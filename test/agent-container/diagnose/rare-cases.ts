import type { Case } from './cases.ts'
import {
  ago,
  crashing,
  deployment,
  event,
  hash,
  healthy,
  logs,
  node,
  notReady,
  pod,
  podName,
  replicaSet,
  running,
  service,
  thing,
  unscheduled,
  waiting,
  workload,
} from './world.ts'

const at = (kind: string, name: string, namespace = 'shop') => ({ kind, namespace, name })
const n = [node('n1'), node('n2')]
const web = (classes: string) => [`Deployment/shop/web ${classes}`]
const onWeb = at('Deployment', 'web')
const crash = (
  name: string,
  line: string,
  fault: string,
  blames = web(fault),
  outcome: Case['outcome'] = 'cause',
  parts = {},
  extra: readonly unknown[] = [],
): Case => ({
  name,
  objects: [...n, ...workload('web', crashing(1), parts), ...extra],
  logs: logs('web', 'starting up', line),
  trigger: onWeb,
  blames,
  outcome,
})
const systemPod = (
  name: string,
  status: Record<string, unknown>,
  labels: Record<string, string>,
  owner: { kind: string; name: string },
) =>
  thing(
    'v1',
    'Pod',
    name,
    { spec: { nodeName: 'n1', containers: [{ name: 'main', image: 'registry.example/x:1' }] }, status },
    {
      namespace: 'kube-system',
      labels,
      ownerReferences: [{ apiVersion: 'apps/v1', ...owner, uid: 'u', controller: true }],
    },
  )

/** Faults that are met less often, and near misses of the frequent ones. */
export const rareCases: readonly Case[] = [
  crash('an image for another CPU', 'exec /app/server: exec format error', 'ImageArchitecture'),
  crash('an unknown flag', 'error: unknown flag: --listn-port', 'BadCommand', undefined, undefined, {
    container: { args: ['--listn-port=80'] },
  }),
  crash(
    'a read-only file system',
    "OSError: [Errno 30] Read-only file system: '/app/cache'",
    'PermissionDenied',
    undefined,
    undefined,
    { container: { securityContext: { readOnlyRootFilesystem: true } } },
  ),
  crash(
    'a port that is taken',
    'Error: listen EADDRINUSE: address already in use 0.0.0.0:8080',
    'PortConflict',
    undefined,
    'likely',
  ),
  crash(
    'a missing file that nothing mounts',
    "FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/settings.yaml'",
    'MissingFile',
    undefined,
    'likely',
  ),
  crash(
    'a Kubernetes right that is missing',
    'E0101 pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"',
    'RbacForbidden',
    ['ServiceAccount/shop/web RbacForbidden'],
    'cause',
    { spec: { serviceAccountName: 'web' } },
    [thing('v1', 'ServiceAccount', 'web')],
  ),
  crash(
    'a dependency outside the cluster',
    'FATAL dial tcp: connect to payments.example.com:443: i/o timeout',
    'ExternalDependencyUnreachable',
    undefined,
    'likely',
  ),
  crash(
    'a refused password',
    'FATAL: password authentication failed for user "shop" (SQLSTATE 28P01)',
    'WrongCredential',
    ['Secret/shop/db Implicated'],
    'likely',
    { container: { envFrom: [{ secretRef: { name: 'db' } }] } },
  ),
  crash(
    'a password that was rotated under the pods',
    'FATAL: password authentication failed for user "shop" (SQLSTATE 28P01)',
    'StaleCredential',
    undefined,
    'likely',
    { container: { envFrom: [{ secretRef: { name: 'db' } }] } },
    [
      event('Secret', 'db', 'Rotated', 'Updated secret shop/db to a new version', {
        firstTimestamp: ago(5),
        lastTimestamp: ago(5),
        type: 'Normal',
      }),
    ],
  ),
  crash(
    'an expired certificate',
    'ERROR tls: failed to verify certificate: x509: certificate has expired or is not yet valid',
    'CertificateExpired',
    undefined,
    'likely',
  ),
  {
    name: 'a program that ends well',
    objects: [...n, ...workload('web', crashing(0))],
    logs: logs('web', 'nothing to do'),
    blames: web('ProcessEnds'),
    outcome: 'cause',
  },
  {
    name: 'a replica that another node holds the volume of',
    objects: [
      ...n,
      thing('v1', 'PersistentVolumeClaim', 'data', {
        spec: { accessModes: ['ReadWriteOnce'] },
        status: { phase: 'Bound' },
      }),
      deployment('web', { replicas: 2, ready: 1, spec: volume() }),
      replicaSet('web', hash, { replicas: 2, spec: volume() }),
      pod('web', running(), { spec: volume(), suffix: 'aaaaa' }),
      pod('web', waiting('ContainerCreating'), { spec: volume(), node: 'n2' }),
      event(
        'Pod',
        podName('web'),
        'FailedAttachVolume',
        'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) web-6bf586c785-aaaaa',
      ),
    ],
    blames: web('VolumeMultiAttach'),
    outcome: 'likely',
  },
  {
    name: 'pods evicted for their own writing',
    objects: [
      ...n,
      ...workload('web', {
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ',
      }),
    ],
    trigger: onWeb,
    blames: web('EphemeralStorageExceeded'),
    outcome: 'cause',
  },
  {
    name: 'a node short of memory',
    objects: [
      node('n1', {
        conditions: [
          {
            type: 'MemoryPressure',
            status: 'True',
            reason: 'KubeletHasInsufficientMemory',
            message: 'kubelet has insufficient memory available',
            lastTransitionTime: ago(9),
          },
          { type: 'Ready', status: 'True' },
        ],
      }),
    ],
    trigger: at('Node', 'n1', ''),
    blames: ['Node//n1 NodeMemoryPressure'],
    outcome: 'cause',
  },
  {
    name: 'disk pressure by a wrong threshold',
    objects: [
      node('n1', {
        conditions: [
          {
            type: 'DiskPressure',
            status: 'True',
            reason: 'KubeletHasDiskPressure',
            message: 'kubelet has disk pressure',
            lastTransitionTime: ago(9),
          },
          { type: 'Ready', status: 'True' },
        ],
      }),
      event(
        'Node',
        'n1',
        'EvictionThresholdMet',
        'Attempting to reclaim ephemeral-storage: threshold nodefs.available<99%, available: 88Gi of 100Gi',
      ),
    ],
    trigger: at('Node', 'n1', ''),
    blames: ['Node//n1 EvictionThresholdMisconfigured'],
    outcome: 'cause',
  },
  {
    name: 'no pod addresses left',
    objects: [
      ...n,
      ...workload('web', waiting('ContainerCreating')),
      event(
        'Pod',
        podName('web'),
        'FailedCreatePodSandBox',
        'Failed to create pod sandbox: plugin type="host-local" failed (add): failed to allocate for range 0: no IP addresses available in range set: 10.1.0.1-10.1.0.14',
      ),
    ],
    blames: ['Node//n1 PodCidrExhausted'],
    outcome: 'cause',
  },
  {
    name: 'an admission webhook that does not answer',
    objects: [
      ...n,
      deployment('web'),
      replicaSet('web', hash),
      thing('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'guard', {
        webhooks: [
          {
            name: 'check.guard.example',
            failurePolicy: 'Fail',
            clientConfig: { service: { name: 'guard', namespace: 'shop' } },
          },
        ],
      }),
      event(
        'ReplicaSet',
        `web-${hash}`,
        'FailedCreate',
        'Error creating: Internal error occurred: failed calling webhook "check.guard.example": failed to call webhook: Post "https://guard.shop.svc:443/check?timeout=10s": no endpoints available for service "guard"',
      ),
    ],
    trigger: onWeb,
    blames: ['ValidatingWebhookConfiguration//guard WebhookUnavailable'],
    outcome: 'cause',
  },
  {
    name: 'a limit range',
    objects: [
      ...n,
      deployment('web'),
      replicaSet('web', hash),
      thing('v1', 'LimitRange', 'bounds', { spec: { limits: [{ type: 'Container', max: { memory: '512Mi' } }] } }),
      event(
        'ReplicaSet',
        `web-${hash}`,
        'FailedCreate',
        `Error creating: pods "web-${hash}-aaaaa" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi`,
      ),
    ],
    trigger: onWeb,
    blames: ['LimitRange/shop/bounds LimitRangeViolated'],
    outcome: 'cause',
  },
  {
    name: 'a service account that is missing',
    objects: [
      ...n,
      deployment('web', { spec: { serviceAccountName: 'robot' } }),
      replicaSet('web', hash, { spec: { serviceAccountName: 'robot' } }),
      event(
        'ReplicaSet',
        `web-${hash}`,
        'FailedCreate',
        `Error creating: pods "web-${hash}-" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found`,
      ),
    ],
    trigger: onWeb,
    blames: ['ServiceAccount/shop/robot MissingServiceAccount'],
    outcome: 'cause',
  },
  {
    name: 'a metrics server that is down',
    objects: [
      ...n,
      ...healthy('web'),
      hpa(
        'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
      ),
      thing('apiregistration.k8s.io/v1', 'APIService', 'v1beta1.metrics.k8s.io', {
        spec: {},
        status: {
          conditions: [
            {
              type: 'Available',
              status: 'False',
              reason: 'MissingEndpoints',
              message: 'endpoints for service/metrics-server in "kube-system" have no addresses',
            },
          ],
        },
      }),
      {
        ...deployment('metrics-server', { replicas: 1 }),
        metadata: { name: 'metrics-server', namespace: 'kube-system', uid: 'm' },
      },
    ],
    trigger: at('HorizontalPodAutoscaler', 'web'),
    blames: ['Deployment/kube-system/metrics-server MetricsUnavailable'],
    outcome: 'cause',
  },
  {
    name: 'DNS that is down',
    objects: [
      ...n,
      ...workload('web', crashing(1)),
      ...healthy('api'),
      { ...deployment('coredns', { replicas: 1 }), metadata: { name: 'coredns', namespace: 'kube-system', uid: 'd' } },
      systemPod(
        'coredns-abc',
        crashing(1),
        { 'k8s-app': 'kube-dns' },
        { kind: 'ReplicaSet', name: 'coredns-6bf586c785' },
      ),
    ],
    logs: logs('web', 'FATAL lookup api on 10.96.0.10:53: read udp: i/o timeout'),
    trigger: onWeb,
    blames: ['Deployment/kube-system/coredns DnsUnavailable'],
    outcome: 'cause',
  },
  {
    name: 'a dependency that is scaled to zero',
    objects: [...n, ...workload('web', crashing(1)), { ...deployment('api', { replicas: 0 }) }, service('api')],
    logs: logs('web', 'error calling http://api/: connect: connection refused'),
    trigger: onWeb,
    blames: ['Deployment/shop/api ScaledToZero'],
    outcome: 'cause',
  },
  {
    name: 'a service that was deleted',
    objects: [...n, ...workload('web', crashing(1)), ...healthy('api').filter(({ kind }) => kind !== 'Service')],
    logs: logs('web', 'error: dial tcp: lookup api on 10.96.0.10:53: no such host'),
    trigger: onWeb,
    blames: ['Service/shop/api ServiceMissing'],
    outcome: 'cause',
  },
  {
    name: 'a client that calls the wrong port',
    objects: [
      ...n,
      ...workload('web', crashing(1), { container: { env: [{ name: 'API', value: 'api:8088' }] } }),
      ...healthy('api'),
    ],
    logs: logs('web', 'error: connect api:8088: i/o timeout'),
    trigger: onWeb,
    blames: web('WrongServiceAddress'),
    outcome: 'likely',
  },
  {
    name: 'a service that keeps traffic on the node',
    objects: [
      ...n,
      ...workload('web', crashing(1), { node: 'n2' }),
      ...healthy('api').filter(({ kind }) => kind !== 'Service'),
      service('api', { internalTrafficPolicy: 'Local' }),
    ],
    logs: logs('web', 'error: connect api:80: connection refused'),
    trigger: onWeb,
    blames: ['Service/shop/api InternalTrafficPolicyLocal'],
    outcome: 'cause',
  },
  {
    name: 'a service that is asked about, and keeps its caller out by a policy',
    objects: [
      ...n,
      ...healthy('api'),
      deployment('web', { ready: 1, container: { env: [{ name: 'API', value: 'http://api' }] } }),
      replicaSet('web', hash),
      pod('web', running()),
      thing('networking.k8s.io/v1', 'NetworkPolicy', 'api-in', {
        spec: {
          podSelector: { matchLabels: { app: 'api' } },
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: { matchLabels: { tier: 'backend' } } }] }],
        },
      }),
    ],
    logs: logs('web', 'ok', 'GET http://api/v1: context deadline exceeded (dial tcp api:80: i/o timeout)'),
    trigger: at('Service', 'api'),
    blames: ['NetworkPolicy/shop/api-in BlockedByNetworkPolicy'],
    outcome: 'cause',
  },
  {
    name: 'a target port that only the log of the program contradicts',
    objects: [
      ...n,
      ...workload('api', running(), { ready: 1 }),
      service('api', { ports: [{ port: 80, targetPort: 9999 }] }),
    ],
    logs: logs('api', 'server listening on :9090'),
    trigger: at('Service', 'api'),
    blames: ['Service/shop/api ServicePortMismatch'],
    outcome: 'cause',
  },
  {
    name: 'a node that cannot be drained',
    objects: [
      node('n1', { spec: { unschedulable: true } }),
      node('n2'),
      ...healthy('web'),
      thing('policy/v1', 'PodDisruptionBudget', 'web', {
        spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
        status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1 },
      }),
    ],
    trigger: at('Node', 'n1', ''),
    blames: ['PodDisruptionBudget/shop/web DisruptionBudgetBlocks'],
    outcome: 'cause',
  },
  {
    name: 'a service that is asked about, with a selector for nobody',
    objects: [
      ...n,
      ...healthy('web').filter(({ kind }) => kind !== 'Service' && kind !== 'EndpointSlice'),
      service('web', { selector: { app: 'webb' } }),
    ],
    trigger: at('Service', 'web'),
    blames: ['Service/shop/web ServiceSelectorMismatch'],
    outcome: 'cause',
  },
  {
    name: 'a service whose pods crash: the pods are the cause',
    objects: [
      ...n,
      ...workload('web', crashing(1), { container: { ports: [{ containerPort: 8080 }] } }),
      service('web'),
    ],
    logs: logs('web', 'FATAL: required environment variable DEPLOY_ENV is not set'),
    trigger: at('Service', 'web'),
    blames: web('MissingEnvironmentVariable'),
    outcome: 'cause',
  },
  {
    name: 'an ingress to a service that is not there',
    objects: [
      ...n,
      ...healthy('web'),
      thing('networking.k8s.io/v1', 'Ingress', 'web', {
        spec: {
          rules: [
            {
              host: 'a.example',
              http: { paths: [{ path: '/', backend: { service: { name: 'wbe', port: { number: 80 } } } }] },
            },
          ],
        },
      }),
    ],
    trigger: at('Ingress', 'web'),
    blames: ['Ingress/shop/web IngressBackendWrong'],
    outcome: 'cause',
  },
  {
    name: 'a claim without any class',
    objects: [
      ...n,
      thing('v1', 'PersistentVolumeClaim', 'data', {
        spec: { accessModes: ['ReadWriteOnce'] },
        status: { phase: 'Pending' },
      }),
      event(
        'PersistentVolumeClaim',
        'data',
        'FailedBinding',
        'no persistent volumes available for this claim and no storage class is set',
        { type: 'Normal' },
      ),
    ],
    trigger: at('PersistentVolumeClaim', 'data'),
    blames: ['PersistentVolumeClaim/shop/data StorageClassNotFound'],
    outcome: 'cause',
  },
  {
    name: 'a host port that is taken',
    objects: [
      ...n,
      ...workload(
        'web',
        unscheduled("0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports."),
        { node: null, container: { ports: [{ containerPort: 80, hostPort: 80 }] } },
      ),
    ],
    blames: web('HostPortConflict'),
    outcome: 'cause',
  },
  {
    name: 'a cluster that is full',
    objects: [
      ...n,
      ...workload('web', unscheduled('0/2 nodes are available: 2 Insufficient memory.'), {
        node: null,
        container: { resources: { requests: { memory: '4Gi' } } },
      }),
    ],
    blames: web('InsufficientCapacity'),
    outcome: 'likely',
  },
  {
    name: 'a finalizer that nobody handles',
    objects: [
      ...n,
      thing(
        'v1',
        'Service',
        'gear',
        { spec: { ports: [{ port: 80 }] } },
        { deletionTimestamp: ago(40), finalizers: ['example.com/cleanup'] },
      ),
    ],
    trigger: at('Service', 'gear'),
    blames: ['Service/shop/gear FinalizerDeadlock'],
    outcome: 'cause',
  },
  {
    name: 'a job whose container fails',
    objects: [
      ...n,
      thing('batch/v1', 'Job', 'import', {
        spec: { backoffLimit: 1 },
        status: {
          failed: 2,
          conditions: [
            {
              type: 'Failed',
              status: 'True',
              reason: 'BackoffLimitExceeded',
              message: 'Job has reached the specified backoff limit',
              lastTransitionTime: ago(3),
            },
          ],
        },
      }),
      thing(
        'v1',
        'Pod',
        'import-abcde',
        {
          spec: {
            nodeName: 'n1',
            restartPolicy: 'Never',
            containers: [{ name: 'main', image: 'registry.example/import:1' }],
          },
          status: {
            phase: 'Failed',
            conditions: [],
            containerStatuses: [
              {
                name: 'main',
                ready: false,
                restartCount: 0,
                state: { terminated: { exitCode: 1, reason: 'Error', startedAt: ago(5), finishedAt: ago(4) } },
              },
            ],
          },
        },
        { ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'import', uid: 'y', controller: true }] },
      ),
    ],
    logs: { 'shop/import-abcde/main': "KeyError: 'SOURCE_BUCKET'\n" },
    blames: ['Job/shop/import MissingEnvironmentVariable'],
    outcome: 'cause',
  },
  {
    name: 'an image and a probe that are right, and a slow dependency: nothing invented',
    objects: [...n, ...healthy('web')],
    logs: logs('web', 'GET / 200', 'WARN slow query 900ms'),
    trigger: onWeb,
    blames: [],
    outcome: 'none',
  },
  {
    name: 'a young pod that is still starting',
    // In the future: a crowded machine may take minutes from the making of this snapshot to the look at it.
    objects: [...n, ...workload('web', notReady({ state: { running: { startedAt: ago(-3) } } }), { created: -2.9 })],
    trigger: onWeb,
    blames: [],
    outcome: 'none',
  },
  {
    name: 'a crash without a word',
    objects: [...n, ...workload('web', crashing(1))],
    trigger: onWeb,
    blames: [],
    outcome: 'inconclusive',
  },
]
function volume() {
  return { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'data' } }] }
}
function hpa(message: string) {
  return thing('autoscaling/v2', 'HorizontalPodAutoscaler', 'web', {
    spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, maxReplicas: 5 },
    status: { conditions: [{ type: 'ScalingActive', status: 'False', reason: 'FailedGetResourceMetric', message }] },
  })
}
