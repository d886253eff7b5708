import { expect, test } from 'vitest'
import { weighed } from '../../../agent-container/diagnose/evidence/score.ts'
import { onScenario } from './on-scenario.ts'
import { crashing, event, hash, logs, node, thing, unscheduled, waiting, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const look = async (objects: readonly unknown[], lines: Readonly<Record<string, string>> = {}) =>
  (await onScenario({ objects, logs: lines, trigger: web })).result.verdict
const named = (verdict: Awaited<ReturnType<typeof look>>) => [
  ...(verdict?.rootCauses ?? []).map(({ kind, name }) => `${kind}/${name}`),
  ...(verdict?.suspects ?? []).map(({ kind, name }) => `${kind}/${name}`),
]

test('a reference that was not expanded leads to the template, with the variable and the reason', async () => {
  const env = [
    { name: 'DATABASE_URL', value: 'postgres://$(DB_HOST)/shop' },
    { name: 'DB_HOST', value: 'db' },
  ]
  const verdict = await look(
    [node('n1'), ...workload('web', crashing(1), { container: { env } })],
    logs('web', 'FATAL: could not connect to "$(DB_HOST)"'),
  )
  expect(verdict?.outcome).toBe('likely')
  expect(named(verdict)[0]).toBe('Deployment/web')
  expect(JSON.stringify(verdict)).toContain('DB_HOST is defined after it in the list')
})

test('the path of a token that is not mounted leads to the account that says so', async () => {
  const account = thing('v1', 'ServiceAccount', 'web', { automountServiceAccountToken: false })
  const verdict = await look(
    [node('n1'), account, ...workload('web', crashing(1), { spec: { serviceAccountName: 'web' } })],
    logs('web', 'panic: open /var/run/secrets/kubernetes.io/serviceaccount/token: no such file or directory'),
  )
  expect(named(verdict).slice(0, 3)).toContain('ServiceAccount/web')
  expect(JSON.stringify(verdict)).toContain('automountServiceAccountToken: false')
})

test('a driver that a node lacks leads to the set that brings it, and to the taint that keeps it off', async () => {
  const tainted = node('n1', { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } })
  const driver = thing(
    'apps/v1',
    'DaemonSet',
    'disk-csi-node',
    {
      spec: {
        template: {
          spec: {
            containers: [{ name: 'driver', image: 'registry.example/disk-csi:1' }],
            tolerations: [{ key: 'CriticalAddonsOnly', operator: 'Exists' }],
          },
        },
      },
    },
    { namespace: 'kube-system' },
  )
  const verdict = await look([
    tainted,
    driver,
    ...workload('web', waiting('ContainerCreating')),
    event(
      'Pod',
      `web-${hash}-chf5m`,
      'FailedAttachVolume',
      'AttachVolume.Attach failed for volume "pvc-1" : CSINode n1 does not contain driver disk.csi.k8s.io',
    ),
  ])
  expect(named(verdict).slice(0, 3)).toContain('DaemonSet/disk-csi-node')
  expect(JSON.stringify(verdict)).toContain('does not tolerate the taint dedicated')
})

test('what is near and of which nobody says anything leads nobody', async () => {
  const verdict = await look([node('n1'), ...workload('web', crashing(1))])
  expect(verdict?.rootCauses).toEqual([])
  expect(verdict?.outcome).toBe('inconclusive')
})

test('a kind that a sentence names is looked up where the cluster serves it', async () => {
  const pool = thing(
    'karpenter.example/v1',
    'NodePool',
    'general',
    { spec: { limits: { cpu: '32' } } },
    { namespace: undefined },
  )
  const verdict = await look([
    node('n1'),
    pool,
    ...workload('web', unscheduled('0/1 nodes are available: 1 Insufficient cpu.')),
    event(
      'Pod',
      `web-${hash}-chf5m`,
      'FailedScheduling',
      'Failed to schedule pod, all available instance types exceed limits for nodepool (NodePool=general)',
    ),
  ])
  expect(named(verdict).slice(0, 3)).toContain('NodePool/general')
})

test('shares are shares of one whole, the likeliest first', () => {
  const suspect = (name: string, features: object) => ({
    object: { kind: 'ConfigMap', namespace: 'shop', name },
    features,
    links: [],
    hypotheses: [],
  })
  const found = weighed([suspect('a', {}), suspect('b', { verified: 1 }), suspect('c', { othersWell: 1 })])
  expect(found[0]?.object.name).toBe('b')
  expect(found.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1)
  expect(weighed([])).toEqual([])
})
