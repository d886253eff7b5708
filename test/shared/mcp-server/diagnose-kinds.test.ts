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

test('the logs of a node’s pods are read where the pods are, whatever namespace the call means', async () => {
  const restarted = webPod(
    'p-3',
    {
      ...running,
      restartCount: 1,
      lastState: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: ago(9_000) } },
    },
    { metadata: { creationTimestamp: ago(90_000) } },
  )
  const ready = { ...restarted, status: { ...restarted.status, conditions: [{ type: 'Ready', status: 'True' }] } }
  const namesake = {
    ...ready,
    metadata: { ...ready.metadata, namespace: 'default', uid: 'p-4' },
    spec: { containers: [] },
  }
  const logs = {
    [`shop/${ready.metadata.name}/web.previous`]: 'closed by the operator',
    [`default/${ready.metadata.name}/web.previous`]: 'another pod',
  }
  for (const objects of [
    [node, ready],
    [node, ready, namesake],
  ]) {
    const { call } = await east({ objects, logs })
    const { text } = await call('workload_diagnose', { kind: 'Node', name: 'n1' })
    expect(text).toMatch(/^# Node n1 in cluster east: no fault seen/)
    expect(text).toMatch(/Log before the last restart of shop\/web-\S+\/web .*\nclosed by the operator/)
    expect(text).not.toMatch(/another pod/)
  }
})

const inSpace = (namespace: string, object: { metadata: object }) => ({
  ...object,
  metadata: { ...object.metadata, namespace },
})
const deployed = (name: string, spec: object) => at('apps/v1', 'Deployment', name, { spec })
const policy = (name: string, podSelector: object) =>
  at('networking.k8s.io/v1', 'NetworkPolicy', name, { spec: { podSelector, policyTypes: ['Ingress'] } })
const namedOnce: readonly [string, readonly unknown[], string, string, readonly RegExp[], readonly RegExp[]][] = [
  [
    'a neighbour that falls is not what an Ingress suffers from',
    [
      ingress({ name: 'web', port: { number: 80 } }),
      service('web', { selector: { app: 'web' } }),
      slice('web', [true]),
      up,
      service('other', { selector: { app: 'nobody' } }),
      {
        ...deployed('other', {
          replicas: 2,
          selector: { matchLabels: { app: 'o' } },
          template: { metadata: { labels: { app: 'o' } } },
        }),
        status: {
          conditions: [
            { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', lastTransitionTime: ago(900) },
          ],
        },
      },
    ],
    'Ingress',
    'front',
    [/: no fault seen/],
    [/other/],
  ],
  [
    'one that is missing is told once',
    [ingress({ name: 'none', port: { number: 80 } })],
    'Ingress',
    'front',
    [/ServiceMissing/],
    [/IngressUnserved/],
  ],
  [
    'a selector that matches nobody is told once',
    [service('web', { selector: { app: 'gone' } })],
    'Service',
    'web',
    [/NoPodSelected/],
    [/ServiceWithoutEndpoints/],
  ],
  [
    'a headless Service needs no port',
    [service('web', { clusterIP: 'None', selector: { app: 'web' }, ports: undefined }), slice('web', [true]), up],
    'svc',
    'web',
    [/: no fault seen/],
    [/PortMissing/],
  ],
  [
    'a policy is read whole',
    [
      service('web', { selector: { app: 'web' } }),
      slice('web', [true]),
      up,
      policy('not-ours', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }),
      policy('ours', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }),
    ],
    'svc',
    'web',
    [/limited by ours$/m],
    [/not-ours/],
  ],
  [
    'a route is followed into the namespace that it names',
    [
      at('gateway.networking.k8s.io/v1', 'HTTPRoute', 'front', {
        spec: { rules: [{ backendRefs: [{ name: 'web', namespace: 'back', port: 80 }] }] },
      }),
      inSpace('back', service('web', { selector: { app: 'web' } })),
      inSpace('back', slice('web', [true])),
      inSpace('back', up),
    ],
    'HTTPRoute',
    'front',
    [/→ Service back\/web:80 → 1 of 1 endpoints ready/],
    [/ServiceMissing/],
  ],
  [
    'a Service of another group is no Service of the core group',
    [
      at('serving.knative.dev/v1', 'Service', 'web', {
        spec: {},
        status: { conditions: [{ type: 'Ready', status: 'True' }] },
      }),
    ],
    'services.serving.knative.dev',
    'web',
    [/: no fault seen/],
    [/ServiceMissing|could not be seen/],
  ],
]
test.each(namedOnce)('%s', async (_, objects, kind, name, says, never) => {
  const { call } = await east({
    objects: [at('v1', 'Namespace', 'shop', { metadata: { namespace: undefined } }), ...objects],
  })
  const { text, isError } = await call('workload_diagnose', { kind, name, namespace: 'shop' })
  expect(isError, text).toBe(false)
  for (const one of says) expect(text).toMatch(one)
  for (const one of never) expect(text).not.toMatch(one)
})

test('backends that are not followed are said', async () => {
  const refs = Array.from({ length: 60 }, (_, number) => ({ name: `s-${number}`, port: 80 }))
  const { call } = await east({
    objects: [at('gateway.networking.k8s.io/v1', 'HTTPRoute', 'wide', { spec: { rules: [{ backendRefs: refs }] } })],
  })
  const { text } = await call('workload_diagnose', { kind: 'HTTPRoute', name: 'wide', namespace: 'shop' })
  expect(text).toMatch(/10 more of the 60 Services that it names/)
})
