import { generate } from 'selfsigned'

/** Ten clusters in which eight everyday questions have one known answer each. Times are those of `now`. */
export const clusterNames = Array.from({ length: 10 }, (_, at) => `c${at}`)
const PODS_EACH = 40

type Made = Readonly<Record<string, unknown>>
type Scene = {
  readonly name: string
  readonly objects: readonly Made[]
  readonly logs: Readonly<Record<string, string>>
}

export async function scene(now: Date): Promise<readonly Scene[]> {
  const soon = await authority(now, 3)
  const far = await authority(now, 3_000)
  return clusterNames.map((name) => {
    const ago = (seconds: number) => `${new Date(now.getTime() - seconds * 1000).toISOString().slice(0, 19)}Z`
    const made = madeAt(name, ago)
    return {
      name,
      objects: [
        ...made.ordinary(),
        ...(name === 'c0' ? made.crashing() : []),
        ...(name === 'c1' ? [made.certificate('web-tls', -5), made.certificate('api-tls', -80)] : []),
        ...(name === 'c2' ? made.rollout() : []),
        ...(name === 'c3' ? [made.unschedulable(), made.restarted('api-flaky', 17)] : []),
        ...(name === 'c4' ? made.brokenIngress() : []),
        ...(name === 'c5' ? [made.edited()] : []),
        ...(name === 'c6' ? made.deployer() : []),
        ...(name === 'c7' ? [made.restarted('worker-hot', 42)] : []),
        made.webhook(name === 'c8' ? soon : far),
        made.node('n1', false),
        made.node('n2', name === 'c9'),
      ],
      logs: { 'shop/checkout-0/app': 'starting\npanic: no database\n' },
    }
  })
}

async function authority(now: Date, days: number): Promise<string> {
  const { cert } = await generate([{ name: 'commonName', value: 'policy-webhook-ca' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - 86_400_000),
    notAfterDate: new Date(now.getTime() + days * 86_400_000),
  })
  return Buffer.from(cert).toString('base64')
}

