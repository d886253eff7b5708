import type { SimObject } from '../objects.ts'
import type { Draft } from './draft.ts'
import { states, town, two } from './town.ts'

const DAY = 1_440
const ready = { readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' } } }

const recovered = (): Draft => {
  const now = '2026-09-01T08:00:00Z'
  const t = town({
    now,
    seed: 'light-hare',
    nodes: ['hut-1', 'hut-2'],
    neighbours: two('valley', 'old-mill', 'new-weir'),
  })
  const hare = t.app({
    namespace: 'valley',
    name: 'light-hare',
    rolled: 52,
    main: ready,
    state: {
      restarts: 4,
      started: 44,
      lastState: { terminated: { exitCode: 1, reason: 'Error', startedAt: t.ago(45.6), finishedAt: t.ago(45.5) } },
    },
    port: 8080,
  })
  return {
    name: 'over-by-now',
    now,
    objects: [
      ...t.well,
      ...hare.objects,
      ...hare.pods.flatMap((pod) => [
        t.warn(
          pod,
          'BackOff',
          `Back-off restarting failed container app in pod ${pod.metadata.name}_valley(${pod.metadata.uid})`,
          { first: 51, last: 44.5, count: 21 },
        ),
        t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', {
          first: 51,
          last: 43.9,
          count: 9,
        }),
      ]),
    ],
    logs: Object.assign(
      {},
      ...hare.pods.flatMap((pod) => [
        t.log(pod, 'app.previous', 45.5, [
          'INFO light-hare up',
          'FATAL migrations: table "hops" is locked by another session',
        ]),
        t.log(pod, 'app', 0.2, ['INFO light-hare up', 'INFO migrations done', 'INFO GET /readyz 200']),
      ]),
    ),
    expect: {
      rootCause: null,
      outcome: 'none',
      trigger: { kind: 'Deployment', namespace: 'valley', name: 'light-hare' },
    },
  }
}

const logsDenied = (): Draft => {
  const now = '2026-09-02T21:10:00Z'
  const t = town({
    now,
    seed: 'mute-swan',
    nodes: ['lake-1', 'lake-2'],
    neighbours: two('shore', 'loud-duck', 'wet-goose'),
  })
  const swan = t.app({
    namespace: 'shore',
    name: 'mute-swan',
    days: 4,
    replicas: 2,
    state: states(t.ago).crashing(1),
    port: 8080,
  })
  return {
    name: 'logs-denied',
    now,
    objects: [...t.well, ...swan.objects, ...swan.pods.flatMap((pod) => t.crashed(pod, 7, 16))],
    logs: Object.assign(
      {},
      ...swan.pods.map((pod) =>
        t.log(pod, 'app.previous', 1.5, ['INFO mute-swan up', 'FATAL FEATHER_KEY environment variable is required']),
      ),
    ),
    access: [{ verb: 'get', resource: 'pods/log' }],
    expect: {
      rootCause: null,
      outcome: 'inconclusive',
      mustMention: ['/logs?/i', '/forbidden|denied|may not|not allowed|403/i'],
      mustNotBlame: ['Deployment/shore/loud-duck', 'Node//lake-1', 'Node//lake-2'],
      trigger: { kind: 'Deployment', namespace: 'shore', name: 'mute-swan' },
    },
  }
}

const podsDenied = (): Draft => {
  const now = '2026-09-03T21:10:00Z'
  const t = town({
    now,
    seed: 'shut-clam',
    nodes: ['reef-1', 'reef-2'],
    neighbours: two('atoll', 'pink-coral', 'slow-ray'),
  })
  const clam = t.app({
    namespace: 'atoll',
    name: 'shut-clam',
    days: 9,
    rolled: 40,
    before: {},
    state: states(t.ago).crashing(2),
    port: 8080,
  })
  return {
    name: 'pods-denied',
    now,
    objects: [...t.well, ...clam.objects],
    access: [
      { verb: ['get', 'list', 'watch'], resource: ['pods', 'pods/log', 'events'], namespace: 'atoll' },
      { verb: ['get', 'list', 'watch'], group: 'events.k8s.io', resource: 'events', namespace: 'atoll' },
    ],
    expect: {
      rootCause: null,
      outcome: 'inconclusive',
      mustMention: ['/pods/i', '/forbidden|denied|may not|not allowed|403/i'],
      trigger: { kind: 'Deployment', namespace: 'atoll', name: 'shut-clam' },
    },
  }
}

