import type { Draft } from './draft.ts'
import { states, town, two } from './town.ts'
import { service } from './workloads.ts'

const DAY = 1_440
const unready503 = 'Readiness probe failed: HTTP probe failed with statuscode: 503'
const ready = { readinessProbe: { httpGet: { path: '/readyz', port: 8080, scheme: 'HTTP' } } }

const serviceSelector = (): Draft => {
  const now = '2026-02-11T13:13:00Z'
  const t = town({
    now,
    seed: 'round-robin',
    nodes: ['bee-1', 'bee-2'],
    neighbours: two('garden', 'slim-iris', 'fat-tulip'),
  })
  const robin = t.app({
    namespace: 'garden',
    name: 'round-robin',
    days: 8,
    labels: { version: 'v1' },
    main: ready,
    port: 8080,
  })
  const [front, slice] = service(t.author, robin.owner, [], 8080)
  if (front === undefined || slice === undefined) throw new Error('no service')
  front.spec.selector = { 'app.kubernetes.io/name': 'round-robin', version: 'v2' }
  slice.endpoints = []
  return {
    name: 'nobody-selected',
    now,
    objects: [
      ...t.well,
      ...robin.objects.filter((one) => one.kind !== 'Service' && one.kind !== 'EndpointSlice'),
      front,
      slice,
    ],
    expect: {
      rootCause: { kind: 'Service', namespace: 'garden', name: 'round-robin', class: 'ServiceSelectorMismatch' },
      mustMention: ['v2'],
      mustNotBlame: ['Deployment/garden/round-robin', 'Deployment/garden/slim-iris'],
    },
  }
}

/** A front that cannot reach what is behind it, and is not ready for that. */
const behindFront = (
  seed: string,
  now: string,
  nodes: readonly string[],
  namespace: string,
  front: string,
  url: string,
  lines: readonly string[],
) => {
  const t = town({ now, seed, nodes, neighbours: two(namespace, `dim-${seed.split('-')[1]}`, 'odd-pigeon') })
  const app = t.app({
    namespace,
    name: front,
    days: 14,
    main: { ...ready, env: [{ name: 'UPSTREAM', value: url }] },
    state: { ready: false, notReadySince: 26, started: 14 * DAY },
    port: 8080,
  })
  return {
    t,
    app,
    events: app.pods.map((pod) => t.warn(pod, 'Unhealthy', unready503, { first: 26, last: 0.2, count: 155 })),
    logs: Object.assign({}, ...app.pods.map((pod) => t.log(pod, 'app', 0.1, lines))),
  }
}

const targetPort = (): Draft => {
  const now = '2026-02-12T09:50:00Z'
  const { t, app, events, logs } = behindFront(
    'gold-finch',
    now,
    ['fir-1', 'fir-2'],
    'aviary',
    'gold-finch',
    'http://grain-store',
    [
      'INFO gold-finch ready to fly',
      'ERROR GET http://grain-store/v1/stock: dial tcp 10.96.44.12:80: connect: connection refused',
      'WARN readiness: upstream grain-store is away',
      'ERROR GET http://grain-store/v1/stock: dial tcp 10.96.44.12:80: connect: connection refused',
    ],
  )
  const store = t.app({
    namespace: 'aviary',
    name: 'grain-store',
    days: 14,
    main: { ports: [{ containerPort: 9090, name: 'web', protocol: 'TCP' }] },
    port: 9999,
  })
  return {
    name: 'target-port-wrong',
    now,
    objects: [...t.well, ...app.objects, ...store.objects, ...events],
    logs: { ...logs, ...t.log(store.pods[0] ?? store.owner, 'app', 900, ['INFO listening on 0.0.0.0:9090']) },
    expect: {
      rootCause: { kind: 'Service', namespace: 'aviary', name: 'grain-store', class: 'ServicePortMismatch' },
      mustMention: ['9999', '9090'],
      mustNotBlame: ['Deployment/aviary/grain-store', 'Deployment/aviary/gold-finch'],
    },
  }
}

