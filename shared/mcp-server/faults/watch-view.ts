import type { KubeObject } from '../../faults/kube-object.ts'
import { type ClusterApi, ClusterApiError, type Kind } from '../../kubernetes/cluster-api.ts'

type ListAndWatch = Pick<ClusterApi, 'list' | 'watch'>
/** What the watch of one cluster sees: all of it, or what guard rails and the credential's rights leave. */
export type WatchView = ListAndWatch & {
  /** Why only a part of a kind is seen, and which. */
  readonly narrowed: (kind: string) => string | undefined
}

const PAGE = 500
/** As for a whole cluster (kind-watch.ts). */
const MAX_PAGES = 40

/**
 * Whoever may not list a kind in all namespaces is shown it in those that are known to matter, one watch for each, and
 * it is said which. `narrowed` is what holds beside that.
 */
export function watchView(
  api: ListAndWatch,
  namespaces: readonly string[],
  narrowed: WatchView['narrowed'],
): WatchView {
  const spans = new Map<string, readonly string[]>()

  async function allOf(kind: Kind, namespace: string, signal: AbortSignal | undefined) {
    const items: KubeObject[] = []
    let page = await api.list(kind, { namespace, limit: PAGE }, signal)
    items.push(...page.items)
    const { resourceVersion } = page
    for (let pages = 1; page.continueToken !== undefined && pages < MAX_PAGES; pages += 1) {
      page = await api.list(kind, { namespace, limit: PAGE, continueToken: page.continueToken }, signal)
      items.push(...page.items)
    }
    return { namespace, items, resourceVersion }
  }

  return {
    narrowed: (kind) => {
      const span = spans.get(kind)
      const whole = narrowed(kind)
      if (span === undefined) return whole
      return `only what lies in ${span.join(', ')} is seen: the credential may not list it in all namespaces`
    },
    list: async (kind, query, signal) => {
      spans.delete(kind.kind)
      try {
        return await api.list(kind, query, signal)
      } catch (error) {
        if (!isForbidden(error) || query.continueToken !== undefined) throw error
        const tried = await Promise.all(
          namespaces.map((namespace) =>
            allOf(kind, namespace, signal).catch((reason: unknown) => {
              if (isForbidden(reason)) return undefined
              throw reason
            }),
          ),
        )
        const seen = tried.filter((one) => one !== undefined)
        const [first] = seen
        if (first === undefined) throw error
        spans.set(
          kind.kind,
          seen.map(({ namespace }) => namespace),
        )
        // Versions are of the whole cluster: from the oldest on, nothing is missed in any of them.
        const oldest = seen.map((one) => one.resourceVersion).reduce((a, b) => (Number(b) < Number(a) ? b : a))
        return { items: seen.flatMap(({ items }) => items), resourceVersion: oldest }
      }
    },
    watch: async (kind, query, onEvent, signal) => {
      const span = spans.get(kind.kind)
      if (span === undefined) return api.watch(kind, query, onEvent, signal)
      const ended = new AbortController()
      const until = AbortSignal.any([signal, ended.signal])
      try {
        await Promise.race(span.map((namespace) => api.watch(kind, { ...query, namespace }, onEvent, until)))
      } finally {
        ended.abort()
      }
      // What the others were about to tell is older than what one has told already: all are listed anew.
      if (!signal.aborted) throw new ClusterApiError('One of several watches has ended.', 410, 'Expired')
    },
  }
}

const isForbidden = (error: unknown): boolean => error instanceof ClusterApiError && error.status === 403
