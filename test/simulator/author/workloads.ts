import type { Loose, SimObject } from '../objects.ts'
import { type Author, metadata, ownedBy } from './picture.ts'
import { type PodState, type PodTemplate, pod, podSpec } from './pod.ts'

export type Placed = { readonly node: string; readonly created?: number; readonly state?: PodState }
/** One revision of a Deployment: the newest is written last. */
export type Revision = {
  readonly template: PodTemplate
  readonly created: number
  readonly pods: readonly Placed[]
}
export type DeploymentText = {
  readonly namespace: string
  readonly name: string
  readonly created: number
  readonly replicas: number
  readonly revisions: readonly Revision[]
  readonly strategy?: Loose
  readonly conditions?: Loose
  /** Port of a Service of the same name, and of its slice. */
  readonly port?: number
  readonly annotations?: Readonly<Record<string, string>>
}
export type Workload = {
  readonly objects: readonly SimObject[]
  readonly owner: SimObject
  /** Of the newest revision, or of the set. */
  readonly replicaSet: SimObject
  readonly pods: readonly SimObject[]
}

const isReady = (one: SimObject): boolean =>
  one.metadata.deletionTimestamp === undefined &&
  one.status.conditions.some((condition: Loose) => condition.type === 'Ready' && condition.status === 'True')

const rolling = { rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' }, type: 'RollingUpdate' }

export function deployment(author: Author, text: DeploymentText): Workload {
  const { namespace, name, created, replicas, revisions } = text
  const labels = { 'app.kubernetes.io/name': name }
  const newest = revisions.at(-1)
  if (newest === undefined) throw new Error(`${name} has no revision`)
  const annotations = { 'deployment.kubernetes.io/revision': String(revisions.length), ...text.annotations }
  const owner: SimObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(author, 'Deployment', name, namespace, created, {
      annotations,
      generation: revisions.length + 1,
      labels,
    }),
    spec: {
      progressDeadlineSeconds: 600,
      replicas,
      revisionHistoryLimit: 10,
      selector: { matchLabels: labels },
      strategy: text.strategy ?? rolling,
      template: templateOf(newest.template, labels),
    },
  }
  const sets: SimObject[] = []
  const pods: SimObject[] = []
  const fresh: SimObject[] = []
  for (const [index, revision] of revisions.entries()) {
    const hash = author.suffix(9, 'rs', namespace, name, String(index))
    const marked = { ...labels, 'pod-template-hash': hash }
    const set: SimObject = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: metadata(author, 'ReplicaSet', `${name}-${hash}`, namespace, revision.created, {
        annotations: {
          'deployment.kubernetes.io/desired-replicas': String(replicas),
          'deployment.kubernetes.io/max-replicas': String(replicas + 1),
          'deployment.kubernetes.io/revision': String(index + 1),
        },
        generation: 1,
        labels: marked,
        ownerReferences: ownedBy(owner),
      }),
    }
    const mine = revision.pods.map((placed, at) =>
      pod(
        author,
        {
          name: `${name}-${hash}-${author.suffix(5, 'pod', name, hash, String(at))}`,
          namespace,
          node: placed.node,
          created: placed.created ?? revision.created - 0.1,
          owner: set,
        },
        { ...revision.template, labels: { ...revision.template.labels, ...marked } },
        placed.state,
      ),
    )
    set.spec = {
      replicas: mine.filter((one) => one.metadata.deletionTimestamp === undefined).length,
      selector: { matchLabels: marked },
      template: templateOf(revision.template, marked),
    }
    set.status = counts(mine, 1)
    sets.push(set)
    pods.push(...mine)
    if (index === revisions.length - 1) fresh.push(...mine)
  }
  const { fullyLabeledReplicas: _, ...all } = counts(pods, revisions.length + 1)
  const available = all.availableReplicas ?? 0
  const updated = fresh.filter((one) => one.metadata.deletionTimestamp === undefined).length
  owner.status = {
    ...all,
    conditions: text.conditions ?? conditionsOf(author, text, newest, sets.at(-1)?.metadata.name ?? '', available),
    ...(updated === 0 ? {} : { updatedReplicas: updated }),
    ...(available >= replicas ? {} : { unavailableReplicas: replicas - available }),
  }
  return {
    owner,
    replicaSet: sets.at(-1) ?? owner,
    pods,
    objects: [owner, ...sets, ...pods, ...(text.port === undefined ? [] : service(author, owner, pods, text.port))],
  }
}