const policyIngress = (): Draft => {
  const now = '2026-02-13T18:00:00Z'
  const { t, app, events, logs } = behindFront(
    'plain-swift',
    now,
    ['elm-1', 'elm-2'],
    'harbor',
    'plain-swift',
    'http://tide-table:80',
    [
      'INFO plain-swift up',
      'ERROR fetch http://tide-table:80/today: dial tcp 10.96.61.8:80: i/o timeout',
      'ERROR fetch http://tide-table:80/today: context deadline exceeded (Client.Timeout exceeded while awaiting headers): dial tcp 10.96.61.8:80: i/o timeout',
    ],
  )
  const table = t.app({ namespace: 'harbor', name: 'tide-table', days: 60, main: ready, port: 8080 })
  const policy = t.thing(
    'networking.k8s.io/v1',
    'NetworkPolicy',
    'harbor',
    'tide-table-callers',
    {
      spec: {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'tide-table' } },
        policyTypes: ['Ingress'],
        ingress: [
          { from: [{ podSelector: { matchLabels: { tier: 'backend' } } }], ports: [{ port: 8080, protocol: 'TCP' }] },
        ],
      },
    },
    { created: 27 },
  )
  return {
    name: 'timeouts-between-two',
    now,
    objects: [...t.well, ...app.objects, ...table.objects, policy, ...events],
    logs: {
      ...logs,
      ...t.log(table.pods[0] ?? table.owner, 'app', 3, ['INFO listening on :8080', 'INFO GET /readyz 200']),
    },
    expect: {
      rootCause: {
        kind: 'NetworkPolicy',
        namespace: 'harbor',
        name: 'tide-table-callers',
        class: 'BlockedByNetworkPolicy',
      },
      mustNotBlame: ['Service/harbor/tide-table', 'Deployment/harbor/tide-table'],
    },
  }
}

const serviceDeleted = (): Draft => {
  const now = '2026-02-14T22:22:00Z'
  const { t, app, events, logs } = behindFront(
    'late-rook',
    now,
    ['ivy-1', 'ivy-2'],
    'castle',
    'late-rook',
    'http://moat-bridge:8080',
    [
      'INFO late-rook up',
      'ERROR Get "http://moat-bridge:8080/state": dial tcp: lookup moat-bridge on 10.96.0.10:53: no such host',
      'ERROR Get "http://moat-bridge:8080/state": dial tcp: lookup moat-bridge on 10.96.0.10:53: no such host',
    ],
  )
  const bridge = t.app({ namespace: 'castle', name: 'moat-bridge', days: 90, main: ready })
  return {
    name: 'name-is-gone',
    now,
    objects: [...t.well, ...app.objects, ...bridge.objects, ...events],
    logs,
    expect: {
      rootCause: { kind: 'Service', namespace: 'castle', name: 'moat-bridge', class: 'ServiceMissing' },
      mustNotBlame: ['Deployment/castle/moat-bridge', 'Deployment/kube-system/coredns'],
    },
  }
}

