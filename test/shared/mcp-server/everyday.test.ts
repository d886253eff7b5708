import { expect, test } from 'vitest'
import { targetsOf } from '../../../shared/mcp-server/targets/targets.ts'
import { crashLooping, deployment, node, replicaSet, running, webPod } from './pods.ts'
import { caller, east, simulated } from './setup.ts'

test('what is broken anywhere is one call, the worst first, and a cluster that does not answer is unknown', async () => {
  const well = await simulated({ objects: [node, webPod('p-2', running)] })
  const ill = await simulated({ objects: [node, deployment, replicaSet, webPod('p-1', crashLooping)] })
  const { call } = await caller({
    targets: targetsOf([
      { name: 'well', api: well.api },
      { name: 'ill', api: ill.api },
    ]),
  })
  const { text } = await call('faults_list')
  expect(text).toMatch(/faults in 2 clusters \(2 ok\)/)
  expect(text).toMatch(/ {2}ill {2}CrashLoop {2}Deployment shop\/web/)
  expect(text).not.toMatch(/ {2}well {2}CrashLoop/)
  well.simulator.failNext(50, 500)
  const half = await call('faults_list', { namespace: 'shop' })
  expect(half.text).toContain('! well: unknown')
  expect(half.structured.complete).toBe(false)
})

test('who can delete pods is told with role and binding', async () => {
  const rbac = 'rbac.authorization.k8s.io/v1'
  const objects = [
    {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name: 'edit' },
      rules: [{ verbs: ['*'], apiGroups: [''], resources: ['pods'] }],
    },
    {
      apiVersion: rbac,
      kind: 'ClusterRole',
      metadata: { name: 'view' },
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    },
    {
      apiVersion: rbac,
      kind: 'RoleBinding',
      metadata: { name: 'team', namespace: 'shop' },
      roleRef: { kind: 'ClusterRole', name: 'edit' },
      subjects: [{ kind: 'Group', name: 'shop-team' }],
    },
    {
      apiVersion: rbac,
      kind: 'ClusterRoleBinding',
      metadata: { name: 'all-view' },
      roleRef: { kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'User', name: 'ann' }],
    },
  ]
  const { call } = await east({ objects })
  const { text } = await call('access_who_can', { verb: 'delete', resource: 'pods' })
  expect(text).toContain('Group shop-team  shop  ClusterRole edit, by RoleBinding team')
  expect(text).not.toContain('ann')
})

test('which kinds there are can be asked', async () => {
  const { call } = await east({ objects: [node] })
  expect((await call('api_resources', { match: 'deploy' })).text).toContain('apps/v1  Deployment  deployments')
})

test.each(['deploy', 'Deployments', 'deployments.apps', 'Pod', 'po', 'pods'])(
  'faults_list with kind %s finds what that kind owns or has',
  async (kind) => {
    const { call } = await east({ objects: [deployment, replicaSet, webPod('p-1', crashLooping), node] })
    const { text } = await call('faults_list', { kind })
    expect(text).toMatch(/ CrashLoop {2}Deployment shop\/web/)
    expect((await call('faults_list', { kind: 'no' })).structured).toMatchObject({ complete: true, found: 0 })
  },
)

test.each(['Bogus', 'ConfigMap', 'Event', 'deployments.example'])(
  'faults_list with kind %s is refused, since nothing was looked at',
  async (kind) => {
    const { call } = await east({ objects: [deployment, replicaSet, webPod('p-1', crashLooping)] })
    const { text, isError } = await call('faults_list', { kind })
    expect(isError, text).toBe(true)
    expect(text).toMatch(/^kind: faults are not looked for in "\S+"\. They are in: Pod, Node, .*Deployment/)
  },
)