const templateOf = (template: PodTemplate, labels: Readonly<Record<string, string>>): Loose => ({
  metadata: {
    ...(template.annotations === undefined ? {} : { annotations: template.annotations }),
    creationTimestamp: null,
    labels: { ...template.labels, ...labels },
  },
  spec: podSpec(template),
})

function counts(pods: readonly SimObject[], observedGeneration: number): Loose {
  const there = pods.filter((one) => one.metadata.deletionTimestamp === undefined)
  const ready = there.filter(isReady).length
  return {
    ...(ready === 0 ? {} : { availableReplicas: ready, readyReplicas: ready }),
    ...(there.length === 0 ? {} : { fullyLabeledReplicas: there.length }),
    observedGeneration,
    replicas: there.length,
  }
}

function conditionsOf(author: Author, text: DeploymentText, newest: Revision, set: string, available: number): Loose {
  const enough = available >= text.replicas
  // A rollout that is over stays over, whatever becomes of its pods later.
  const done = newest.created > 120 || (enough && newest.pods.every((one) => one.state?.ready ?? true))
  // progressDeadlineSeconds
  const late = !done && newest.created > 10
  return [
    {
      lastTransitionTime: author.ago(enough ? text.created - 1 : newest.created - 0.1),
      lastUpdateTime: author.ago(enough ? text.created - 1 : newest.created - 0.1),
      message: enough ? 'Deployment has minimum availability.' : 'Deployment does not have minimum availability.',
      reason: enough ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      status: enough ? 'True' : 'False',
      type: 'Available',
    },
    {
      lastTransitionTime: author.ago(late ? newest.created - 10 : text.created),
      lastUpdateTime: author.ago(late ? newest.created - 10 : newest.created - 0.2),
      message: `ReplicaSet "${set}" ${done ? 'has successfully progressed' : late ? 'has timed out progressing' : 'is progressing'}.`,
      reason: done ? 'NewReplicaSetAvailable' : late ? 'ProgressDeadlineExceeded' : 'ReplicaSetUpdated',
      status: late ? 'False' : 'True',
      type: 'Progressing',
    },
  ]
}

/** A Service of a workload's name and the slice that its controller would write. */
export function service(author: Author, owner: SimObject, pods: readonly SimObject[], port: number): SimObject[] {
  const { name, namespace = '', labels } = owner.metadata
  const created = (Date.parse(author.ago(0)) - Date.parse(String(owner.metadata.creationTimestamp))) / 60_000
  const ip = `10.96.${author.number(250, 'svc', namespace, name)}.${10 + author.number(200, 'svc2', namespace, name)}`
  const it: SimObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(author, 'Service', name, namespace, created, { labels }),
    spec: {
      clusterIP: ip,
      clusterIPs: [ip],
      internalTrafficPolicy: 'Cluster',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'http', port: 80, protocol: 'TCP', targetPort: port }],
      selector: owner.spec.selector.matchLabels,
      sessionAffinity: 'None',
      type: 'ClusterIP',
    },
    status: { loadBalancer: {} },
  }
  const slice: SimObject = {
    addressType: 'IPv4',
    apiVersion: 'discovery.k8s.io/v1',
    endpoints: pods.map((one) => ({
      addresses: [one.status.podIP],
      conditions: {
        ready: isReady(one),
        serving: isReady(one),
        terminating: one.metadata.deletionTimestamp !== undefined,
      },
      nodeName: one.spec.nodeName,
      targetRef: { kind: 'Pod', name: one.metadata.name, namespace, uid: one.metadata.uid },
    })),
    kind: 'EndpointSlice',
    metadata: metadata(author, 'EndpointSlice', `${name}-${author.suffix(5, 'slice', name)}`, namespace, created, {
      labels: {
        ...labels,
        'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        'kubernetes.io/service-name': name,
      },
      ownerReferences: ownedBy(it),
    }),
    ports: [{ name: 'http', port, protocol: 'TCP' }],
  }
  return [it, slice]
}

export type SetText = {
  readonly namespace: string
  readonly name: string
  readonly created: number
  readonly template: PodTemplate
  readonly pods: readonly Placed[]
  readonly port?: number
}