function madeAt(cluster: string, ago: (seconds: number) => string) {
  const day = 86_400
  const image = cluster === 'c2' ? 'registry.example/web:1.5' : 'registry.example/web:1.4'
  const owner = (kind: string, name: string) => ({
    apiVersion: 'apps/v1',
    kind,
    name,
    uid: `${cluster}-${kind}-${name}`,
    controller: true,
  })
  const wrote = (manager: string, seconds: number, fields: object) => ({
    manager,
    operation: 'Update',
    apiVersion: 'v1',
    time: ago(seconds),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
  })
  const pod = (name: string, namespace: string, labels: object, more: Made = {}): Made => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid: `${cluster}-${namespace}-${name}`, creationTimestamp: ago(3 * day), labels },
    spec: {
      nodeName: 'n1',
      containers: [{ name: 'app', image: 'registry.example/app:1', ports: [{ containerPort: 8080 }] }],
    },
    status: {
      phase: 'Running',
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(2 * day) }],
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: 0,
          image: 'registry.example/app:1',
          state: { running: { startedAt: ago(2 * day) } },
          lastState: {},
        },
      ],
    },
    ...more,
  })
  const deployment = (name: string, namespace: string, used: string, more: Made = {}): Made => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      uid: `${cluster}-Deployment-${name}`,
      creationTimestamp: ago(30 * day),
      labels: { app: name },
      ...more,
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: used }] } },
    },
    status: { replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1, observedGeneration: 1 },
  })
  const set = (name: string, of: string, revision: number, used: string, seconds: number, replicas: number): Made => ({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace: 'shop',
      uid: `${cluster}-ReplicaSet-${name}`,
      creationTimestamp: ago(seconds),
      annotations: { 'deployment.kubernetes.io/revision': String(revision) },
      labels: { app: of, 'pod-template-hash': name.split('-').at(-1) ?? '' },
      ownerReferences: [owner('Deployment', of)],
    },
    spec: {
      replicas,
      template: {
        metadata: { labels: { app: of, 'pod-template-hash': name.split('-').at(-1) ?? '' } },
        spec: { containers: [{ name: 'app', image: used }] },
      },
    },
    status: { replicas, readyReplicas: replicas },
  })
  const rbac = 'rbac.authorization.k8s.io/v1'
  const role = (name: string, verbs: readonly string[], resources: readonly string[]): Made => ({
    apiVersion: rbac,
    kind: 'ClusterRole',
    metadata: { name, creationTimestamp: ago(30 * day) },
    rules: [{ apiGroups: [''], verbs, resources }],
  })
  const bound = (name: string, to: string, subjects: readonly object[]): Made => ({
    apiVersion: rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name, creationTimestamp: ago(30 * day) },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: to },
    subjects,
  })
  const controllers = ['job-controller', 'replicaset-controller', 'statefulset-controller', 'pod-garbage-collector']

  return {
    ordinary: (): Made[] => [
      ...['default', 'shop', 'kube-system'].map((name) => ({
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, creationTimestamp: ago(30 * day) },
        status: { phase: 'Active' },
      })),
      ...Array.from({ length: PODS_EACH }, (_, at) =>
        pod(`app-${at}-x`, at % 2 ? 'shop' : 'default', { app: `app-${at}` }),
      ),
      deployment('web', 'shop', image, {
        managedFields: [
          wrote('kubectl-client-side-apply', cluster === 'c2' ? 1_200 : 30 * day, {
            'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } } },
          }),
        ],
      }),
      set('web-1111', 'web', 1, 'registry.example/web:1.4', 30 * day, cluster === 'c2' ? 0 : 1),
      role('cluster-admin-like', ['*'], ['*']),
      role('pod-operator', ['get', 'list', 'delete'], ['pods']),
      role('viewer', ['get', 'list'], ['pods', 'services']),
      bound('cluster-admins', 'cluster-admin-like', [{ kind: 'Group', name: 'system:masters' }]),
      bound('ops-pods', 'pod-operator', [{ kind: 'Group', name: 'ops' }]),
      bound('everybody-views', 'viewer', [{ kind: 'Group', name: 'everybody' }]),
      ...controllers.flatMap((name) => [
        role(`system:controller:${name}`, ['create', 'delete', 'list', 'watch'], ['pods']),
        bound(`system:controller:${name}`, `system:controller:${name}`, [
          { kind: 'ServiceAccount', name, namespace: 'kube-system' },
        ]),
      ]),
    ],
    restarted: (name: string, times: number): Made =>
      pod(
        name,
        'shop',
        { app: name },
        {
          status: {
            phase: 'Running',
            conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(900) }],
            containerStatuses: [
              {
                name: 'app',
                ready: true,
                restartCount: times,
                image: 'registry.example/app:1',
                state: { running: { startedAt: ago(20_000) } },
                lastState: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: ago(20_010) } },
              },
            ],
          },
        },
      ),
    crashing: (): Made[] => [
      deployment('checkout', 'shop', 'registry.example/checkout:2'),
      set('checkout-2222', 'checkout', 1, 'registry.example/checkout:2', 10 * day, 1),
      pod(
        'checkout-0',
        'shop',
        { app: 'checkout' },
        {
          metadata: {
            name: 'checkout-0',
            namespace: 'shop',
            uid: `${cluster}-checkout-0`,
            creationTimestamp: ago(day),
            labels: { app: 'checkout', 'pod-template-hash': '2222' },
            ownerReferences: [owner('ReplicaSet', 'checkout-2222')],
          },
          status: {
            phase: 'Running',
            conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(900) }],
            containerStatuses: [
              {
                name: 'app',
                ready: false,
                restartCount: 9,
                image: 'registry.example/checkout:2',
                state: {
                  waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=app' },
                },
                lastState: { terminated: { exitCode: 2, reason: 'Error', finishedAt: ago(60) } },
              },
            ],
          },
        },
      ),
    ],
    unschedulable: (): Made =>
      pod(
        'batch-big',
        'default',
        { app: 'batch' },
        {
          spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
          status: {
            phase: 'Pending',
            conditions: [
              {
                type: 'PodScheduled',
                status: 'False',
                reason: 'Unschedulable',
                message: '0/2 nodes are available: 2 Insufficient memory.',
                lastTransitionTime: ago(3_000),
              },
            ],
          },
        },
      ),
    rollout: (): Made[] => [
      set('web-5555', 'web', 2, 'registry.example/web:1.5', 1_200, 1),
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'long-ago',
          namespace: 'shop',
          creationTimestamp: ago(30 * day),
          managedFields: [wrote('kubectl-edit', 3 * 3_600, { 'f:data': { 'f:mode': {} } })],
        },
        data: { mode: 'old' },
      },
    ],
    edited: (): Made => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'settings',
        namespace: 'shop',
        creationTimestamp: ago(30 * day),
        managedFields: [
          wrote('helm', 30 * day, { 'f:data': { '.': {}, 'f:mode': {} } }),
          wrote('kubectl-edit', 1_800, { 'f:data': { 'f:timeout': {} } }),
        ],
      },
      data: { mode: 'fast', timeout: '1' },
    }),
    brokenIngress: (): Made[] => [
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'IngressClass',
        metadata: { name: 'nginx', creationTimestamp: ago(30 * day) },
        spec: { controller: 'k8s.io/ingress-nginx' },
      },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: { name: 'front', namespace: 'shop', uid: 'ing-front', creationTimestamp: ago(30 * day) },
        spec: {
          ingressClassName: 'nginx',
          rules: [
            {
              host: 'shop.example',
              http: {
                paths: [
                  { path: '/', pathType: 'Prefix', backend: { service: { name: 'front', port: { number: 80 } } } },
                ],
              },
            },
          ],
        },
        status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
      },
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'front', namespace: 'shop', uid: 'svc-front', creationTimestamp: ago(30 * day) },
        spec: {
          type: 'ClusterIP',
          selector: { app: 'frontend' },
          ports: [{ name: 'http', port: 80, targetPort: 8080 }],
        },
      },
      {
        apiVersion: 'discovery.k8s.io/v1',
        kind: 'EndpointSlice',
        metadata: {
          name: 'front-abc',
          namespace: 'shop',
          creationTimestamp: ago(30 * day),
          labels: { 'kubernetes.io/service-name': 'front' },
        },
        addressType: 'IPv4',
        endpoints: [],
        ports: [],
      },
      pod('front-1', 'shop', { app: 'front-end' }),
    ],
    certificate: (name: string, agoDays: number): Made => ({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name, namespace: 'shop', uid: `cert-${name}`, creationTimestamp: ago(60 * day) },
      spec: { secretName: name, dnsNames: [`${name}.example`], issuerRef: { kind: 'ClusterIssuer', name: 'internal' } },
      status: {
        notAfter: ago(agoDays * day),
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(30 * day) }],
      },
    }),
    webhook: (caBundle: string): Made => ({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: 'policy-webhook', creationTimestamp: ago(30 * day) },
      webhooks: [
        {
          name: 'policy.example.com',
          failurePolicy: 'Ignore',
          clientConfig: { url: 'https://policy.example/validate', caBundle },
        },
      ],
    }),
    deployer: (): Made[] => [
      {
        apiVersion: rbac,
        kind: 'RoleBinding',
        metadata: { name: 'ci', namespace: 'shop', creationTimestamp: ago(30 * day) },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pod-operator' },
        subjects: [{ kind: 'ServiceAccount', name: 'deployer', namespace: 'ci' }],
      },
    ],
    node: (name: string, pressed: boolean): Made => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: `${cluster}-${name}`, creationTimestamp: ago(30 * day) },
      status: {
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: ago(30 * day) },
          {
            type: 'DiskPressure',
            status: pressed ? 'True' : 'False',
            lastTransitionTime: ago(7_000),
            reason: pressed ? 'KubeletHasDiskPressure' : 'KubeletHasNoDiskPressure',
          },
        ],
        nodeInfo: { kubeletVersion: 'v1.33.4' },
      },
    }),
  }
}
