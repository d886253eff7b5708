import { expect, test } from 'vitest'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { ago, caller, east, simulated } from './setup.ts'

const day = 86_400
const wrote = (manager: string, seconds: number, fields: object, subresource?: string) => ({
  manager,
  operation: 'Update',
  apiVersion: 'apps/v1',
  time: ago(seconds),
  fieldsType: 'FieldsV1',
  fieldsV1: fields,
  ...(subresource === undefined ? {} : { subresource }),
})
const object = (
  apiVersion: string,
  kind: string,
  name: string,
  made: number,
  metadata: object = {},
  more: object = {},
) => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'shop', uid: `${kind}-${name}`, creationTimestamp: ago(made), ...metadata },
  ...more,
})
const revision = (deployment: string, number: number, made: number, env: string, metadata: object = {}) =>
  object(
    'apps/v1',
    'ReplicaSet',
    `${deployment}-${number}`,
    made,
    {
      annotations: { 'deployment.kubernetes.io/revision': String(number) },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          name: deployment,
          uid: `Deployment-${deployment}`,
          controller: true,
        },
      ],
      ...metadata,
    },
    {
      spec: {
        template: {
          metadata: { labels: { 'pod-template-hash': String(made) } },
          spec: { containers: [{ name: 'app', image: `app:${env}` }] },
        },
      },
    },
  )
const image = {
  'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"app"}': { 'f:image': {} } } } } },
}

test('rollouts, roll-backs, what was made, scaled, edited, removed and is gone, with the program that did it', async () => {
  const objects = [
    object('apps/v1', 'Deployment', 'web', 30 * day, {
      managedFields: [
        wrote('argocd-controller', 600, image),
        wrote('kube-controller-manager', 60, { 'f:status': {} }, 'status'),
      ],
    }),
    revision('web', 1, 30 * day, '1'),
    revision('web', 2, 600, '2'),
    object('apps/v1', 'Deployment', 'back', 30 * day, { managedFields: [wrote('kubectl-rollout', 300, image)] }),
    revision('back', 3, 20 * day, 'good', {
      managedFields: [
        wrote('kube-controller-manager', 300, {
          'f:metadata': { 'f:annotations': { 'f:deployment.kubernetes.io/revision': {} } },
        }),
      ],
    }),
    revision('back', 2, 2 * day, 'bad'),
    object('apps/v1', 'Deployment', 'sized', 30 * day, {
      managedFields: [wrote('kubectl', 200, { 'f:spec': { 'f:replicas': {} } }, 'scale')],
    }),
    object(
      'v1',
      'ConfigMap',
      'fresh',
      100,
      { managedFields: [wrote('Helm', 100, { 'f:data': { 'f:a': {} } })] },
      { data: {} },
    ),
    object(
      'v1',
      'ConfigMap',
      'quiet',
      30 * day,
      { managedFields: [wrote('kubectl-edit', 30 * day, { 'f:data': { 'f:a': {} } })] },
      { data: {} },
    ),
    object(
      'v1',
      'Service',
      'leaving',
      30 * day,
      { deletionTimestamp: ago(50), finalizers: ['x.example/y'] },
      { spec: {} },
    ),
    object(
      'v1',
      'Event',
      'gone.1',
      40,
      {},
      {
        involvedObject: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'gone', namespace: 'shop' },
        reason: 'SuccessfulDelete',
        type: 'Normal',
        lastTimestamp: ago(40),
      },
    ),
    object(
      'v1',
      'Event',
      'other.1',
      40,
      {},
      {
        involvedObject: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'route', namespace: 'shop' },
        reason: 'Created',
        type: 'Normal',
        lastTimestamp: ago(40),
      },
    ),
  ]
  const { call } = await east({ objects })
  const { text, structured } = await call('changes_list', { namespace: 'shop' })
  const lines = text.split('\n').map((line) => line.replace(/^\d+[smh] {2}/, ''))
  expect(lines).toEqual(
    expect.arrayContaining([
      'east  rollout  Deployment shop/web  by argocd-controller  revision 2: containers[app].image app:1 → app:2',
      'east  rollout  Deployment shop/back  by kubectl-rollout  revision 3, rolled back: containers[app].image app:bad → app:good',
      'east  scaled  Deployment shop/sized  by kubectl  spec.replicas',
      'east  created  ConfigMap shop/fresh  by Helm',
      'east  deleted  Service shop/leaving  it is being removed',
      'east  gone  StatefulSet shop/gone  it is not there any more; its last event: SuccessfulDelete',
    ]),
  )
  expect(text).not.toMatch(/quiet|route/)
  expect(structured).toMatchObject({ complete: true })
  const day30 = await call('changes_list', { namespace: 'shop', since_seconds: 60, name: 'leaving' })
  expect(day30.text).toContain('# 1 changes')
})