const trafficLocal = (): Draft => {
  const now = '2026-02-15T04:44:00Z'
  const nodes = ['yew-1', 'yew-2']
  const t = town({ now, seed: 'dark-horse', nodes, neighbours: two('stable', 'fine-saddle', 'new-bridle') })
  const refused = 'ERROR POST http://hay-loft/spans: dial tcp 10.96.12.99:80: connect: connection refused'
  const loft = t.app({ namespace: 'stable', name: 'hay-loft', days: 70, replicas: 1, main: ready, port: 8080 })
  const home = loft.pods[0]?.spec.nodeName
  const horse = t.daemons({
    namespace: 'stable',
    name: 'dark-horse',
    main: { ...ready, env: [{ name: 'SINK', value: 'http://hay-loft' }] },
    days: 40,
    state: nodes.map((name) => (name === home ? {} : { ready: false, notReadySince: 31, started: 40 * DAY })),
  })
  for (const one of loft.objects) if (one.kind === 'Service') one.spec.internalTrafficPolicy = 'Local'
  const away = horse.pods.filter((pod) => pod.spec.nodeName !== home)
  return {
    name: 'works-on-one-node',
    now,
    objects: [
      ...t.well,
      ...loft.objects,
      ...horse.objects,
      ...away.map((pod) => t.warn(pod, 'Unhealthy', unready503, { first: 31, last: 0.2, count: 180 })),
    ],
    logs: Object.assign({}, ...away.map((pod) => t.log(pod, 'app', 0.1, ['INFO dark-horse up', refused, refused]))),
    expect: {
      rootCause: { kind: 'Service', namespace: 'stable', name: 'hay-loft', class: 'InternalTrafficPolicyLocal' },
      mustNotBlame: ['Deployment/stable/hay-loft', 'DaemonSet/stable/dark-horse'],
    },
  }
}

const ingressOf = (t: ReturnType<typeof town>, namespace: string, name: string, className: string, backend: unknown) =>
  t.thing('networking.k8s.io/v1', 'Ingress', namespace, name, {
    spec: {
      ingressClassName: className,
      rules: [
        {
          host: `${name}.example.net`,
          http: { paths: [{ backend: { service: backend }, path: '/', pathType: 'Prefix' }] },
        },
      ],
    },
    status: { loadBalancer: {} },
  })
const nginx = (t: ReturnType<typeof town>) =>
  t.thing('networking.k8s.io/v1', 'IngressClass', '', 'nginx', { spec: { controller: 'k8s.io/ingress-nginx' } })

const ingressClass = (): Draft => {
  const now = '2026-02-16T15:00:00Z'
  const t = town({
    now,
    seed: 'open-gate',
    nodes: ['bay-7', 'bay-8'],
    neighbours: two('estate', 'high-wall', 'wide-lawn'),
  })
  const gate = t.app({ namespace: 'estate', name: 'open-gate', days: 2, main: ready, port: 8080 })
  return {
    name: 'class-unknown',
    now,
    objects: [
      ...t.well,
      nginx(t),
      ...gate.objects,
      ingressOf(t, 'estate', 'open-gate', 'nginx-internal', { name: 'open-gate', port: { number: 80 } }),
    ],
    expect: {
      rootCause: { kind: 'Ingress', namespace: 'estate', name: 'open-gate', class: 'IngressClassNotFound' },
      mustMention: ['nginx-internal'],
      mustNotBlame: ['Service/estate/open-gate', 'Deployment/estate/open-gate', 'IngressClass//nginx'],
      trigger: { kind: 'Ingress', namespace: 'estate', name: 'open-gate' },
    },
  }
}

const ingressBackend = (): Draft => {
  const now = '2026-02-17T15:30:00Z'
  const t = town({
    now,
    seed: 'side-door',
    nodes: ['bay-9', 'bay-10'],
    neighbours: two('manor', 'red-brick', 'grey-slate'),
  })
  const door = t.app({ namespace: 'manor', name: 'side-door', days: 2, main: ready, port: 8080 })
  return {
    name: 'door-to-nowhere',
    now,
    objects: [
      ...t.well,
      nginx(t),
      ...door.objects,
      ingressOf(t, 'manor', 'side-door', 'nginx', { name: 'side-doors', port: { number: 80 } }),
    ],
    expect: {
      rootCause: { kind: 'Ingress', namespace: 'manor', name: 'side-door', class: 'IngressBackendWrong' },
      mustMention: ['side-doors'],
      mustNotBlame: ['Service/manor/side-door', 'Deployment/manor/side-door'],
      trigger: { kind: 'Ingress', namespace: 'manor', name: 'side-door' },
    },
  }
}

