import type { Draft } from './draft.ts'
import { states, town, two } from './town.ts'

const DAY = 1_440

const envVarMissing = (): Draft => {
  const now = '2026-02-03T14:20:00Z'
  const t = town({
    now,
    seed: 'copper-kestrel',
    nodes: ['wk-amber-1', 'wk-amber-2'],
    neighbours: two('depot', 'calm-heron', 'red-spruce'),
  })
  const main = {
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'HTTP_PORT', value: '8080' },
    ],
  }
  const kestrel = t.app({
    namespace: 'depot',
    name: 'copper-kestrel',
    tag: '4.8.0',
    rolled: 17,
    main,
    before: { ...main, image: 'registry.example.net/depot/copper-kestrel:4.7.3' },
    state: states(t.ago).crashing(1),
    port: 8080,
  })
  const [fresh = kestrel.owner] = kestrel.pods.slice(-1)
  return {
    name: 'env-var-missing',
    now,
    objects: [...t.well, ...kestrel.objects, ...t.crashed(fresh, 7, 16.8)],
    logs: t.log(fresh, 'app.previous', 1.5, [
      'INFO copper-kestrel 4.8.0 (go1.25.1) starting',
      'INFO cache warmed in 12 ms',
      'FATAL config: DEPLOY_ENV must be set to one of dev, stage, prod',
    ]),
    expect: {
      rootCause: {
        kind: 'Deployment',
        namespace: 'depot',
        name: 'copper-kestrel',
        class: 'MissingEnvironmentVariable',
      },
      mustMention: ['DEPLOY_ENV'],
      mustNotBlame: ['Deployment/depot/calm-heron', 'Node//wk-amber-1', 'Node//wk-amber-2'],
    },
  }
}

const memoryLeak = (): Draft => {
  const now = '2026-06-11T08:55:00Z'
  const t = town({
    now,
    seed: 'velvet-ox',
    nodes: ['bay-1', 'bay-2', 'bay-3'],
    neighbours: two('saloon', 'green-anvil', 'pale-wren'),
  })
  const state = (start: number, end: number, restarts: number) => ({
    restarts,
    started: end,
    lastState: {
      terminated: { exitCode: 137, reason: 'OOMKilled', startedAt: t.ago(start), finishedAt: t.ago(end) },
    },
  })
  const ox = t.app({
    namespace: 'saloon',
    name: 'velvet-ox',
    tag: '2.0.0',
    rolled: 5 * DAY,
    main: { resources: { limits: { memory: '1536Mi' }, requests: { cpu: '100m', memory: '512Mi' } } },
    state: [state(46, 5, 61), state(60, 19, 60)],
    port: 8080,
  })
  const [one = ox.owner, other = ox.owner] = ox.pods
  const heap = (last: number, sizes: readonly number[]) =>
    sizes
      .map(
        (size, index) =>
          `${t.ago(last + (sizes.length - index) * 5)} INFO stats heap_used=${size}MiB sessions=${40 + (index % 3)}`,
      )
      .join('\n')
  const path = (name: string) => `saloon/${name}/app`
  return {
    name: 'memory-grows',
    now,
    objects: [
      ...t.well,
      ...ox.objects,
      ...[one, other].flatMap((pod) => [
        t.warn(
          pod,
          'BackOff',
          `Back-off restarting failed container app in pod ${pod.metadata.name}_saloon(${pod.metadata.uid})`,
          { first: 55, last: 19, count: 6 },
        ),
        t.warn(
          pod,
          'Unhealthy',
          `Liveness probe failed: Get "http://${pod.status.podIP}:8080/livez": context deadline exceeded`,
          { first: 20, last: 6, count: 2 },
        ),
      ]),
    ],
    logs: {
      [`${path(one.metadata.name)}.previous`]: `${heap(5, [214, 402, 590, 775, 968, 1151, 1339, 1502])}\n`,
      [path(one.metadata.name)]:
        `${t.ago(5)} INFO velvet-ox 2.0.0 starting\n${t.ago(4.9)} INFO stats heap_used=131MiB sessions=41\n`,
      [`${path(other.metadata.name)}.previous`]: `${heap(19, [208, 398, 601, 780, 961, 1148, 1345, 1499])}\n`,
      [path(other.metadata.name)]: `${heap(0, [133, 290, 488])}\n`,
    },
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'saloon', name: 'velvet-ox', class: 'MemoryLeak' },
      mustMention: ['/leak|grow/i'],
      mustNotBlame: ['Node//bay-1', 'Deployment/saloon/green-anvil'],
      trigger: { kind: 'Deployment', namespace: 'saloon', name: 'velvet-ox' },
    },
  }
}

