import { expect, test } from 'vitest'
import { linksOf } from '../../../agent-container/diagnose/evidence/links.ts'
import { tellingTexts } from '../../../agent-container/diagnose/evidence/telling-texts.ts'
import { spokenOf } from '../../../agent-container/diagnose/read/spoken-queries.ts'
import { subjectOf } from '../../../agent-container/diagnose/snapshot/subject.ts'
import { snapshotOf } from './snapshot-of.ts'
import { crashing, podName, thing, workload } from './world.ts'

const web = { kind: 'Deployment', namespace: 'shop', name: 'web' }
const saying = (lines: readonly string[], more: Partial<Parameters<typeof snapshotOf>[0]> = {}) => {
  const { objects = [], ...rest } = more
  const snapshot = snapshotOf({
    objects: [...workload('web', crashing(1)), ...objects],
    logs: [{ pod: podName('web'), lines }],
    ...rest,
  })
  return { snapshot, subject: subjectOf(snapshot, web) }
}

test('of lines that differ only in numbers the last one is kept, and the last one comes first', () => {
  const { snapshot, subject } = saying([
    'ERROR attempt 1 failed: connection refused',
    'ERROR cannot open the ledger',
    'ERROR attempt 2 failed: connection refused',
  ])
  expect(tellingTexts(snapshot, subject).flatMap(({ kind, text }) => (kind === 'log' ? text : []))).toEqual([
    'ERROR attempt 2 failed: connection refused',
    'ERROR cannot open the ledger',
  ])
})

test('a kind of somebody else does not take the place of one of Kubernetes that has its name', () => {
  const { snapshot, subject } = saying(['FATAL: Service "ledger" is not there'], {
    kinds: [
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', namespaced: true },
      { apiVersion: 'v1', kind: 'Service', namespaced: true },
    ],
  })
  expect(spokenOf(snapshot, [subject])).toContainEqual({
    tool: 'get',
    kind: { apiVersion: 'v1', kind: 'Service' },
    name: 'ledger',
    namespace: 'shop',
  })
})

test('the word behind a kind is a name only where it is written as one', () => {
  const kinds = [{ apiVersion: 'karpenter.sh/v1', kind: 'NodePool', namespaced: false }]
  const asked = (line: string) => {
    const { snapshot, subject } = saying([line], { kinds })
    return spokenOf(snapshot, [subject]).flatMap((one) => (one.tool === 'get' ? one.name : []))
  }
  expect(asked('ERROR the NodePool has no capacity left')).toEqual([])
  expect(asked('ERROR NodePool "has" is full')).toEqual(['has'])
})

test('a policy that chooses its pods by an expression limits them, and one that does not choose them does not', () => {
  const policy = (name: string, operator: string) =>
    thing('networking.k8s.io/v1', 'NetworkPolicy', name, {
      spec: { podSelector: { matchExpressions: [{ key: 'app', operator, values: ['web'] }] }, policyTypes: ['Egress'] },
    })
  const { snapshot, subject } = saying(['ERROR dial tcp 10.0.0.9:5432: i/o timeout'], {
    objects: [policy('closed', 'In'), policy('others', 'NotIn')],
  })
  const links = linksOf(snapshot, tellingTexts(snapshot, subject))
  expect(links.flatMap(({ how, object }) => (how === 'policy' ? object.name : []))).toEqual(['closed'])
})

test('an account is given something by a binding that names it, and not by one for another of that name', () => {
  const binding = (name: string, kind: string, namespace: string) =>
    thing('rbac.authorization.k8s.io/v1', 'RoleBinding', name, {
      roleRef: { kind: 'Role', name: `${name}-role` },
      subjects: [{ kind, name: 'web', namespace }],
    })
  const { snapshot, subject } = saying(
    ['ERROR pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods"'],
    { objects: [binding('its', 'ServiceAccount', 'shop'), binding('elsewhere', 'ServiceAccount', 'crm')] },
  )
  const links = linksOf(snapshot, tellingTexts(snapshot, subject)).filter(({ how }) => how === 'account')
  expect(links.map(({ object }) => object.name)).toEqual(['web', 'its', 'its-role'])
})
