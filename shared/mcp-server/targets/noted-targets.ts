import type { ClusterApi } from '../../kubernetes/cluster-api.ts'
import { beforeWrites } from '../safety/before-writes.ts'
import type { Targets } from './targets.ts'

/** Where one call has looked, `*`: in all namespaces, or at what has none; and how many changes it has tried. */
export type Scope = { readonly clusters: Set<string>; readonly namespaces: Set<string>; writes: number }
export const nowhere = (): Scope => ({ clusters: new Set(), namespaces: new Set(), writes: 0 })

/** The same clusters; what is asked of them is noted. */
export function notedTargets(targets: Targets, scope: Scope): Targets {
  const note = (namespace: string | undefined) => scope.namespaces.add(namespace || '*')
  const { writeAt } = targets
  return {
    ...targets,
    at: (name) => {
      scope.clusters.add(targets.find(name).name)
      return noted(targets.at(name), note)
    },
    ...(writeAt === undefined
      ? {}
      : {
          writeAt: (name) => {
            scope.clusters.add(targets.find(name).name)
            return beforeWrites(writeAt(name), (_, __, namespace, dryRun) => {
              note(namespace)
              if (!dryRun) scope.writes += 1
            })
          },
        }),
  }
}

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
