import { expect, test } from 'vitest'
import { changedFields } from '../../../shared/cluster/changes/fields.ts'
import { changesOf } from '../../../shared/cluster/changes/managed-fields.ts'
import { granted, refusalIn } from '../../../shared/cluster/checks/granted.ts'
import { differsFromTemplate } from '../../../shared/cluster/checks/template.ts'
import { graphOf } from '../../../shared/cluster/graph/graph.ts'
import { referencesOf } from '../../../shared/cluster/graph/references.ts'
import type { Around, Health, ObjectName } from '../../../shared/cluster/model.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'

const object = (kind: string, name: string, rest: object = {}, namespace = 'shop'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, ...(namespace === '' ? {} : { namespace }) },
  ...rest,
})
const around = (objects: readonly KubeObject[], read: readonly string[]): Around => ({
  now: new Date('2026-02-01T12:00:00Z'),
  get: ({ kind, namespace, name }: ObjectName) => {
    const found = objects.find(
      (one) => one.kind === kind && (one.metadata.namespace ?? '') === namespace && one.metadata.name === name,
    )
    if (found !== undefined) return { is: 'there', value: found }
    return read.includes(kind) ? { is: 'absent' } : { is: 'unknown', why: `${kind} was not read` }
  },
  list: (kind) =>
    read.includes(kind)
      ? { is: 'there', value: objects.filter((one) => one.kind === kind) }
      : { is: 'unknown', why: `${kind} was not listed` },
})
const well: Health = { state: 'Healthy', reason: '', message: '', field: '' }

test('a field that names an object is an edge, in whatever kind it stands', () => {
  const certificate = {
    ...object('Certificate', 'web', {
      spec: { secretName: 'web-tls', issuerRef: { kind: 'ClusterIssuer', name: 'acme' } },
    }),
    apiVersion: 'cert-manager.io/v1',
  }
  expect(referencesOf(certificate).map(({ to, relation, apiVersion }) => ({ ...to, relation, apiVersion }))).toEqual([
    { kind: 'Secret', namespace: 'shop', name: 'web-tls', relation: 'mounts', apiVersion: 'v1' },
    { kind: 'ClusterIssuer', namespace: '', name: 'acme', relation: 'issuedBy', apiVersion: 'cert-manager.io/v1' },
  ])
})

test('what was not read is unknown, and never dangling', () => {
  const pod = object('Pod', 'web', { spec: { volumes: [{ configMap: { name: 'settings' } }] } })
  const stateWith = (read: readonly string[]) =>
    graphOf([pod], around([pod], read), () => well).needs({ kind: 'Pod', namespace: 'shop', name: 'web' })[0]?.state
  expect(stateWith([])).toBe('unknown')
  expect(stateWith(['ConfigMap'])).toBe('dangling')
})

test('what is there and does not serve is refusing', () => {
  const objects = [object('Pod', 'web', { spec: { nodeName: 'n1' } }), object('Node', 'n1', {}, '')]
  const graph = graphOf(objects, around(objects, []), ({ kind }) =>
    kind === 'Node' ? { ...well, state: 'Failing', message: 'Ready is False' } : well,
  )
  expect(graph.needs({ kind: 'Pod', namespace: 'shop', name: 'web' })).toMatchObject([
    { to: { kind: 'Node', name: 'n1' }, relation: 'runsOn', state: 'refusing', why: 'Ready is False' },
  ])
  expect(graph.neededBy({ kind: 'Node', namespace: '', name: 'n1' })).toHaveLength(1)
})

const said =
  'pods is forbidden: User "system:serviceaccount:shop:web" cannot list resource "pods" in API group "" in the namespace "shop"'
const binding = object('RoleBinding', 'web', {
  roleRef: { kind: 'Role', name: 'reads' },
  subjects: [{ kind: 'ServiceAccount', name: 'web', namespace: 'shop' }],
})
const role = (verbs: readonly string[]) =>
  object('Role', 'reads', { rules: [{ apiGroups: [''], resources: ['pods'], verbs }] })
const all = ['RoleBinding', 'ClusterRoleBinding', 'Role']

test.each([
  ['a role that lacks the verb', [binding, role(['get'])], all, { is: 'lacking', has: ['get'] }],
  ['a role that gives it', [binding, role(['get', 'list'])], all, { is: 'given' }],
  ['a binding to a role that is not there', [binding], all, { is: 'dangling' }],
  ['an account that nobody bound', [], all, { is: 'unbound' }],
  ['bindings that may not be read', [], [], { is: 'unknown' }],
])('%s', (_name, objects, read, expected) => {
  const refusal = refusalIn(said)
  expect(refusal).toMatchObject({ verb: 'list', resource: 'pods', namespace: 'shop' })
  expect(granted(around(objects, read), refusal!)).toMatchObject(expected)
})

test('a quoted refusal in a JSON log is read as well', () => {
  expect(refusalIn(`{"msg":"${said.replaceAll('"', '\\"')}"}`)).toMatchObject({ verb: 'list' })
  expect(refusalIn('pods are forbidden fruit')).toBeUndefined()
})

test('lists of named things are compared by name, and any field is a change', () => {
  const before = {
    dnsPolicy: 'ClusterFirst',
    containers: [
      { name: 'a', image: 'a:1' },
      { name: 'b', image: 'b:1' },
    ],
  }
  const after = {
    dnsPolicy: 'Default',
    containers: [
      { name: 'b', image: 'b:2' },
      { name: 'a', image: 'a:1' },
    ],
  }
  expect(changedFields(before, after)).toEqual([
    { path: 'dnsPolicy', before: 'ClusterFirst', after: 'Default' },
    { path: 'containers[b].image', before: 'b:1', after: 'b:2' },
  ])
})

test('managed fields tell who changed what and when; status is left out', () => {
  const changed = object('ConfigMap', 'settings')
  const metadata = {
    ...changed.metadata,
    managedFields: [
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        time: '2026-02-01T11:50:00Z',
        fieldsV1: { 'f:data': { 'f:size': {} } },
      },
      {
        manager: 'controller',
        operation: 'Update',
        time: '2026-02-01T11:59:00Z',
        subresource: 'status',
        fieldsV1: { 'f:status': { 'f:x': {} } },
      },
    ],
  }
  expect(changesOf({ ...changed, metadata })).toMatchObject([
    { by: 'kubectl-edit', at: '2026-02-01T11:50:00Z', fields: ['data.size'] },
  ])
})

test('a pod differs from its template where a webhook wrote, not where the API fills in', () => {
  const template = { containers: [{ name: 'a', image: 'a:1' }] }
  const pod = {
    nodeName: 'n1',
    schedulerName: 'default-scheduler',
    dnsPolicy: 'ClusterFirst',
    nodeSelector: { pool: 'gone' },
    containers: [{ name: 'a', image: 'a:1', resources: {}, imagePullPolicy: 'IfNotPresent' }],
  }
  expect(differsFromTemplate(template, pod)).toEqual([
    { path: 'nodeSelector', before: undefined, after: { pool: 'gone' } },
  ])
})