export function daemonSet(author: Author, text: SetText): Workload {
  const { namespace, name, created, template } = text
  const labels = { 'k8s-app': name }
  const owner: SimObject = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: metadata(author, 'DaemonSet', name, namespace, created, {
      annotations: { 'deprecated.daemonset.template.generation': '1' },
      generation: 1,
      labels,
    }),
    spec: {
      revisionHistoryLimit: 10,
      selector: { matchLabels: labels },
      template: templateOf(template, labels),
      updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
    },
  }
  const pods = text.pods.map((placed) =>
    pod(
      author,
      {
        name: `${name}-${author.suffix(5, 'ds', name, placed.node)}`,
        namespace,
        node: placed.node,
        created: placed.created ?? created,
        owner,
      },
      {
        ...template,
        labels: { ...template.labels, ...labels, 'controller-revision-hash': author.suffix(9, 'cr', name) },
        spec: { ...template.spec, tolerations: [{ operator: 'Exists' }] },
      },
      placed.state,
    ),
  )
  const ready = pods.filter(isReady).length
  owner.status = {
    currentNumberScheduled: pods.length,
    desiredNumberScheduled: pods.length,
    numberAvailable: ready,
    numberMisscheduled: 0,
    numberReady: ready,
    ...(ready === pods.length ? {} : { numberUnavailable: pods.length - ready }),
    observedGeneration: 1,
    updatedNumberScheduled: pods.length,
  }
  return { owner, replicaSet: owner, pods, objects: [owner, ...pods] }
}

/** With one claim `data-<pod>` and its volume for each pod. */
export function statefulSet(author: Author, text: SetText): Workload {
  const { namespace, name, created, template } = text
  const labels = { 'app.kubernetes.io/name': name }
  const owner: SimObject = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(author, 'StatefulSet', name, namespace, created, { generation: 1, labels }),
    spec: {
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      podManagementPolicy: 'OrderedReady',
      replicas: text.pods.length,
      revisionHistoryLimit: 10,
      selector: { matchLabels: labels },
      serviceName: name,
      template: templateOf(template, labels),
      updateStrategy: { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { creationTimestamp: null, name: 'data' },
          spec: claimSpec,
          status: { phase: 'Pending' },
        },
      ],
    },
  }
  const revision = `${name}-${author.suffix(9, 'cr', name)}`
  const pods = text.pods.map((placed, index) =>
    pod(
      author,
      { name: `${name}-${index}`, namespace, node: placed.node, created: placed.created ?? created, owner },
      {
        ...template,
        labels: {
          ...template.labels,
          ...labels,
          'apps.kubernetes.io/pod-index': String(index),
          'controller-revision-hash': revision,
          'statefulset.kubernetes.io/pod-name': `${name}-${index}`,
        },
        spec: {
          ...template.spec,
          volumes: [{ name: 'data', persistentVolumeClaim: { claimName: `data-${name}-${index}` } }],
        },
      },
      placed.state,
    ),
  )
  const ready = pods.filter(isReady).length
  owner.status = {
    availableReplicas: ready,
    collisionCount: 0,
    currentReplicas: pods.length,
    currentRevision: revision,
    observedGeneration: 1,
    readyReplicas: ready,
    replicas: pods.length,
    updateRevision: revision,
    updatedReplicas: pods.length,
  }
  const volumes = pods.flatMap((_, index) => claim(author, namespace, `data-${name}-${index}`, created, labels))
  const port = text.port === undefined ? [] : service(author, owner, pods, text.port)
  return { owner, replicaSet: owner, pods, objects: [owner, ...pods, ...volumes, ...port] }
}

const claimSpec = {
  accessModes: ['ReadWriteOnce'],
  resources: { requests: { storage: '10Gi' } },
  storageClassName: 'standard',
  volumeMode: 'Filesystem',
}

/** A bound claim and its volume. */
export function claim(author: Author, namespace: string, name: string, created: number, labels: Loose): SimObject[] {
  const meta = metadata(author, 'PersistentVolumeClaim', name, namespace, created, { labels })
  const volumeName = `pvc-${meta.uid}`
  return [
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { ...meta, finalizers: ['kubernetes.io/pvc-protection'] },
      spec: { ...claimSpec, volumeName },
      status: { accessModes: ['ReadWriteOnce'], capacity: { storage: '10Gi' }, phase: 'Bound' },
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: metadata(author, 'PersistentVolume', volumeName, '', created),
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '10Gi' },
        claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid: meta.uid },
        csi: { driver: 'disk.csi.example.net', fsType: 'ext4', volumeHandle: `vol-${String(meta.uid).slice(0, 8)}` },
        persistentVolumeReclaimPolicy: 'Delete',
        storageClassName: 'standard',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Bound' },
    },
  ]
}
