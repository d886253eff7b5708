import { expect, test } from 'vitest'
import { node, running, webPod } from './pods.ts'
import { ago, east } from './setup.ts'

const at = (apiVersion: string, kind: string, name: string, more: object) => ({
  apiVersion,
  kind,
  metadata: {
    name,
    namespace: 'shop',
    uid: `${kind}-${name}`,
    creationTimestamp: ago(9_000),
    ...Object(Object(more).metadata),
  },
  ...Object.fromEntries(Object.entries(more).filter(([key]) => key !== 'metadata')),
})
const service = (name: string, spec: object) =>
  at('v1', 'Service', name, { spec: { ports: [{ port: 80, name: 'http', targetPort: 8080 }], ...spec } })
const slice = (name: string, ready: readonly boolean[]) =>
  at('discovery.k8s.io/v1', 'EndpointSlice', `${name}-x`, {
    metadata: { labels: { 'kubernetes.io/service-name': name } },
    addressType: 'IPv4',
    endpoints: ready.map((one, index) => ({ addresses: [`10.0.0.${index + 1}`], conditions: { ready: one } })),
  })
const ingress = (backend: object) =>
  at('networking.k8s.io/v1', 'Ingress', 'front', {
    spec: {
      rules: [
        { host: 'a.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: backend } }] } },
      ],
    },
  })
const up = webPod('p-1', running, { name: 'up' })
const waiting = webPod('p-2', { ready: false, state: { running: { startedAt: ago(900) } } }, { name: 'slow' })

const cases: readonly [string, readonly unknown[], string, RegExp][] = [
  [
    'a Service that is not there',
    [ingress({ name: 'none', port: { number: 80 } }), service('web', { selector: { app: 'web' } })],
    'ingress',
    /ServiceMissing at Service shop\/none: .*rule a\.example\/; the namespace has: web/,
  ],
  [
    'a port that it does not have',
    [
      ingress({ name: 'web', port: { number: 8081 } }),
      service('web', { selector: { app: 'web' } }),
      slice('web', [true]),
      up,
    ],
    'ing',
    /PortMissing at Service shop\/web: .*asks for port 8081.*has: 80 \(http\)/,
  ],
  [
    'no ready endpoint',
    [
      ingress({ name: 'web', port: { name: 'http' } }),
      service('web', { selector: { app: 'web' } }),
      slice('web', [false]),
      waiting,
    ],
    'Ingress',
    /NoReadyEndpoints at Service shop\/web: 0 of 1 endpoints are ready.*503/,
  ],
  [
    'a container port of no name',
    [
      service('web', { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'web-http' }] }),
      slice('web', [true]),
      up,
    ],
    'svc',
    /TargetPortMissing at Service shop\/web: port 80 leads to the container port named web-http/,
  ],
  [
    'a workload with nobody',
    [
      service('web', { selector: { app: 'api' } }),
      slice('web', []),
      at('apps/v1', 'Deployment', 'api', { spec: { replicas: 0, template: { metadata: { labels: { app: 'api' } } } } }),
    ],
    'services',
    /NoPodSelected at Service shop\/web: .*Deployment api would make such pods, and has none/,
  ],
  [
    'a claim whose class is not there',
    [at('v1', 'PersistentVolumeClaim', 'web', { spec: { storageClassName: 'fast' }, status: { phase: 'Pending' } })],
    'pvc',
    /StorageClassMissing at StorageClass fast: .*spec\.storageClassName/,
  ],
]
test.each(cases)('why it does not work: %s', async (_, objects, kind, says) => {
  const { call } = await east({
    objects: [at('v1', 'Namespace', 'shop', { metadata: { namespace: undefined } }), ...objects],
  })
  const { text, structured, isError } = await call('workload_diagnose', {
    kind,
    name: /^ing/i.test(kind) ? 'front' : 'web',
    namespace: 'shop',
  })
  expect(isError, text).toBe(false)
  expect(text).toMatch(says)
  expect(text).toMatch(/: broken/)
  expect(JSON.stringify(structured)).toMatch(/"state":"broken"/)
})

test('a node tells its pressure and its pods; a route of the Gateway API its parents and what lies behind', async () => {
  const pressed = {
    ...node,
    status: {
      conditions: [
        { type: 'Ready', status: 'True' },
        { type: 'MemoryPressure', status: 'True', lastTransitionTime: ago(900) },
      ],
    },
  }
  const route = {
    ...at('gateway.networking.k8s.io/v1', 'HTTPRoute', 'shop', {
      spec: { parentRefs: [{ name: 'edge' }], rules: [{ backendRefs: [{ name: 'web', port: 80 }] }] },
    }),
    status: {
      parents: [
        {
          parentRef: { name: 'edge' },
          conditions: [
            {
              type: 'Accepted',
              status: 'False',
              reason: 'NotAllowedByListeners',
              message: 'no listener',
              lastTransitionTime: ago(900),
            },
          ],
        },
      ],
    },
  }
  const { call } = await east({
    objects: [pressed, waiting, route, service('web', { selector: { app: 'web' } }), slice('web', [false])],
  })
  const seen = await call('workload_diagnose', { kind: 'node', name: 'n1' })
  expect(seen.text).toMatch(/# Node n1 in cluster east: broken/)
  expect(seen.text).toMatch(/NodePressure.*MemoryPressure/)
  expect(seen.text).toMatch(/slow {2}0\/1/)
  const { text } = await call('workload_diagnose', { kind: 'HTTPRoute', name: 'shop', namespace: 'shop' })
  expect(text).toMatch(/NotAllowedByListeners/)
  expect(text).toMatch(/HTTPRoute shop\/shop → Gateway shop\/edge \(the cluster serves no such kind\)/)
  expect(text).toMatch(/HTTPRoute shop\/shop → Service shop\/web:80 → 0 of 1 endpoints ready/)
})

test('one that works is not called broken, and what may not be seen is not called well', async () => {
  const objects = [
    ingress({ name: 'web', port: { number: 80 } }),
    service('web', { selector: { app: 'web' } }),
    slice('web', [true]),
    up,
  ]
  const { call } = await east({ objects })
  expect((await call('workload_diagnose', { kind: 'Ingress', name: 'front', namespace: 'shop' })).text).toMatch(
    /: no fault seen/,
  )
  const blind = await east({ objects, access: [{ verb: 'list', resource: 'services' }] })
  const { text } = await blind.call('workload_diagnose', { kind: 'Ingress', name: 'front', namespace: 'shop' })
  expect(text).toMatch(/: unknown/)
  expect(text).toMatch(/Service: may not be listed/)
})
