import { closest, distance } from 'fastest-levenshtein'
import { type ClusterApi, ClusterApiError } from '../../kubernetes/cluster-api.ts'
import { GiveUp } from '../../runtime/errors.ts'
import type { Target } from '../targets/target.ts'

const kind = { apiVersion: 'v1', kind: 'Namespace' }
/** As people and models write it; no namespace can have the star, and none is called so. */
export const everywhere = (namespace: string | undefined): boolean =>
  namespace !== undefined && /^(\*|all|_all|--all-namespaces|-A)$/.test(namespace)

/**
 * Nothing in a namespace is an answer only when there is such a namespace. GiveUp with the one that was meant; a word
 * where that cannot be looked at.
 */
export async function assertNamespace(
  target: Target,
  api: ClusterApi,
  namespace: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    if ((await api.get(kind, namespace, undefined, signal)) !== undefined) return undefined
  } catch (error) {
    if (!(error instanceof ClusterApiError) || error.reason === 'Cancelled') throw error
    return `Whether there is a namespace ${namespace} is unknown: this account may not read it.`
  }
  const names = await api.list(kind, { limit: 500 }, signal).then(
    ({ items }) => items.map(({ metadata }) => metadata.name),
    () => [],
  )
  const near = names.length === 0 ? undefined : closest(namespace, names)
  const meant =
    near !== undefined && distance(near, namespace) <= Math.max(2, Math.floor(namespace.length / 3))
      ? ` Did you mean ${near}?`
      : ''
  throw new GiveUp(
    `Cluster "${target.name}" has no namespace "${namespace}".${meant} namespaces_list shows those that there are.`,
  )
}