test('what may not be listed, and a cluster that is away, are unknown and not unchanged', async () => {
  const well = await simulated({ objects: [], access: [{ verb: 'list', resource: 'configmaps' }] })
  const ill = await simulated({ objects: [] })
  ill.simulator.failNext(100, 500)
  const { call } = await caller({
    targets: targetsOf([
      { name: 'well', api: well.api },
      { name: 'ill', api: ill.api },
    ]),
  })
  const { text, structured } = await call('changes_list', {})
  expect(text).toMatch(/! well: not seen: .*ConfigMap: may not be listed/)
  expect(text).toMatch(/! ill: /)
  expect(structured.complete).toBe(false)
})

const touched = (seconds: number) => ({
  managedFields: [
    wrote('kube-controller-manager', seconds, {
      'f:metadata': { 'f:annotations': { 'f:deployment.kubernetes.io/revision': {} } },
      'f:spec': { 'f:replicas': {} },
    }),
  ],
})
const history = (number: number, former: string) => ({
  annotations: {
    'deployment.kubernetes.io/revision': String(number),
    'deployment.kubernetes.io/revision-history': former,
  },
})
const argo = (number: number, made: number) =>
  revision('canary', number, made, String(number), {
    annotations: { 'rollout.argoproj.io/revision': String(number) },
    ownerReferences: [
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'canary', uid: 'c', controller: true },
    ],
  })
const controllerRevision = (number: number, made: number, image: string, written: number) =>
  object(
    'apps/v1',
    'ControllerRevision',
    `db-${image}`,
    made,
    {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db', uid: 'db', controller: true }],
      managedFields: [wrote('kube-controller-manager', written, { 'f:revision': {} })],
    },
    { revision: number, data: { spec: { template: { spec: { containers: [{ name: 'app', image }] } } } } },
  )
const rolloutsSeen: readonly [string, readonly object[], readonly RegExp[]][] = [
  [
    'a roll-back of long ago is none, though what came back has been scaled since',
    [revision('web', 3, 20 * day, 'a', touched(60)), revision('web', 2, 9 * day, 'b', touched(8 * day))],
    [],
  ],
  [
    'the rollout that was rolled back is told as well as the roll-back',
    [
      revision('web', 3, 20 * day, 'a', { ...history(3, '1'), ...touched(30) }),
      revision('web', 2, 900, 'b', touched(300)),
    ],
    [/^5m .*revision 3, rolled back: .*app:b → app:a/, /^15m .*revision 2: .*app:a → app:b/],
  ],
  [
    'a rollout whose forerunner is not kept',
    [revision('web', 7, 900, 'a', touched(60))],
    [/^15m .*revision 7: the one before is not kept/],
  ],
  [
    'revisions of a Rollout are in its own order',
    [argo(10, 600), argo(9, 9 * day)],
    [/^10m .*revision 10: .*app:9 → app:10/],
  ],
  [
    'a StatefulSet that was rolled back',
    [controllerRevision(3, 20 * day, 'a', 120), controllerRevision(2, 9 * day, 'b', 9 * day)],
    [/^2m .*StatefulSet shop\/db .*revision 3, rolled back: .*b → a/],
  ],
]
test.each(rolloutsSeen)('rollouts: %s', async (_, objects, says) => {
  const { call } = await east({ objects })
  const { text } = await call('changes_list', { namespace: 'shop' })
  const lines = text.split('\n').filter((line) => line.includes('  rollout  '))
  expect(lines, text).toHaveLength(says.length)
  for (const [at, line] of lines.entries()) expect(line).toMatch(says[at] ?? /none/)
})

test('an object whose name reads like a secret is not called gone', async () => {
  const { call } = await east({
    objects: [
      object('apps/v1', 'Deployment', 'hunter2', 30 * day),
      object(
        'v1',
        'Event',
        'hunter2.1',
        40,
        {},
        {
          involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hunter2', namespace: 'shop' },
          reason: 'ScalingReplicaSet',
          lastTimestamp: ago(40),
        },
      ),
    ],
  })
  const { text } = await call('changes_list', { namespace: 'shop' })
  expect(text).toMatch(/^# 0 changes/)
})