const readinessPath = (): Draft => {
  const now = '2026-02-18T07:07:00Z'
  const t = town({
    now,
    seed: 'tame-fox',
    nodes: ['den-1', 'den-2'],
    neighbours: two('forest', 'tall-fern', 'wet-moss'),
  })
  const fox = t.app({
    namespace: 'forest',
    name: 'tame-fox',
    rolled: 22,
    before: { readinessProbe: { httpGet: { path: '/healthz', port: 8080, scheme: 'HTTP' } } },
    main: { readinessProbe: { httpGet: { path: '/ready', port: 8080, scheme: 'HTTP' } } },
    state: { ready: false, notReadySince: 21.8 },
    port: 8080,
  })
  const [fresh = fox.owner] = fox.pods.slice(-1)
  return {
    name: 'running-never-ready',
    now,
    objects: [
      ...t.well,
      ...fox.objects,
      t.warn(fresh, 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404', {
        first: 21.7,
        last: 0.1,
        count: 130,
      }),
    ],
    logs: t.log(fresh, 'app', 0.1, [
      'INFO tame-fox 1.4.2 listening on :8080',
      'INFO 10.20.0.11 "GET /ready HTTP/1.1" 404 19',
      'INFO 10.20.0.11 "GET /ready HTTP/1.1" 404 19',
    ]),
    expect: {
      rootCause: { kind: 'Deployment', namespace: 'forest', name: 'tame-fox', class: 'ReadinessProbeMisconfigured' },
      mustMention: ['/ready', '404'],
      mustNotBlame: ['Service/forest/tame-fox', 'Node//den-1', 'Node//den-2'],
    },
  }
}

const livenessPort = (): Draft => {
  const now = '2026-02-19T10:10:00Z'
  const t = town({
    now,
    seed: 'busy-ant',
    nodes: ['hill-1', 'hill-2'],
    neighbours: two('colony', 'calm-bee', 'small-wasp'),
  })
  const ant = t.set({
    namespace: 'colony',
    name: 'busy-ant',
    replicas: 1,
    days: 1,
    main: {
      ports: [{ containerPort: 80, name: 'http', protocol: 'TCP' }],
      livenessProbe: { httpGet: { path: '/', port: 8080, scheme: 'HTTP' } },
      volumeMounts: [{ mountPath: '/data', name: 'data' }],
    },
    state: states(t.ago).crashing(137, { startedAt: t.ago(2.4) }, 9),
    port: 80,
  })
  const [pod = ant.owner] = ant.pods
  const get = `Get "http://${pod.status.podIP}:8080/": dial tcp ${pod.status.podIP}:8080: connect: connection refused`
  return {
    name: 'killed-while-well',
    now,
    objects: [
      ...t.well,
      ...ant.objects,
      ...t.crashed(pod, 10, 55),
      t.warn(pod, 'Unhealthy', `Liveness probe failed: ${get}`, { first: 54, last: 2, count: 30 }),
      t.tell(pod, 'Killing', 'Container app failed liveness probe, will be restarted', {
        first: 54,
        last: 2,
        count: 10,
      }),
    ],
    logs: t.log(pod, 'app.previous', 1.5, [
      'INFO busy-ant listening on 0.0.0.0:80',
      'INFO GET / 200',
      'INFO SIGTERM received, draining 3 connections',
    ]),
    expect: {
      rootCause: { kind: 'StatefulSet', namespace: 'colony', name: 'busy-ant', class: 'LivenessProbeMisconfigured' },
      mustNotBlame: ['PersistentVolumeClaim/colony/data-busy-ant-0', 'Node//hill-1', 'Node//hill-2'],
    },
  }
}

export const serviceFaults = [
  serviceSelector,
  targetPort,
  policyIngress,
  serviceDeleted,
  trafficLocal,
  ingressClass,
  ingressBackend,
  readinessPath,
  livenessPort,
]
