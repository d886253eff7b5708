import { node } from './backdrop.ts'
import type { Draft } from './draft.ts'
import { states, town, two } from './town.ts'

const preempt = (count: number) =>
  `preemption: 0/${count} nodes are available: ${count} Preemption is not helpful for scheduling.`
const scheduler = { component: 'default-scheduler', first: 21, last: 1, count: 5 }

const storageClassAbsent = (): Draft => {
  const now = '2026-01-29T11:11:00Z'
  const t = town({
    now,
    seed: 'oak-barrel',
    nodes: ['st-01', 'st-02'],
    neighbours: two('brewery', 'ripe-hop', 'clear-malt'),
  })
  const barrel = t.app({
    namespace: 'brewery',
    name: 'oak-barrel',
    days: 0.015,
    replicas: 1,
    main: { volumeMounts: [{ mountPath: '/vat', name: 'vat' }] },
    spec: { volumes: [{ name: 'vat', persistentVolumeClaim: { claimName: 'barrel-vat' } }] },
    state: states(t.ago).pending(
      `0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. ${preempt(2)}`,
    ),
  })
  const claim = t.thing(
    'v1',
    'PersistentVolumeClaim',
    'brewery',
    'barrel-vat',
    {
      spec: {
        accessModes: ['ReadWriteOnce'],
        resources: { requests: { storage: '20Gi' } },
        storageClassName: 'fast-ssd',
        volumeMode: 'Filesystem',
      },
      status: { phase: 'Pending' },
    },
    { created: 22, finalizers: ['kubernetes.io/pvc-protection'] },
  )
  return {
    name: 'storage-class-absent',
    now,
    objects: [
      ...t.well,
      ...barrel.objects,
      claim,
      t.warn(claim, 'ProvisioningFailed', 'storageclass.storage.k8s.io "fast-ssd" not found', {
        first: 22,
        last: 0.3,
        count: 88,
        component: 'persistentvolume-controller',
      }),
      ...barrel.pods.map((pod) =>
        t.warn(
          pod,
          'FailedScheduling',
          `0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. ${preempt(2)}`,
          scheduler,
        ),
      ),
    ],
    expect: {
      rootCause: {
        kind: 'PersistentVolumeClaim',
        namespace: 'brewery',
        name: 'barrel-vat',
        class: 'StorageClassNotFound',
      },
      mustMention: ['fast-ssd'],
      mustNotBlame: ['Node//st-01', 'Node//st-02', 'StorageClass//standard'],
    },
  }
}

const claimTypo = (): Draft => {
  const now = '2026-01-30T10:10:00Z'
  const t = town({
    now,
    seed: 'kind-badger',
    nodes: ['lot-1', 'lot-2'],
    neighbours: two('archive', 'thin-quill', 'old-inkpot'),
  })
  const message = `0/2 nodes are available: persistentvolumeclaim "data-vol1" not found. ${preempt(2)}`
  const badger = t.app({
    namespace: 'archive',
    name: 'kind-badger',
    rolled: 33,
    main: { volumeMounts: [{ mountPath: '/data', name: 'data' }] },
    spec: { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data-vol1' } }] },
    state: states(t.ago).pending(message),
    replicas: 1,
    strategy: { type: 'Recreate' },
  })
  const claim = t.thing('v1', 'PersistentVolumeClaim', 'archive', 'data-vol', {
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      storageClassName: 'standard',
      volumeMode: 'Filesystem',
      volumeName: 'pvc-6b1f',
    },
    status: { accessModes: ['ReadWriteOnce'], capacity: { storage: '5Gi' }, phase: 'Bound' },
  })
  return {
    name: 'claim-misspelt',
    now,
    objects: [
      ...t.well,
      ...badger.objects,
      claim,
      ...badger.pods.map((pod) => t.warn(pod, 'FailedScheduling', message, scheduler)),
    ],
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'archive', name: 'kind-badger', class: 'ClaimNotFound' },
      mustMention: ['data-vol1'],
      mustNotBlame: ['StorageClass//standard', 'PersistentVolumeClaim/archive/data-vol'],
    },
  }
}