const twoFaults = (): Draft => {
  const now = '2026-09-04T10:40:00Z'
  const t = town({
    now,
    seed: 'fair-weather',
    nodes: ['mast-1', 'mast-2'],
    neighbours: two('fleet', 'brass-bell', 'tar-rope'),
  })
  const one = t.app({
    namespace: 'fleet',
    name: 'blue-pennant',
    days: 0.02,
    main: { envFrom: [{ secretRef: { name: 'pennant-keys' } }] },
    state: states(t.ago).waiting('CreateContainerConfigError', 'secret "pennant-keys" not found'),
  })
  const message =
    "0/2 nodes are available: 2 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling."
  const other = t.app({
    namespace: 'docks',
    name: 'stout-crane',
    days: 0.2,
    replicas: 1,
    spec: { nodeSelector: { crane: 'heavy' } },
    state: states(t.ago).pending(message),
  })
  return {
    name: 'two-at-once',
    now,
    objects: [
      ...t.well,
      ...one.objects,
      ...other.objects,
      ...one.pods.map((pod) =>
        t.warn(pod, 'Failed', 'Error: secret "pennant-keys" not found', { first: 28, last: 0.2, count: 120 }),
      ),
      ...other.pods.map((pod) =>
        t.warn(pod, 'FailedScheduling', message, { component: 'default-scheduler', first: 250, last: 2, count: 40 }),
      ),
    ],
    expect: {
      rootCauses: [
        { kind: 'Secret', namespace: 'fleet', name: 'pennant-keys', class: 'MissingSecret' },
        { kind: 'Deployment', namespace: 'docks', name: 'stout-crane', class: 'NodeSelectorMismatch' },
      ],
      mustNotBlame: ['Node//mast-1', 'Node//mast-2'],
    },
  }
}

const cascade = (): Draft => {
  const now = '2026-09-05T19:19:00Z'
  const t = town({
    now,
    seed: 'three-doors',
    nodes: ['pier-1', 'pier-2', 'pier-3'],
    neighbours: two('arcade', 'tin-drum', 'wax-doll'),
  })
  const store = t.set({
    namespace: 'arcade',
    name: 'quick-shelf',
    replicas: 1,
    days: 100,
    main: {
      ports: [{ containerPort: 6379, name: 'redis', protocol: 'TCP' }],
      args: ['/etc/shelf/redis.conf'],
      volumeMounts: [{ mountPath: '/data', name: 'data' }],
    },
    state: states(t.ago).crashing(1, {}, 9),
    port: 6379,
  })
  const middle = t.app({
    namespace: 'arcade',
    name: 'brass-key',
    days: 30,
    main: { ...ready, env: [{ name: 'SESSIONS', value: 'redis://quick-shelf:80/0' }] },
    state: { ready: false, notReadySince: 23, started: 30 * DAY },
    port: 8080,
  })
  const front = t.app({
    namespace: 'arcade',
    name: 'coin-slot',
    days: 30,
    main: { env: [{ name: 'AUTH_URL', value: 'http://brass-key' }] },
    state: states(t.ago).crashing(1, {}, 8),
    port: 8080,
  })
  const [shelf = store.owner] = store.pods
  return {
    name: 'three-in-a-row',
    now,
    objects: [
      ...t.well,
      ...store.objects,
      ...middle.objects,
      ...front.objects,
      ...t.crashed(shelf, 10, 24),
      ...middle.pods.map((pod) =>
        t.warn(pod, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', {
          first: 23,
          last: 0.1,
          count: 138,
        }),
      ),
      ...front.pods.flatMap((pod) => t.crashed(pod, 9, 21)),
    ],
    logs: Object.assign(
      t.log(shelf, 'app.previous', 1.5, [
        '*** FATAL CONFIG FILE ERROR (Redis 8.2.1) ***',
        'Reading the configuration file, at line 14',
        ">>> 'maxmemory-polcy allkeys-lru'",
        'Bad directive or wrong number of arguments',
      ]),
      ...middle.pods.map((pod) =>
        t.log(pod, 'app', 0.1, [
          'ERROR session store: dial tcp: connect to quick-shelf:80: connection refused',
          'WARN /readyz 503 session store away',
        ]),
      ),
      ...front.pods.map((pod) =>
        t.log(pod, 'app.previous', 1.5, [
          'INFO coin-slot up',
          'FATAL auth: GET http://brass-key/v1/keys: dial tcp 10.96.4.4:80: connect: connection refused',
        ]),
      ),
    ),
    expect: {
      rootCause: { kind: 'StatefulSet', namespace: 'arcade', name: 'quick-shelf', class: 'InvalidConfiguration' },
      mustMention: ['maxmemory-polcy'],
      mustNotBlame: ['Deployment/arcade/brass-key', 'Deployment/arcade/coin-slot', 'Service/arcade/brass-key'],
    },
  }
}

