import { z } from 'zod'
import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { nearest } from './near-name.ts'
import { list, text } from './shapes.ts'
import { all, reader, type Seen, type Snapshot, same, whether } from './snapshot.ts'

const Binding = z.object({
  roleRef: z.object({ kind: text, name: z.string() }),
  subjects: list(z.object({ kind: text, name: z.string(), namespace: text })),
})
const bindings = reader('RoleBinding', Binding)
const clusterBindings = reader('ClusterRoleBinding', Binding)

/** Who gives an account something by its own name; a namespace that is not written is the binding's own. */
export const bindingsOf = (snapshot: Snapshot, account: Pick<Culprit, 'namespace' | 'name'>) =>
  [...all(snapshot, bindings), ...all(snapshot, clusterBindings)].filter(({ data, namespace: own }) =>
    data.subjects.some(
      ({ kind, name, namespace = own }) =>
        kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
    ),
  )

/**
 * What was meant to give an account its rights, and does not: a binding to an account of that name elsewhere or of nearly
 * that name, a binding to a role that does not exist, or the role that it names and that lacks the right. None: nobody
 * ever gave it any.
 */
export function wrongGrant(snapshot: Snapshot, account: Culprit): Seen | undefined {
  const known = [...all(snapshot, bindings, account.namespace), ...all(snapshot, clusterBindings)]
  const exact = known.find(({ data }) =>
    data.subjects.some(
      ({ kind, name, namespace = account.namespace }) =>
        kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
    ),
  )
  if (exact !== undefined) {
    const { kind = 'Role', name } = exact.data.roleRef
    const place = kind === 'Role' ? exact.namespace : ''
    if (whether(snapshot, kind, place, name).is === 'absent') return exact
    return snapshot.objects.find((one) => one.kind === kind && one.namespace === place && one.name === name)
  }
  return known.find(({ data, namespace: own }) =>
    data.subjects.some(
      ({ kind, name, namespace = own }) =>
        kind === 'ServiceAccount' &&
        (name === account.name || (namespace === account.namespace && nearest(account.name, [name]) !== undefined)),
    ),
  )
}

/** In words: what a binding gives, and to whom. */
export function grantedTo(snapshot: Snapshot, ref: Culprit): string | undefined {
  const binding = [...all(snapshot, bindings), ...all(snapshot, clusterBindings)].find((one) => same(one, ref))
  if (binding === undefined) return undefined
  const to = binding.data.subjects.map(({ kind, name, namespace }) =>
    `${kind ?? ''} ${namespace === undefined ? '' : `${namespace}/`}${name}`.trim(),
  )
  return `${binding.data.roleRef.kind ?? 'Role'} ${binding.data.roleRef.name} to ${to.slice(0, 3).join(', ') || 'nobody'}`
}