const volumeFull = (): Draft => {
  const now = '2026-04-18T23:40:00Z'
  const t = town({
    now,
    seed: 'slate-mole',
    nodes: ['dg-1', 'dg-2'],
    neighbours: two('quarry', 'keen-pick', 'loose-rope'),
  })
  const mole = t.set({
    namespace: 'quarry',
    name: 'slate-mole',
    replicas: 2,
    days: 200,
    main: { volumeMounts: [{ mountPath: '/data', name: 'data' }] },
    state: [states(t.ago).crashing(1, {}, 11), {}],
    port: 8080,
  })
  const [full = mole.owner] = mole.pods
  return {
    name: 'volume-full',
    now,
    objects: [...t.well, ...mole.objects, ...t.crashed(full, 12, 41)],
    logs: {
      ...t.log(full, 'app.previous', 1.5, [
        'INFO recovering segments',
        'INFO opened /data/segments/000411.seg',
        'ERROR could not extend file "/data/segments/000412.seg": no space left on device',
        'panic: write-ahead log: no space left on device',
      ]),
      ...t.log(mole.pods[1] ?? full, 'app', 0.4, ['INFO replica of slate-mole-0', 'WARN leader is away, 41 m']),
    },
    expect: {
      rootCause: { kind: 'PersistentVolumeClaim', namespace: 'quarry', name: 'data-slate-mole-0', class: 'VolumeFull' },
      mustNotBlame: ['Node//dg-1', 'Node//dg-2', 'PersistentVolumeClaim/quarry/data-slate-mole-1'],
    },
  }
}

const nodesTainted = (): Draft => {
  const now = '2026-05-02T07:30:00Z'
  const taints = [{ effect: 'NoSchedule', key: 'team', value: 'vision' }]
  const t = town({
    now,
    seed: 'mild-goose',
    nodes: ['gp-east', 'gp-west'],
    machines: (author) => author.nodes.flatMap((name) => node(author, name, { taints })),
    neighbours: two('meadow', 'quick-vole', 'plain-daisy'),
  })
  const message = `0/2 nodes are available: 2 node(s) had untolerated taint {team: vision}. ${preempt(2)}`
  const goose = t.app({
    namespace: 'meadow',
    name: 'mild-goose',
    days: 0.016,
    replicas: 1,
    state: states(t.ago).pending(message),
  })
  return {
    name: 'taint-everywhere',
    now,
    objects: [
      ...t.well,
      ...goose.objects,
      ...goose.pods.map((pod) => t.warn(pod, 'FailedScheduling', message, scheduler)),
    ],
    expect: {
      rootCauses: [
        { kind: 'Node', namespace: '', name: 'gp-east', class: 'NodeTainted' },
        { kind: 'Node', namespace: '', name: 'gp-west', class: 'NodeTainted' },
      ],
      mustMention: ['team', 'vision'],
      mustNotBlame: ['Deployment/meadow/quick-vole'],
    },
  }
}

const selectorNone = (): Draft => {
  const now = '2026-05-03T16:16:00Z'
  const t = town({
    now,
    seed: 'proud-newt',
    nodes: ['rk-1', 'rk-2', 'rk-3'],
    neighbours: two('delta', 'wet-otter', 'dry-reef'),
  })
  const message = `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${preempt(3)}`
  const newt = t.app({
    namespace: 'delta',
    name: 'proud-newt',
    rolled: 24,
    before: {},
    spec: { nodeSelector: { disktype: 'nvme9' } },
    state: states(t.ago).pending(message),
  })
  return {
    name: 'selector-none',
    now,
    objects: [
      ...t.well,
      ...newt.objects,
      ...newt.pods.slice(-1).map((pod) => t.warn(pod, 'FailedScheduling', message, scheduler)),
    ],
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'delta', name: 'proud-newt', class: 'NodeSelectorMismatch' },
      mustMention: ['nvme9'],
      mustNotBlame: ['Node//rk-1', 'Node//rk-2', 'Node//rk-3'],
    },
  }
}

const requestLarge = (): Draft => {
  const now = '2026-05-04T12:00:00Z'
  const t = town({
    now,
    seed: 'great-auk',
    nodes: ['hv-1', 'hv-2'],
    neighbours: two('studio', 'small-gnat', 'light-moth'),
  })
  const message = `0/2 nodes are available: 2 Insufficient cpu. ${preempt(2).replace('Preemption is not helpful for scheduling', 'No preemption victims found for incoming pod')}`
  const auk = t.set({
    namespace: 'studio',
    name: 'great-auk',
    replicas: 1,
    days: 0.02,
    main: {
      resources: { limits: { memory: '4Gi' }, requests: { cpu: '64', memory: '4Gi' } },
      volumeMounts: [{ mountPath: '/data', name: 'data' }],
    },
    state: states(t.ago).pending(message),
  })
  const quota = t.thing('v1', 'ResourceQuota', 'studio', 'studio-total', {
    spec: { hard: { 'requests.cpu': '200' } },
    status: { hard: { 'requests.cpu': '200' }, used: { 'requests.cpu': '64150m' } },
  })
  return {
    name: 'request-large',
    now,
    objects: [
      ...t.well,
      ...auk.objects,
      quota,
      ...auk.pods.map((pod) => t.warn(pod, 'FailedScheduling', message, scheduler)),
    ],
    expect: {
      rootCause: { kind: 'StatefulSet', namespace: 'studio', name: 'great-auk', class: 'RequestTooLarge' },
      mustMention: ['64'],
      mustNotBlame: ['ResourceQuota/studio/studio-total', 'Node//hv-1', 'Node//hv-2'],
    },
  }
}

