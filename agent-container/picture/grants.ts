import { z } from 'zod'
import type { Blamed } from '../../shared/artifacts/verdict.ts'
import { nearest } from './near-name.ts'
import { all, type Picture, reader, type Seen, same, whether } from './picture.ts'
import { list, text } from './shapes.ts'

const Binding = z.object({
  roleRef: z.object({ kind: text, name: z.string() }),
  subjects: list(z.object({ kind: text, name: z.string(), namespace: text })),
})
const bindings = reader('RoleBinding', Binding)
const clusterBindings = reader('ClusterRoleBinding', Binding)

/**
 * What was meant to give an account its rights, and does not: a binding to an account of that name elsewhere or of nearly
 * that name, a binding to a role that does not exist, or the role that it names and that lacks the right. None: nobody
 * ever gave it any.
 */
export function wrongGrant(picture: Picture, account: Blamed): Seen | undefined {
  const known = [...all(picture, bindings, account.namespace), ...all(picture, clusterBindings)]
  const exact = known.find(({ data }) =>
    data.subjects.some(
      ({ kind, name, namespace = account.namespace }) =>
        kind === 'ServiceAccount' && name === account.name && namespace === account.namespace,
    ),
  )
  if (exact !== undefined) {
    const { kind = 'Role', name } = exact.data.roleRef
    const place = kind === 'Role' ? exact.namespace : ''
    if (whether(picture, kind, place, name).is === 'absent') return exact
    return picture.objects.find((one) => one.kind === kind && one.namespace === place && one.name === name)
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
export function grantedTo(picture: Picture, ref: Blamed): string | undefined {
  const binding = [...all(picture, bindings), ...all(picture, clusterBindings)].find((one) => same(one, ref))
  if (binding === undefined) return undefined
  const to = binding.data.subjects.map(({ kind, name, namespace }) =>
    `${kind ?? ''} ${namespace === undefined ? '' : `${namespace}/`}${name}`.trim(),
  )
  return `${binding.data.roleRef.kind ?? 'Role'} ${binding.data.roleRef.name} to ${to.slice(0, 3).join(', ') || 'nobody'}`
}