const registryCredential = (): Draft => {
  const now = '2026-02-20T17:02:00Z'
  const t = town({
    now,
    seed: 'tin-whistle',
    nodes: ['kn-01', 'kn-02'],
    neighbours: two('choir', 'low-reed', 'soft-bell'),
  })
  const image = 'vault.example.org/private/tin-whistle:12.1'
  const message = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to https://vault.example.org/token?scope=repository%3Aprivate%2Ftin-whistle%3Apull&service=vault.example.org: 401 Unauthorized`
  const whistle = t.daemons({
    namespace: 'choir',
    name: 'tin-whistle',
    main: { image },
    days: 0.02,
    state: states(t.ago).waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${message}`),
  })
  return {
    name: 'registry-refuses',
    now,
    objects: [
      ...t.well,
      ...whistle.objects,
      ...whistle.pods.flatMap((pod) => [
        t.tell(pod, 'Pulling', `Pulling image "${image}"`, { first: 28, last: 3, count: 8 }),
        t.warn(pod, 'Failed', `Failed to pull image "${image}": ${message}`, { first: 28, last: 3, count: 8 }),
        t.warn(pod, 'Failed', 'Error: ImagePullBackOff', { first: 27.8, last: 0.4, count: 109 }),
      ]),
    ],
    expect: {
      rootCause: { kind: 'DaemonSet', namespace: 'choir', name: 'tin-whistle', class: 'ImagePullUnauthorized' },
      mustMention: ['/pull secret|imagePullSecret/i'],
      mustNotBlame: ['Node//kn-01', 'Node//kn-02'],
    },
  }
}

const configMapMissing = (): Draft => {
  const now = '2026-07-01T06:31:00Z'
  const t = town({
    now,
    seed: 'dusty-plum',
    nodes: ['cell-1', 'cell-2'],
    neighbours: two('pantry', 'blue-ladle', 'long-fork'),
  })
  const plum = t.app({
    namespace: 'pantry',
    name: 'dusty-plum',
    days: 0.012,
    main: { volumeMounts: [{ mountPath: '/etc/plum', name: 'rules' }] },
    spec: { volumes: [{ configMap: { defaultMode: 420, name: 'plum-rules' }, name: 'rules' }] },
    state: states(t.ago).waiting('ContainerCreating'),
    port: 8080,
  })
  return {
    name: 'configmap-elsewhere',
    now,
    objects: [
      ...t.well,
      ...plum.objects,
      t.thing('v1', 'ConfigMap', 'pantry-staging', 'plum-rules', { data: { 'rules.yaml': 'sweetness: 7\n' } }),
      t.thing('v1', 'ConfigMap', 'pantry', 'ladle-rules', { data: { 'rules.yaml': 'depth: 3\n' } }),
      ...plum.pods.map((pod) =>
        t.warn(pod, 'FailedMount', 'MountVolume.SetUp failed for volume "rules" : configmap "plum-rules" not found', {
          first: 17,
          last: 1,
          count: 16,
        }),
      ),
    ],
    expect: {
      rootCause: { kind: 'ConfigMap', namespace: 'pantry', name: 'plum-rules', class: 'MissingConfigMap' },
      mustMention: ['plum-rules'],
      mustNotBlame: ['ConfigMap/pantry-staging/plum-rules', 'StorageClass//standard', 'ConfigMap/pantry/ladle-rules'],
    },
  }
}

const secretMissing = (): Draft => {
  const now = '2026-07-02T19:00:00Z'
  const t = town({ now, seed: 'iron-lark', nodes: ['ws-3', 'ws-4'], neighbours: two('tower', 'mute-owl', 'ash-crane') })
  const lark = t.set({
    namespace: 'tower',
    name: 'iron-lark',
    days: 0.02,
    replicas: 1,
    main: {
      envFrom: [{ configMapRef: { name: 'lark-settings' } }, { secretRef: { name: 'lark-login' } }],
      volumeMounts: [{ mountPath: '/data', name: 'data' }],
    },
    state: states(t.ago).waiting('CreateContainerConfigError', 'secret "lark-login" not found'),
  })
  return {
    name: 'secret-absent',
    now,
    objects: [
      ...t.well,
      ...lark.objects,
      t.thing('v1', 'ConfigMap', 'tower', 'lark-settings', { data: { REGION: 'north', DB_USER: 'lark' } }),
      ...lark.pods.flatMap((pod) => [
        t.tell(pod, 'Pulled', `Container image "${pod.spec.containers[0].image}" already present on machine`, {
          first: 28,
          last: 0.2,
          count: 131,
        }),
        t.warn(pod, 'Failed', 'Error: secret "lark-login" not found', { first: 28, last: 0.2, count: 131 }),
      ]),
    ],
    expect: {
      rootCause: { kind: 'Secret', namespace: 'tower', name: 'lark-login', class: 'MissingSecret' },
      mustNotBlame: ['ConfigMap/tower/lark-settings', 'PersistentVolumeClaim/tower/data-iron-lark-0'],
    },
  }
}

const secretRotated = (): Draft => {
  const now = '2026-03-09T05:45:00Z'
  const t = town({
    now,
    seed: 'sable-hare',
    nodes: ['zed-a', 'zed-b'],
    neighbours: two('market', 'round-pear', 'sour-lime'),
  })
  const db = t.set({
    namespace: 'market',
    name: 'cold-cellar',
    replicas: 1,
    days: 90,
    main: { ports: [{ containerPort: 5432, name: 'pg' }], volumeMounts: [{ mountPath: '/data', name: 'data' }] },
    port: 5432,
  })
  const hare = t.app({
    namespace: 'market',
    name: 'sable-hare',
    rolled: 12 * DAY,
    main: {
      env: [
        { name: 'DB_HOST', value: 'cold-cellar:80' },
        { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { key: 'password', name: 'hare-db' } } },
      ],
      readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' } },
    },
    state: { ready: false, notReadySince: 32, started: 12 * DAY },
    port: 8080,
  })
  const sync = t.thing('external-secrets.io/v1', 'ExternalSecret', 'market', 'hare-db', {
    spec: { refreshInterval: '1h', target: { name: 'hare-db' } },
    status: {
      conditions: [
        {
          type: 'Ready',
          status: 'True',
          reason: 'SecretSynced',
          message: 'secret synced',
          lastTransitionTime: t.ago(33),
        },
      ],
      refreshTime: t.ago(33),
    },
  })
  const refused =
    'ERROR pool: connect cold-cellar:80: FATAL: password authentication failed for user "hare" (SQLSTATE 28P01)'
  return {
    name: 'secret-rotated',
    now,
    objects: [
      ...t.well,
      ...db.objects,
      ...hare.objects,
      sync,
      t.thing('v1', 'Secret', 'market', 'hare-db', { type: 'Opaque', data: { password: 'bmV3LXBhc3N3b3JkLTc3' } }),
      t.tell(sync, 'Updated', 'Updated Secret hare-db: provider version changed', {
        first: 33,
        component: 'external-secrets',
      }),
      ...hare.pods.map((pod) =>
        t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
          first: 32,
          last: 0.1,
          count: 190,
        }),
      ),
    ],
    logs: {
      ...Object.assign(
        {},
        ...hare.pods.map((pod) =>
          t.log(pod, 'app', 0.2, [
            'INFO served 1204 requests in the last minute',
            refused,
            refused,
            'WARN readiness: database unavailable',
            refused,
          ]),
        ),
      ),
      ...t.log(db.pods[0] ?? db.owner, 'app', 0.2, [
        'LOG:  checkpoint complete',
        'FATAL:  password authentication failed for user "hare"',
        'DETAIL:  Connection matched file "/data/pg_hba.conf" line 99',
      ]),
    },
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'market', name: 'sable-hare', class: 'StaleCredential' },
      mustNotBlame: ['StatefulSet/market/cold-cellar', 'Service/market/cold-cellar', 'Secret/market/hare-db'],
    },
  }
}

export const startFaults = [
  envVarMissing,
  memoryLeak,
  registryCredential,
  configMapMissing,
  secretMissing,
  secretRotated,
]