const antiAffinity = (): Draft => {
  const now = '2026-05-05T20:05:00Z'
  const t = town({
    now,
    seed: 'shy-rhino',
    nodes: ['pn-1', 'pn-2'],
    neighbours: two('savanna', 'loud-zebra', 'tall-termite'),
  })
  const message = `0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules. preemption: 0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.`
  const rhino = t.app({
    namespace: 'savanna',
    name: 'shy-rhino',
    replicas: 3,
    days: 3,
    spec: {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              labelSelector: { matchLabels: { 'app.kubernetes.io/name': 'shy-rhino' } },
              topologyKey: 'kubernetes.io/hostname',
            },
          ],
        },
      },
    },
    state: [{}, {}, states(t.ago).pending(message)],
    port: 8080,
  })
  return {
    name: 'apart-deadlock',
    now,
    objects: [
      ...t.well,
      ...rhino.objects,
      ...rhino.pods
        .slice(-1)
        .map((pod) => t.warn(pod, 'FailedScheduling', message, { ...scheduler, first: 58, count: 12 })),
    ],
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'savanna', name: 'shy-rhino', class: 'AntiAffinityConflict' },
      mustNotBlame: ['Node//pn-1', 'Node//pn-2'],
    },
  }
}

const quotaExceeded = (): Draft => {
  const now = '2026-05-06T09:09:00Z'
  const t = town({
    now,
    seed: 'brisk-crab',
    nodes: ['cz-1', 'cz-2'],
    neighbours: two('lagoon', 'still-eel', 'deep-clam'),
  })
  const crab = t.app({ namespace: 'lagoon', name: 'brisk-crab', days: 0.02, replicas: 3, state: [], port: 8080 })
  const quota = t.thing('v1', 'ResourceQuota', 'lagoon', 'lagoon-share', {
    spec: { hard: { pods: '20', 'requests.cpu': '160m' } },
    status: { hard: { pods: '20', 'requests.cpu': '160m' }, used: { pods: '3', 'requests.cpu': '150m' } },
  })
  crab.owner.status.conditions = [
    {
      lastTransitionTime: t.ago(28),
      lastUpdateTime: t.ago(28),
      message: 'Deployment does not have minimum availability.',
      reason: 'MinimumReplicasUnavailable',
      status: 'False',
      type: 'Available',
    },
    {
      lastTransitionTime: t.ago(28),
      lastUpdateTime: t.ago(28),
      message: `pods "${crab.replicaSet.metadata.name}-w2kfx" is forbidden: exceeded quota: lagoon-share, requested: requests.cpu=50m, used: requests.cpu=150m, limited: requests.cpu=160m`,
      reason: 'FailedCreate',
      status: 'True',
      type: 'ReplicaFailure',
    },
  ]
  crab.replicaSet.spec.replicas = 3
  crab.replicaSet.status = { conditions: crab.owner.status.conditions.slice(1), observedGeneration: 1, replicas: 0 }
  return {
    name: 'no-pod-at-all',
    now,
    objects: [
      ...t.well,
      ...crab.objects,
      quota,
      t.warn(
        crab.replicaSet,
        'FailedCreate',
        `Error creating: pods "${crab.replicaSet.metadata.name}-w2kfx" is forbidden: exceeded quota: lagoon-share, requested: requests.cpu=50m, used: requests.cpu=150m, limited: requests.cpu=160m`,
        { first: 28, last: 2, count: 9, component: 'replicaset-controller' },
      ),
      t.tell(crab.owner, 'ScalingReplicaSet', `Scaled up replica set ${crab.replicaSet.metadata.name} from 0 to 3`, {
        first: 28,
        component: 'deployment-controller',
      }),
    ],
    expect: {
      rootCause: { kind: 'ResourceQuota', namespace: 'lagoon', name: 'lagoon-share', class: 'QuotaExceeded' },
      mustNotBlame: ['Node//cz-1', 'Deployment/lagoon/still-eel'],
    },
  }
}

export const placingFaults = [
  storageClassAbsent,
  claimTypo,
  volumeFull,
  nodesTainted,
  selectorNone,
  requestLarge,
  antiAffinity,
  quotaExceeded,
]
