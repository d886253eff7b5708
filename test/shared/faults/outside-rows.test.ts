import { expect, test } from 'vitest'
import { identityOf } from '../../../shared/incident/identity.ts'
import { explains, troubleOf } from '../../../shared/incident/inhibition.ts'
import { aboutPod, ago, ended, event, named, pod, seen, started } from './pictures.ts'

const found = (objects: Parameters<typeof seen>[0]) =>
  seen(objects).map(({ faultType, resource, severity }) => `${faultType} ${resource.kind}/${resource.name} ${severity}`)
const owned = (kind: string, uid: string, name: string) => [
  { apiVersion: 'apps/v1', kind, name, uid, controller: true },
]
const ready = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: ago(9_000) }] }
const deployment = named(
  'Deployment',
  'apps/v1',
  { spec: { replicas: 3 }, status: { replicas: 3, readyReplicas: 3 } },
  { name: 'web', uid: 'd-1' },
)
const replicaSet = named(
  'ReplicaSet',
  'apps/v1',
  { spec: { replicas: 3 }, status: { readyReplicas: 3 } },
  { name: 'web-6bf586c785', uid: 'rs-1', ownerReferences: owned('Deployment', 'd-1', 'web') },
)
const going = (name: string, exitCode: number, deletion: string | undefined) =>
  pod(
    {
      phase: 'Failed',
      conditions: [{ type: 'Ready', status: 'False', lastTransitionTime: ago(10) }],
      containerStatuses: [{ name: 'web', ready: false, restartCount: 0, state: ended(10, exitCode) }],
    },
    {
      metadata: { name, uid: name, ...(deletion === undefined ? {} : { deletionTimestamp: deletion }) },
    },
  )

test('a pod of a revision that nobody wants any more is heard once, and as bad as it is', () => {
  const member = (at: number, status: object) =>
    pod(status, {
      metadata: { name: `pg-${at}`, uid: `pg-${at}`, ownerReferences: owned('StatefulSet', 's-1', 'pg') },
    })
  const set = named(
    'StatefulSet',
    'apps/v1',
    {
      spec: { replicas: 3 },
      status: { replicas: 3, readyReplicas: 2, currentRevision: 'pg-6c5', updateRevision: 'pg-6c5' },
    },
    { name: 'pg', uid: 's-1' },
  )
  const stuck = member(2, {
    phase: 'Pending',
    containerStatuses: [
      {
        name: 'web',
        ready: false,
        restartCount: 0,
        state: { waiting: { reason: 'ImagePullBackOff', message: 'not found' } },
      },
    ],
  })
  const objects = [set, member(0, ready), member(1, ready), stuck]
  expect(found(objects)).toEqual(['StatefulSetFailure StatefulSet/pg warning', 'ImagePull Pod/pg-2 warning'])
  const [rollout, image] = seen(objects).map((one) => {
    const fault = { ...one, labels: {}, receivedAt: one.timestamp, source: 'notification' as const }
    return troubleOf(identityOf(fault), [fault])
  })
  expect(explains(image!, rollout!)).toBe(true)
})

test('a volume that is still attached to a node that has gone is one fault of the pod, and the claim is well', () => {
  const bound = named('PersistentVolumeClaim', 'v1', { status: { phase: 'Bound' } }, { name: 'data-pg-0', uid: 'c-1' })
  const waits = pod({
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: ago(180) }],
    containerStatuses: [{ name: 'web', state: { waiting: { reason: 'ContainerCreating' } } }],
  })
  const attach = event(aboutPod, 'FailedAttachVolume', 'Multi-Attach error for volume "pvc-80c5"', 170, { count: 1 })
  const mount = event(aboutPod, 'FailedMount', 'timed out waiting for the condition', 50)
  expect(found([waits, bound, attach, mount])).toEqual(['PodStuckPending Pod/web-6bf586c785-chf5m critical'])
})

