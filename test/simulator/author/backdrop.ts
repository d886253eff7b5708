import type { Loose, SimObject } from '../objects.ts'
import { type Author, event, metadata } from './picture.ts'
import { hostIp } from './pod.ts'
import { daemonSet, deployment, statefulSet, type Workload } from './workloads.ts'

const KUBERNETES = 'v1.33.4'
const DAY = 1_440

export type NodeText = {
  readonly conditions?: Loose
  readonly taints?: Loose
  /** Minutes since its kubelet last renewed its lease. */
  readonly lease?: number
}

const good: readonly (readonly [string, string, string, string])[] = [
  ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
]

export function node(author: Author, name: string, text: NodeText = {}): SimObject[] {
  const created = 96 * DAY
  const resources = { cpu: '4', 'ephemeral-storage': '102350Mi', memory: '16384256Ki', pods: '110' }
  const meta = metadata(author, 'Node', name, '', created, {
    annotations: { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' },
    labels: {
      'beta.kubernetes.io/arch': 'amd64',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'node.kubernetes.io/instance-type': 'standard-4',
      'topology.kubernetes.io/zone': `zone-${'abc'[author.nodes.indexOf(name) % 3]}`,
    },
  })
  return [
    {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: meta,
      spec: {
        podCIDR: `10.244.${author.nodes.indexOf(name) + 1}.0/24`,
        podCIDRs: [`10.244.${author.nodes.indexOf(name) + 1}.0/24`],
        providerID: `example:///zone/${name}`,
        ...(text.taints === undefined ? {} : { taints: text.taints }),
      },
      status: {
        addresses: [
          { address: hostIp(author, name), type: 'InternalIP' },
          { address: name, type: 'Hostname' },
        ],
        allocatable: { ...resources, cpu: '3920m', memory: '15359232Ki' },
        capacity: resources,
        conditions:
          text.conditions ??
          good.map(([type, status, reason, message]) => ({
            lastHeartbeatTime: author.ago(2 + author.number(3, 'heartbeat', name)),
            lastTransitionTime: author.ago(created - 1),
            message,
            reason,
            status,
            type,
          })),
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          architecture: 'amd64',
          bootID: author.uid('boot', name),
          containerRuntimeVersion: 'containerd://2.1.4',
          kernelVersion: '6.8.0-71-generic',
          kubeProxyVersion: KUBERNETES,
          kubeletVersion: KUBERNETES,
          machineID: author.uid('machine', name).replaceAll('-', ''),
          operatingSystem: 'linux',
          osImage: 'Ubuntu 24.04.3 LTS',
          systemUUID: author.uid('system', name),
        },
      },
    },
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: metadata(author, 'Lease', name, 'kube-node-lease', created),
      spec: {
        holderIdentity: name,
        leaseDurationSeconds: 40,
        renewTime: author.microAgo(text.lease ?? 0.1),
      },
    },
  ]
}

export type Bystander = {
  readonly namespace: string
  readonly name: string
  readonly image: string
  readonly replicas: number
  readonly days: number
  /** Instead of a Deployment. */
  readonly stateful?: boolean
}

const requests = { cpu: '50m', memory: '128Mi' }
export const container = (name: string, image: string, extra: Loose = {}) => ({
  image,
  name,
  ports: [{ containerPort: 8080, name: 'http', protocol: 'TCP' }],
  resources: { limits: { memory: '256Mi' }, requests },
  ...extra,
})

export function bystander(author: Author, text: Bystander, avoid: readonly string[] = []): Workload {
  const usable = author.nodes.filter((name) => !avoid.includes(name))
  const created = text.days * DAY
  const pods = Array.from({ length: text.replicas }, (_, index) => ({
    node: usable[(index + author.number(usable.length, text.name)) % usable.length] ?? '',
  }))
  const readinessProbe = {
    failureThreshold: 3,
    httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' },
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
  }
  const extra = text.stateful ? { volumeMounts: [{ mountPath: '/data', name: 'data' }] } : { readinessProbe }
  const template = { labels: {}, containers: [container(text.name, text.image, extra)] }
  const { namespace, name } = text
  if (text.stateful === true) return statefulSet(author, { namespace, name, created, template, pods, port: 8080 })
  const older = { template: { ...template, containers: [container(name, `${text.image}-1`, extra)] }, pods: [] }
  return deployment(author, {
    namespace,
    name,
    created: created * 3,
    replicas: text.replicas,
    revisions: [
      { ...older, created: created * 3 },
      { template, created, pods },
    ],
    port: 8080,
  })
}

/** What every cluster of this kind has, all of it well. `avoid`: nodes on which nothing runs well. */
export function system(author: Author, avoid: readonly string[] = []): SimObject[] {
  const namespace = 'kube-system'
  const proxy = daemonSet(author, {
    namespace,
    name: 'kube-proxy',
    created: 96 * DAY,
    template: {
      labels: {},
      containers: [{ name: 'kube-proxy', image: `registry.k8s.io/kube-proxy:${KUBERNETES}` }],
      spec: { hostNetwork: true, priority: 2_000_001_000, priorityClassName: 'system-node-critical' },
    },
    pods: author.nodes.map((name) => ({
      node: name,
      ...(avoid.includes(name) ? { state: { conditions: unreachable(author, 96 * DAY) } } : {}),
    })),
  })
  const dns = bystander(
    author,
    { namespace, name: 'coredns', image: 'registry.k8s.io/coredns/coredns:v1.12.1', replicas: 2, days: 40 },
    avoid,
  )
  const metrics = bystander(
    author,
    {
      namespace,
      name: 'metrics-server',
      image: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0',
      replicas: 1,
      days: 40,
    },
    avoid,
  )
  const standard: SimObject = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: metadata(author, 'StorageClass', 'standard', '', 96 * DAY, {
      annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
    }),
    provisioner: 'disk.csi.example.net',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'WaitForFirstConsumer',
  }
  const api: SimObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(author, 'Service', 'kubernetes', 'default', 96 * DAY, {
      labels: { component: 'apiserver', provider: 'kubernetes' },
    }),
    spec: {
      clusterIP: '10.96.0.1',
      clusterIPs: ['10.96.0.1'],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  }
  const noise = metrics.pods.flatMap((one) => [
    event(author, one, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: 'Readiness probe failed: Get "https://10.244.1.31:10250/readyz": context deadline exceeded',
      count: 2,
      first: 51,
      last: 47,
      host: one.spec.nodeName,
      fieldPath: 'spec.containers{metrics-server}',
    }),
  ])
  return [standard, api, ...dns.objects, ...proxy.objects, ...metrics.objects, ...noise]
}

/** A pod's conditions after the node controller has given its node up: containers as last heard of, Ready no longer. */
export function unreachable(author: Author, started: number, since = 14): Loose {
  const condition = (type: string, at: number, extra: Loose = { status: 'True' }) => ({
    lastProbeTime: null,
    lastTransitionTime: author.ago(at),
    ...extra,
    type,
  })
  return [
    condition('Initialized', started),
    condition('Ready', since, { status: 'False' }),
    condition('ContainersReady', started - 0.1),
    condition('PodScheduled', started),
  ]
}
