/** Small builders of Kubernetes objects: a faulty namespace in a few lines. Times are minutes before now. */
type Fields = Readonly<Record<string, unknown>>
const start = Date.now()
export const ago = (minutes: number): string => `${new Date(start - minutes * 60_000).toISOString().slice(0, 19)}Z`
let count = 0
const uid = () => `00000000-0000-4000-8000-${String(++count).padStart(12, '0')}`
const ns = 'shop'

export type Parts = {
  readonly container?: Fields
  readonly spec?: Fields
  readonly labels?: Readonly<Record<string, string>>
  readonly replicas?: number
  readonly ready?: number
  readonly created?: number
  readonly annotations?: Readonly<Record<string, string>>
}
export const template = (name: string, { container = {}, spec = {}, labels = {} }: Parts) => ({
  metadata: { labels: { app: name, ...labels } },
  spec: { containers: [{ name: 'main', image: `registry.example/${name}:1.0.0`, ...container }], ...spec },
})
export const deployment = (name: string, parts: Parts = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name,
    namespace: ns,
    uid: uid(),
    generation: 2,
    creationTimestamp: ago(parts.created ?? 600),
    annotations: { 'deployment.kubernetes.io/revision': '2', ...parts.annotations },
  },
  spec: { replicas: parts.replicas ?? 1, selector: { matchLabels: { app: name } }, template: template(name, parts) },
  status: {
    replicas: parts.replicas ?? 1,
    readyReplicas: parts.ready ?? 0,
    updatedReplicas: parts.replicas ?? 1,
    observedGeneration: 2,
  },
})
export const replicaSet = (name: string, hash: string, parts: Parts & { readonly revision?: number } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: `${name}-${hash}`,
    namespace: ns,
    uid: uid(),
    creationTimestamp: ago(parts.created ?? 20),
    annotations: { 'deployment.kubernetes.io/revision': String(parts.revision ?? 2) },
    labels: { app: name, 'pod-template-hash': hash },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: uid(), controller: true }],
  },
  spec: { replicas: parts.replicas ?? 1, selector: { matchLabels: { app: name } }, template: template(name, parts) },
  status: { replicas: parts.replicas ?? 1, readyReplicas: parts.ready ?? 0 },
})
export const hash = '6bf586c785'
export const podName = (name: string): string => `${name}-${hash}-chf5m`
export const pod = (
  name: string,
  status: Fields,
  parts: Parts & { readonly suffix?: string; readonly node?: string | null } = {},
) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: `${name}-${hash}-${parts.suffix ?? 'chf5m'}`,
    namespace: ns,
    uid: uid(),
    creationTimestamp: ago(parts.created ?? 20),
    labels: { app: name, 'pod-template-hash': hash, ...parts.labels },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}`, uid: uid(), controller: true },
    ],
  },
  spec: { ...template(name, parts).spec, ...(parts.node === null ? {} : { nodeName: parts.node ?? 'n1' }) },
  status: { startTime: ago(parts.created ?? 20), ...status },
})
const ready = (value: boolean) => [
  { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(20) },
  { type: 'Ready', status: value ? 'True' : 'False', lastTransitionTime: ago(20) },
]
export const running = (extra: Fields = {}) => ({
  phase: 'Running',
  podIP: '10.1.0.7',
  conditions: ready(true),
  containerStatuses: [
    { name: 'main', ready: true, restartCount: 0, state: { running: { startedAt: ago(19) } }, ...extra },
  ],
})
export const notReady = (extra: Fields = {}) => ({
  phase: 'Running',
  podIP: '10.1.0.7',
  conditions: ready(false),
  containerStatuses: [
    { name: 'main', ready: false, restartCount: 0, state: { running: { startedAt: ago(19) } }, ...extra },
  ],
})
export const crashing = (exitCode: number, extra: Fields = {}, run: Fields = {}) => ({
  phase: 'Running',
  conditions: ready(false),
  containerStatuses: [
    {
      name: 'main',
      ready: false,
      restartCount: 7,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 5m0s restarting failed container=main' } },
      lastState: {
        terminated: {
          exitCode,
          reason: exitCode === 0 ? 'Completed' : 'Error',
          startedAt: ago(2.1),
          finishedAt: ago(2),
          ...run,
        },
      },
      ...extra,
    },
  ],
})
export const waiting = (reason: string, message?: string) => ({
  phase: 'Pending',
  conditions: ready(false),
  containerStatuses: [
    {
      name: 'main',
      ready: false,
      restartCount: 0,
      state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
    },
  ],
})
export const unscheduled = (message: string) => ({
  phase: 'Pending',
  conditions: [
    { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime: ago(10) },
  ],
})
export const event = (kind: string, name: string, reason: string, message: string, extra: Fields = {}) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${name}.${(++count).toString(16)}`,
    namespace: kind === 'Node' ? 'default' : ns,
    creationTimestamp: ago(10),
  },
  type: 'Warning',
  reason,
  message,
  count: 4,
  firstTimestamp: ago(10),
  lastTimestamp: ago(1),
  source: { component: 'kubelet' },
  involvedObject: { kind, name, ...(kind === 'Node' ? {} : { namespace: ns }) },
  ...extra,
})
export const node = (
  name: string,
  extra: { readonly spec?: Fields; readonly labels?: Fields; readonly conditions?: readonly Fields[] } = {},
) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    uid: uid(),
    creationTimestamp: ago(90_000),
    labels: { 'kubernetes.io/hostname': name, ...extra.labels },
  },
  spec: extra.spec ?? {},
  status: {
    allocatable: { cpu: '4', memory: '16Gi', pods: '110' },
    conditions: extra.conditions ?? [
      {
        type: 'Ready',
        status: 'True',
        reason: 'KubeletReady',
        message: 'kubelet is posting ready status',
        lastTransitionTime: ago(90_000),
      },
    ],
  },
})
export const thing = (apiVersion: string, kind: string, name: string, rest: Fields = {}, metadata: Fields = {}) => ({
  apiVersion,
  kind,
  metadata: {
    name,
    ...(clusterWide.has(kind) ? {} : { namespace: ns }),
    uid: uid(),
    creationTimestamp: ago(6_000),
    ...metadata,
  },
  ...rest,
})
const clusterWide = new Set([
  'StorageClass',
  'PersistentVolume',
  'Namespace',
  'IngressClass',
  'APIService',
  'ValidatingWebhookConfiguration',
])
export const service = (name: string, spec: Fields = {}) =>
  thing('v1', 'Service', name, {
    spec: { clusterIP: '10.96.0.77', selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
  })
export const slice = (name: string, addresses: readonly string[]) =>
  thing(
    'discovery.k8s.io/v1',
    'EndpointSlice',
    `${name}-x2k4z`,
    {
      addressType: 'IPv4',
      ports: [{ port: 8080 }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    },
    { labels: { 'kubernetes.io/service-name': name } },
  )

/** A deployment, its set and one pod in the given state: what most faults look like. */
export const workload = (
  name: string,
  status: Fields,
  parts: Parts & { readonly node?: string | null; readonly suffix?: string } = {},
) => [deployment(name, parts), replicaSet(name, hash, parts), pod(name, status, parts)]
/** A healthy bystander with its service. */
export const healthy = (name: string, parts: Parts = {}) => [
  deployment(name, { ...parts, ready: 1 }),
  replicaSet(name, hash, { ...parts, ready: 1 }),
  pod(name, running(), { container: { ports: [{ containerPort: 8080 }], ...parts.container }, ...parts }),
  service(name),
  slice(name, ['10.1.0.7']),
]
export const logs = (name: string, ...lines: readonly string[]): Readonly<Record<string, string>> => ({
  [`${ns}/${podName(name)}/main`]: `${lines.join('\n')}\n`,
  [`${ns}/${podName(name)}/main.previous`]: `${lines.join('\n')}\n`,
})

/** What a cluster serves beside Kubernetes' own kinds. */
export const crd = (group: string, version: string, kind: string, plural = `${kind.toLowerCase()}s`) =>
  thing(
    'apiextensions.k8s.io/v1',
    'CustomResourceDefinition',
    `${plural}.${group}`,
    { spec: { group, scope: 'Namespaced', names: { kind, plural }, versions: [{ name: version, served: true }] } },
    { namespace: undefined },
  )