test('a controller that stops for forty Ingresses is heard at the one that it has harmed', () => {
  const one = (name: string, age: number, address: boolean) =>
    named(
      'Ingress',
      'networking.k8s.io/v1',
      {
        spec: { ingressClassName: 'alb' },
        status: { loadBalancer: address ? { ingress: [{ hostname: 'lb.example' }] } : {} },
      },
      { name, uid: name, creationTimestamp: ago(age) },
    )
  const all = [
    ...Array.from({ length: 38 }, (_, at) => one(`old-${at}`, 9_000_000, true)),
    one('new', 2 * 86_400, false),
  ]
  const events = all.map(({ metadata }) =>
    event(
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        namespace: 'shop',
        name: metadata?.name,
        uid: metadata?.uid,
      },
      'FailedBuildModel',
      'Failed build model due to ingress: old/legacy: no certificate found for host: old.example',
    ),
  )
  const alb = named('IngressClass', 'networking.k8s.io/v1', {}, { name: 'alb', uid: 'alb', namespace: undefined })
  expect(found([...all, alb])).toEqual(['IngressUnserved Ingress/new warning'])
  expect(found([...all, alb, ...events])).toEqual(['IngressUnserved Ingress/new warning'])
})

test('a grace period of half an hour is waited for, and what its log says meanwhile is nothing', () => {
  const leaving = (seconds: number) =>
    pod(
      { ...ready, containerStatuses: [{ name: 'web', ready: true, restartCount: 0, state: started(9_000) }] },
      { metadata: { deletionTimestamp: ago(seconds), deletionGracePeriodSeconds: 1_800 } },
    )
  expect(found([deployment, replicaSet, leaving(-1_000)])).toEqual([])
  expect(found([deployment, replicaSet, leaving(360)])).toEqual([
    'PodStuckTerminating Pod/web-6bf586c785-chf5m warning',
  ])
})

test.each([143, 137, 1])('a pod that was told to go ends with %i, and nobody needs to know', (exitCode) => {
  const unhealthy = event(
    { ...aboutPod, name: 'web-a', uid: 'web-a' },
    'Unhealthy',
    'Readiness probe failed: connection refused',
    5,
  )
  expect(found([deployment, replicaSet, going('web-a', exitCode, ago(5)), unhealthy])).toEqual([])
  // Gone, and its events are still there.
  expect(found([deployment, replicaSet, unhealthy])).toEqual([])
})

test('the same end of one that nobody told to go is heard', () => {
  expect(found([deployment, replicaSet, going('web-a', 1, undefined)])).toHaveLength(1)
})

test('a DaemonSet with a pod on a node that it no longer selects is well, and so is one for no node', () => {
  const set = (status: object) => named('DaemonSet', 'apps/v1', { spec: {}, status })
  expect(
    found([
      set({
        desiredNumberScheduled: 3,
        currentNumberScheduled: 3,
        numberReady: 3,
        numberAvailable: 3,
        numberMisscheduled: 1,
      }),
    ]),
  ).toEqual([])
  expect(found([set({ desiredNumberScheduled: 0, currentNumberScheduled: 0, numberReady: 0 })])).toEqual([])
})

test('backups that fail one after another are told at the place that fails, by its phase', () => {
  const velero = (kind: string, name: string, status: object) =>
    named(kind, 'velero.io/v1', { status }, { name, uid: name, namespace: 'velero' })
  expect(
    found([
      velero('BackupStorageLocation', 'default', { phase: 'Unavailable', message: 'AccessDenied' }),
      ...Array.from({ length: 9 }, (_, at) => velero('Backup', `daily-${at}`, { phase: 'FailedValidation' })),
      velero('Backup', 'daily-9', { phase: 'PartiallyFailed' }),
    ]),
  ).toEqual(['ResourceFailing BackupStorageLocation/default warning'])
})

test('a route whose controller has not looked since is progressing, then says so', () => {
  const route = (seconds: number) =>
    named(
      'HTTPRoute',
      'gateway.networking.k8s.io/v1',
      {
        status: {
          parents: [
            {
              parentRef: { name: 'edge', namespace: 'infra' },
              controllerName: 'example.com/gateway',
              conditions: [
                {
                  type: 'ResolvedRefs',
                  status: 'False',
                  reason: 'RefNotPermitted',
                  message: 'no grant',
                  observedGeneration: 5,
                  lastTransitionTime: ago(seconds),
                },
              ],
            },
          ],
        },
      },
      { generation: 7 },
    )
  expect(seen([route(60)])).toEqual([])
  expect(seen([route(180)]).map(({ context }) => context)).toEqual([
    expect.stringContaining('has not looked since generation 5'),
  ])
})
