import { keyOf } from '../../../shared/cluster/graph/graph.ts'
import type { ObjectName } from '../../../shared/cluster/model.ts'
import { graphIn } from '../snapshot/around.ts'
import { whether } from '../snapshot/snapshot.ts'
import { symptomsOf } from '../symptoms/symptoms-of.ts'
import { k, type Queries, type Query } from './query.ts'

/** What was not read on the way of what fails, nearest first: the same edges are walked afterwards. */
const MOST = 8
const DEPTH = 3

export const unknownEdges: Queries = (snapshot, subjects) => {
  const graph = graphIn(snapshot)
  const found: Query[] = []
  const visited = new Set<string>()
  let row: readonly ObjectName[] = subjects
    .filter((subject) => symptomsOf(snapshot, subject).length > 0)
    .slice(0, 3)
    .flatMap((subject) => [subject, ...subject.pods.slice(0, 1)])
    .map(({ kind, namespace, name }) => ({ kind, namespace, name }))
  for (let depth = 0; depth < DEPTH && row.length > 0; depth++) {
    const next: ObjectName[] = []
    for (const name of row) {
      if (visited.has(keyOf(name))) continue
      visited.add(keyOf(name))
      for (const { to, state, apiVersion, relation } of graph.needs(name)) {
        if (relation === 'owns' || to.kind === 'Secret') continue
        if (state !== 'unknown') next.push(to)
        else if (apiVersion !== undefined && whether(snapshot, to.kind, to.namespace, to.name).is === 'unknown')
          found.push({ tool: 'get', kind: k(apiVersion, to.kind), name: to.name, namespace: to.namespace })
      }
    }
    row = next
  }
  return found.slice(0, MOST)
}
