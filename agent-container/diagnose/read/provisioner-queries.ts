import { z } from 'zod'
import { mutationsOf } from '../rules/mutated.ts'
import { provisioningOf, waitingClaims } from '../snapshot/provisioner.ts'
import { refusalsIn } from '../snapshot/refusals.ts'
import { all, reader, whether } from '../snapshot/snapshot.ts'
import { k, type Queries, type Query } from './query.ts'

/** Who makes volumes lives in a namespace of its own: its pods are found across the cluster, and its containers asked. */
export const provisioners: Queries = (snapshot, subjects) =>
  subjects.slice(0, 2).flatMap((subject): readonly Query[] => {
    if (waitingClaims(snapshot, subject).length === 0) return []
    return [
      { tool: 'list', kind: k('storage.k8s.io/v1', 'StorageClass') },
      { tool: 'list', kind: k('storage.k8s.io/v1', 'CSIDriver') },
      { tool: 'list', kind: k('v1', 'Pod') },
      ...provisioningOf(snapshot, subject).flatMap(({ pods }) =>
        pods.slice(0, 2).flatMap((pod) => [
          ...pod.data.spec.containers
            .toSorted((a, b) => Number(/provisioner/.test(b.name)) - Number(/provisioner/.test(a.name)))
            .slice(0, 3)
            .map(
              ({ name }): Query => ({
                tool: 'log',
                namespace: pod.namespace,
                pod: pod.name,
                container: name,
                previous: false,
              }),
            ),
          { tool: 'list', kind: k('apps/v1', 'Deployment'), namespace: pod.namespace } as const,
          { tool: 'list', kind: k('apps/v1', 'ReplicaSet'), namespace: pod.namespace } as const,
          { tool: 'list', kind: k('v1', 'Event'), namespace: pod.namespace } as const,
        ]),
      ),
    ]
  })

const Binding = z.looseObject({ roleRef: z.looseObject({ kind: z.string(), name: z.string() }), subjects: z.unknown() })
const bindings = ['RoleBinding', 'ClusterRoleBinding'].map((kind) => reader(kind, Binding))
const rbacOf = (kind: string) => k('rbac.authorization.k8s.io/v1', kind)

/** A refused verb: the bindings of its account, and the roles that they name. */
export const grants: Queries = (snapshot, subjects) =>
  subjects
    .flatMap((subject) => refusalsIn(snapshot, subject).slice(0, 1))
    .slice(0, 2)
    .flatMap(({ refusal }): readonly Query[] => {
      const spaces = [...new Set([refusal.namespace, refusal.account.namespace])].filter((one) => one !== '')
      const named = bindings
        .flatMap((kind) => all(snapshot, kind))
        .filter(({ data }) => JSON.stringify(data.subjects ?? []).includes(`"${refusal.account.name}"`))
        .map(({ namespace, data: { roleRef } }) => ({
          kind: roleRef.kind,
          namespace: roleRef.kind === 'Role' ? namespace : '',
          name: roleRef.name,
        }))
        .filter((one) => whether(snapshot, one.kind, one.namespace, one.name).is === 'unknown')
      return [
        ...spaces.flatMap((namespace) =>
          ['RoleBinding', 'Role'].map((kind): Query => ({ tool: 'list', kind: rbacOf(kind), namespace })),
        ),
        { tool: 'list', kind: rbacOf('ClusterRoleBinding') },
        ...named
          .slice(0, 4)
          .map(({ kind, namespace, name }): Query => ({ tool: 'get', kind: rbacOf(kind), namespace, name })),
      ]
    })

/** Pods that differ from their template: who may have changed them. */
export const mutators: Queries = (snapshot, subjects) =>
  subjects.slice(0, 1).some((subject) => mutationsOf(snapshot, subject) !== undefined)
    ? [{ tool: 'list', kind: k('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration') }]
    : []
