import { expect, test } from 'vitest'
import { pointing } from '../../../agent-container/diagnose/read/pointing-queries.ts'
import { pointersTo } from '../../../agent-container/diagnose/snapshot/pointers.ts'
import { subjectOf } from '../../../agent-container/diagnose/snapshot/subject.ts'
import { onScenario } from './on-scenario.ts'
import { snapshotOf } from './snapshot-of.ts'
import { ago, crashing, crd, event, logs, node, podName, thing, unscheduled, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const pointed = (spec: object) => {
  const rule = thing('mesh.example.io/v1', 'TrafficRule', 'rule', { spec })
  const service = thing('v1', 'Service', 'web', { spec: { selector: { app: 'web' }, ports: [{ port: 80 }] } })
  const snapshot = snapshotOf({ objects: [...workload('web', crashing(1)), service, rule] })
  return pointersTo(snapshot, subjectOf(snapshot, web)).map(({ relation }) => relation)
}

test('an object points at a workload by reference, by selector or by the host of its Service', () => {
  expect(pointed({ targetRef: { kind: 'Deployment', name: 'web' } })).toEqual(['points at Deployment shop/web'])
  expect(pointed({ podSelector: { matchLabels: { app: 'web' } } })).toEqual(['selects the pods of Deployment shop/web'])
  expect(pointed({ host: 'web.shop.svc.cluster.local' })).toEqual(['decides how Service shop/web is called'])
})

test('who names another, selects others or selects all in general does not point at it', () => {
  expect(pointed({ targetRef: { kind: 'Deployment', name: 'api' } })).toEqual([])
  expect(pointed({ podSelector: { matchLabels: { app: 'api' } } })).toEqual([])
  expect(pointed({ podSelector: {} })).toEqual([])
  expect(pointed({ host: 'web.crm.svc.cluster.local' })).toEqual([])
})

test('a selector is read whole, and one of namespaces or nodes selects no pods', () => {
  expect(pointed({ namespaceSelector: { matchLabels: { app: 'web' } } })).toEqual([])
  expect(pointed({ nodeSelector: { app: 'web' } })).toEqual([])
  const only = (operator: string, values?: readonly string[]) => ({
    selector: { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'app', operator, ...(values && { values }) }] },
  })
  expect(pointed(only('In', ['web', 'api']))).toEqual(['selects the pods of Deployment shop/web'])
  expect(pointed(only('NotIn', ['web']))).toEqual([])
  expect(pointed(only('Like', ['web']))).toEqual([])
  expect(pointed({ selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } })).toHaveLength(1)
  expect(pointed({ selector: { matchExpressions: [] } })).toEqual([])
  expect(pointed({ workloadSelector: { labels: { app: 'web' } } })).toHaveLength(1)
})

test('kinds that decide about others are listed in the namespace, those that are spoken of everywhere, and no more than eight', () => {
  const kinds = Array.from({ length: 30 }, (_, index) => ({
    apiVersion: `g${index}.acme.io/v1`,
    kind: `Sort${index}Policy`,
    namespaced: true,
  }))
  const spoken = { apiVersion: 'pools.acme.io/v1', kind: 'AddressSource', namespaced: true }
  const snapshot = snapshotOf({
    objects: workload('web', crashing(1)),
    logs: [{ pod: podName('web'), lines: ['FATAL AddressSource of this place is empty'] }],
    kinds: [...kinds, spoken],
  })
  const asked = pointing(snapshot, [subjectOf(snapshot, web)])
  expect(asked).toHaveLength(8)
  expect(asked[0]).toEqual({ tool: 'list', kind: { apiVersion: 'pools.acme.io/v1', kind: 'AddressSource' } })
  expect(asked[1]).toMatchObject({ tool: 'list', namespace: 'shop' })
})

test('a rule that came shortly before, for the host that is called, is what is suspected', async () => {
  const call = 'ERROR prices: 503 upstream connect error or disconnect/reset before headers: connection termination'
  const rule = (name: string, minutes: number) =>
    thing(
      'networking.istio.io/v1',
      'DestinationRule',
      name,
      { spec: { host: `${name}.shop.svc.cluster.local`, trafficPolicy: { tls: { mode: 'DISABLE' } } } },
      { creationTimestamp: ago(minutes) },
    )
  const env = [{ name: 'PRICES', value: 'http://prices.shop.svc:80' }]
  const { result } = await onScenario({
    objects: [
      node('n1'),
      crd('networking.istio.io', 'v1', 'DestinationRule', 'destinationrules'),
      ...workload('web', crashing(1), { container: { env } }),
      thing('v1', 'Service', 'prices', { spec: { selector: { app: 'prices' }, ports: [{ port: 80 }] } }),
      rule('prices', 40),
      rule('stock', 90_000),
    ],
    logs: logs('web', call),
    trigger: web,
  })
  const { verdict } = result
  expect(verdict?.outcome).toBe('likely')
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'DestinationRule', name: 'prices' }])
})

/** Pods ask for 64Gi where their template says 1Gi, and an autoscaler of sizes points at it. */
async function oversized(sizes: object, more: readonly object[] = []) {
  const full = '0/1 nodes are available: 1 Insufficient memory.'
  const big = { resources: { requests: { memory: '64Gi' } } }
  const [deployed, set, pod, ...others] = workload('web', unscheduled(full), {
    container: { resources: { requests: { memory: '1Gi' } } },
  }) as readonly (Record<string, unknown> & { spec: { containers: object[] } })[]
  const made = { ...pod, spec: { ...pod?.spec, containers: pod?.spec.containers.map((one) => ({ ...one, ...big })) } }
  const { result } = await onScenario({
    objects: [
      node('n1'),
      crd('autoscaling.k8s.io', 'v1', 'VerticalPodAutoscaler', 'verticalpodautoscalers'),
      ...[deployed, set, made, ...others, ...more],
      thing('autoscaling.k8s.io/v1', 'VerticalPodAutoscaler', 'sizes', {
        spec: { targetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, ...sizes },
      }),
      event('Pod', podName('web'), 'FailedScheduling', full),
    ],
    trigger: web,
  })
  return result.verdict
}
const webhook = thing(
  'admissionregistration.k8s.io/v1',
  'MutatingWebhookConfiguration',
  'vpa-webhook-config',
  { webhooks: [{ name: 'vpa.k8s.io', rules: [{ resources: ['pods'], operations: ['CREATE'] }] }] },
  { namespace: undefined },
)

test('what an autoscaler of sizes writes into pods is laid to it, and not to the template', async () => {
  const verdict = await oversized({}, [webhook])
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'VerticalPodAutoscaler', name: 'sizes', confidence: 'high' }])
})

test('without a webhook that was seen the autoscaler is likely, and no more', async () => {
  const verdict = await oversized({})
  expect(verdict?.outcome).toBe('likely')
  expect(verdict?.rootCauses).toMatchObject([{ kind: 'VerticalPodAutoscaler', confidence: 'medium' }])
})

test.each([
  ['only recommends', { updatePolicy: { updateMode: 'Off' } }],
  ['is off for the container', { resourcePolicy: { containerPolicies: [{ containerName: '*', mode: 'Off' }] } }],
  [
    'controls another resource',
    { resourcePolicy: { containerPolicies: [{ containerName: 'main', controlledResources: ['cpu'] }] } },
  ],
])('an autoscaler of sizes that %s is not named', async (_, sizes) => {
  const verdict = await oversized(sizes, [webhook])
  expect(verdict?.rootCauses.map(({ kind }) => kind)).not.toContain('VerticalPodAutoscaler')
})
