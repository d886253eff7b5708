import type { ClusterApi } from '../kubernetes/cluster-api.ts'
import type { Targets } from './targets.ts'

/** Where one call has looked; `*`: in all namespaces, or at what has none. */
export type Looked = { readonly clusters: Set<string>; readonly namespaces: Set<string> }
export const nowhere = (): Looked => ({ clusters: new Set(), namespaces: new Set() })

/** The same clusters; what is asked of them is noted. */
export const notedTargets = (targets: Targets, looked: Looked): Targets => ({
  ...targets,
  at: (name) => {
    looked.clusters.add(targets.find(name).name)
    return noted(targets.at(name), (namespace) => looked.namespaces.add(namespace || '*'))
  },
})

const noted = (api: ClusterApi, note: (namespace: string | undefined) => void): ClusterApi => ({
  ...api,
  list: (kind, query, signal) => {
    note(query.namespace)
    return api.list(kind, query, signal)
  },
  get: (kind, name, namespace, signal) => {
    note(namespace)
    return api.get(kind, name, namespace, signal)
  },
  log: (query, signal) => {
    note(query.namespace)
    return api.log(query, signal)
  },
})