const fleetPart = (): Draft => {
  const now = '2026-09-06T06:06:00Z'
  const t = town({
    now,
    seed: 'grey-heron',
    nodes: ['edge-1', 'edge-2', 'edge-3'],
    neighbours: two('river', 'long-barge', 'low-lock'),
  })
  const heron = t.daemons({
    namespace: 'platform',
    name: 'grey-heron',
    days: 0.02,
    main: {
      image: 'registry.example.net/platform/grey-heron:3.2.0',
      args: ['--buffer-size=32MiB', '--send-to=collector'],
    },
    state: states(t.ago).crashing(2),
  })
  return {
    name: 'new-image-everywhere',
    now,
    objects: [...t.well, ...heron.objects, ...heron.pods.flatMap((pod) => t.crashed(pod, 9, 27))],
    logs: Object.assign(
      {},
      ...heron.pods.map((pod) =>
        t.log(pod, 'app.previous', 1.5, [
          'error: unknown flag: --buffer-size',
          'Usage: heron [--buffer BYTES] --send-to HOST',
        ]),
      ),
    ),
    expect: {
      rootCause: { kind: 'DaemonSet', namespace: 'platform', name: 'grey-heron', class: 'BadCommand' },
      mustMention: ['--buffer-size'],
      mustNotBlame: ['Node//edge-1', 'Node//edge-2', 'Node//edge-3'],
    },
  }
}

const flapping = (): Draft => {
  const now = '2026-09-10T15:55:00Z'
  const t = town({
    now,
    seed: 'spry-flea',
    nodes: ['mat-1', 'mat-2'],
    neighbours: two('circus', 'big-top', 'red-nose'),
  })
  const flea = t.app({
    namespace: 'circus',
    name: 'spry-flea',
    days: 11,
    replicas: 1,
    pods: 3,
    main: { resources: { limits: { memory: '48Mi' }, requests: { cpu: '10m', memory: '48Mi' } } },
    state: { ...states(t.ago).crashing(137, { reason: 'OOMKilled' }, 2) },
    port: 8080,
  })
  const [pod = flea.owner] = flea.pods
  const former = Array.from({ length: 30 }, (_, index): SimObject => {
    const name = `${flea.replicaSet.metadata.name}-${t.author.suffix(5, 'former', String(index))}`
    return { ...pod, metadata: { ...pod.metadata, name, uid: t.author.uid('Pod', 'circus', name) } }
  })
  return {
    name: 'thirty-lives',
    now,
    objects: [
      ...t.well,
      ...flea.objects,
      ...t.crashed(pod, 3, 3),
      ...former.flatMap((one, index) => [
        t.tell(flea.replicaSet, 'SuccessfulCreate', `Created pod: ${one.metadata.name}`, {
          first: 4 + index * 1.8,
          component: 'replicaset-controller',
        }),
        t.warn(
          one,
          'BackOff',
          `Back-off restarting failed container app in pod ${one.metadata.name}_circus(${one.metadata.uid})`,
          { first: 4 + index * 1.8, last: 3.2 + index * 1.8, count: 4 },
        ),
      ]),
    ],
    logs: t.log(pod, 'app.previous', 1.5, ['INFO spry-flea up', 'INFO loading 900 tricks']),
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'circus', name: 'spry-flea', class: 'MemoryLimitTooLow' },
      mustNotBlame: ['Node//mat-1', 'Node//mat-2'],
    },
  }
}

export const controls = [recovered, logsDenied, podsDenied, twoFaults, cascade, fleetPart, flapping]
