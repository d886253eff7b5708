import type { KubeObject } from '../../faults/kube-object.ts'
import { builtinKinds } from '../../kubernetes/builtin-kinds.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'
import type { Target } from '../targets/target.ts'

/** One page of the API. */
const PAGE = 500
/** Of one kind of one cluster: what goes beyond is said, and not read. */
const MAX_OBJECTS = 5_000

type Where = {
  readonly namespace?: string | undefined
  /** The one namespace that is asked instead where an account may not list all of them. */
  readonly own?: string | undefined
  readonly fieldSelector?: string
  /** `rows`: of the objects only their metadata. */
  readonly table?: 'rows' | 'objects'
}

/** All objects of a kind, page by page, within a bound. */
export async function allObjects(
  api: ClusterApi,
  kind: Kind,
  { namespace, fieldSelector, table }: Where,
  signal: AbortSignal,
): Promise<{ readonly items: readonly KubeObject[]; readonly cut: boolean }> {
  const items: KubeObject[] = []
  let next: string | undefined
  do {
    const page = await api.list(
      kind,
      {
        limit: PAGE,
        ...(namespace ? { namespace } : {}),
        ...(fieldSelector === undefined ? {} : { fieldSelector }),
        ...(table === undefined ? {} : { table }),
        ...(next === undefined ? {} : { continueToken: next }),
      },
      signal,
    )
    items.push(...page.items)
    next = page.continueToken
  } while (next !== undefined && items.length < MAX_OBJECTS)
  return { items, cut: next !== undefined }
}

/**
 * Several kinds at once, for an answer that says what it could not see: a kind that may not be listed hides something,
 * one that the cluster does not serve hides nothing. A kind of which all is read is among `complete`.
 */
export async function allKinds(
  api: ClusterApi,
  kinds: readonly Kind[],
  where: Where,
  signal: AbortSignal,
  needed: readonly string[] = [],
): Promise<{
  readonly objects: readonly KubeObject[]
  readonly complete: readonly string[]
  readonly notSeen: readonly string[]
}> {
  const notSeen: string[] = []
  const complete: string[] = []
  const onlyOwn: string[] = []
  const found = await Promise.all(
    kinds.map(async (kind) => {
      try {
        const { items, cut } = await allObjects(api, kind, where, signal)
        if (cut) notSeen.push(`${kind.kind} beyond the first ${items.length}`)
        else complete.push(kind.kind)
        return items
      } catch (error) {
        if (!(error instanceof ClusterApiError)) throw error
        const { own } = where
        if (error.status === 403 && own !== undefined && !where.namespace && isSpaced(kind)) {
          const instead = await allObjects(api, kind, { ...where, namespace: own }, signal).catch(() => undefined)
          if (instead !== undefined) {
            onlyOwn.push(kind.kind)
            return instead.items
          }
        }
        if (needed.includes(kind.kind) || error.reason === 'Cancelled') throw error
        if (error.status !== 404)
          notSeen.push(`${kind.kind}: ${error.status === 403 ? 'may not be listed' : error.reason}`)
        return []
      }
    }),
  )
  if (onlyOwn.length > 0)
    notSeen.unshift(`all namespaces but ${where.own}: this account may not list ${onlyOwn.toSorted().join(', ')} there`)
  return { objects: found.flat(), complete, notSeen }
}

const isSpaced = ({ apiVersion, kind }: Kind): boolean => builtinKinds.get(`${apiVersion} ${kind}`)?.namespaced === true

/** Whoever may see one namespace only has named it in the kubeconfig; the default one was named by nobody. */
export const ownNamespace = ({ namespace }: Pick<Target, 'namespace'>): string | undefined =>
  namespace === 'default' || namespace === '' ? undefined : namespace
