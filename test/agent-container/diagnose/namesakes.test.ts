import { expect, test } from 'vitest'
import { pointing } from '../../../agent-container/diagnose/read/pointing-queries.ts'
import { keyOf } from '../../../agent-container/diagnose/read/query.ts'
import { networkPolicies, services } from '../../../agent-container/diagnose/snapshot/kinds.ts'
import { all, seek, whether } from '../../../agent-container/diagnose/snapshot/snapshot.ts'
import { subjectOf } from '../../../agent-container/diagnose/snapshot/subject.ts'
import { onScenario } from './on-scenario.ts'
import { snapshotOf } from './snapshot-of.ts'
import { ago, crashing, crd, logs, node, podName, running, thing, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const calico = thing(
  'crd.projectcalico.org/v1',
  'NetworkPolicy',
  'db-closed',
  { spec: { selector: "app == 'db'", types: ['Ingress'] } },
  { creationTimestamp: ago(1_440) },
)

test('a policy of another maker is no NetworkPolicy: its selector says nothing that Kubernetes would', async () => {
  const env = [{ name: 'API', value: 'http://api.shop.svc:80' }]
  const { result } = await onScenario({
    objects: [
      node('n1'),
      crd('crd.projectcalico.org', 'v1', 'NetworkPolicy', 'networkpolicies'),
      ...workload('web', crashing(1), { container: { env } }),
      ...workload('api', running()),
      thing('v1', 'Service', 'api', { spec: { selector: { app: 'api' }, ports: [{ port: 80 }] } }),
      calico,
    ],
    logs: logs('web', 'ERROR Get "http://api.shop.svc:80/": dial tcp 10.0.0.7:80: i/o timeout'),
    trigger: web,
  })
  expect(result.verdict?.outcome).not.toBe('cause')
  expect(result.verdict?.rootCauses.map(({ class: fault }) => fault)).not.toContain('BlockedByNetworkPolicy')
})

test('objects and lists of a namesake stand for nothing of the built-in kind, and are found where the incident is about one', () => {
  const knative = thing('serving.knative.dev/v1', 'Service', 'api')
  const own = thing('v1', 'Service', 'api', { spec: { selector: { app: 'api' } } })
  const snapshot = snapshotOf({ objects: [calico, knative, own] })
  const api = { kind: 'Service', namespace: 'shop', name: 'api' }
  expect(all(snapshot, networkPolicies)).toEqual([])
  expect(all(snapshot, services)).toHaveLength(1)
  expect(seek(snapshot, api)?.apiVersion).toBe('v1')
  const list = (apiVersion: string) => ({
    id: 'list',
    text: '# Service',
    apiVersion,
    kind: 'Service',
    namespace: 'shop',
    complete: true,
  })
  const alone = snapshotOf({ objects: [knative] })
  expect(whether({ ...alone, lists: [list('serving.knative.dev/v1')] }, 'Service', 'shop', 'api').is).toBe('unknown')
  expect(whether({ ...alone, lists: [list('v1')] }, 'Service', 'shop', 'api').is).toBe('absent')
  const resource = { apiVersion: 'serving.knative.dev/v1', ...api }
  const about = { ...snapshot, incident: { ...snapshot.incident, resource } }
  expect(seek(about, api)?.apiVersion).toBe('serving.knative.dev/v1')
  expect(whether({ ...about, lists: [list('v1')] }, 'Service', 'shop', 'api').is).toBe('there')
})

test('kinds of one name in two groups are two queries, two versions of one group are one', () => {
  const list = (apiVersion: string) => keyOf({ tool: 'list', kind: { apiVersion, kind: 'Gateway' } })
  expect(list('networking.istio.io/v1')).not.toBe(list('gateway.networking.k8s.io/v1'))
  expect(list('networking.istio.io/v1')).toBe(list('networking.istio.io/v1beta1'))
  const built = (apiVersion: string) => keyOf({ tool: 'list', kind: { apiVersion, kind: 'Ingress' } })
  expect(built('extensions/v1beta1')).toBe(built('networking.k8s.io/v1'))
})

test('no more than eight kinds that point are listed in all rounds together, refused ones counted', () => {
  const kinds = Array.from({ length: 30 }, (_, index) => ({
    apiVersion: `g${index}.acme.io/v1`,
    kind: `Sort${index}Policy`,
    namespaced: true,
  }))
  const snapshot = snapshotOf({
    objects: workload('web', crashing(1)),
    logs: [{ pod: podName('web'), lines: ['FATAL nothing'] }],
    kinds,
  })
  const read = (at: number) => ({
    id: 'list',
    text: '# found',
    apiVersion: `g${at}.acme.io/v1`,
    kind: `Sort${at}Policy`,
    namespace: 'shop',
    complete: true,
  })
  const gap = { what: 'Sort5Policy', kind: 'Sort5Policy', why: 'forbidden', wouldSettle: '' }
  const next = { ...snapshot, lists: [0, 1, 2, 3, 4].map(read), gaps: [gap] }
  const asked = pointing(next, [subjectOf(next, web)])
  expect(asked).toHaveLength(2)
  expect(JSON.stringify(asked)).toContain('Sort6Policy')
})
