import type { KubeObject } from '../../faults/kube-object.ts'
import type { Around, Edge, Health, ObjectName } from '../model.ts'
import { referencesOf } from './references.ts'

/** What needs what in a cluster, as far as it was read. */
export type Graph = {
  /** What an object needs: an edge may lead to what is not there, or to what was not read. */
  readonly needs: (name: ObjectName) => readonly Edge[]
  /** Who names it, or owns it. */
  readonly neededBy: (name: ObjectName) => readonly Edge[]
}

export const keyOf = ({ kind, namespace, name }: ObjectName): string => `${kind} ${namespace}/${name}`
export const nameOf = ({ kind, metadata }: KubeObject): ObjectName => ({
  kind,
  namespace: metadata.namespace ?? '',
  name: metadata.name,
})

/**
 * Edges of every object that was read. `health` says whether what an edge leads to serves: one that fails is `refusing`.
 * What was not read is `unknown`, and never `dangling`.
 */
export function graphOf(objects: readonly KubeObject[], around: Around, health: (object: KubeObject) => Health): Graph {
  const needs = new Map<string, Edge[]>()
  const neededBy = new Map<string, Edge[]>()
  const add = (edge: Edge) => {
    for (const [map, key] of [
      [needs, keyOf(edge.from)],
      [neededBy, keyOf(edge.to)],
    ] as const)
      map.set(key, [...(map.get(key) ?? []), edge])
  }
  for (const object of objects) {
    const from = nameOf(object)
    for (const { to, relation, path, optional, apiVersion } of referencesOf(object))
      add({ from, to, relation, path, ...stateOf(to, optional, around, health), ...(apiVersion ? { apiVersion } : {}) })
    for (const owner of object.metadata.ownerReferences ?? []) {
      const to = { kind: owner.kind, namespace: from.namespace, name: owner.name }
      add({ from: to, to: from, relation: 'owns', path: '', ...stateOf(from, false, around, health) })
    }
  }
  return {
    needs: (name) => needs.get(keyOf(name)) ?? [],
    neededBy: (name) => neededBy.get(keyOf(name)) ?? [],
  }
}

function stateOf(
  to: ObjectName,
  optional: boolean,
  around: Around,
  health: (object: KubeObject) => Health,
): Pick<Edge, 'state' | 'why'> {
  const known = around.get(to)
  if (known.is === 'unknown') return { state: 'unknown', why: known.why }
  if (known.is === 'absent')
    return optional
      ? { state: 'ok', why: 'It is not there, and need not be.' }
      : { state: 'dangling', why: 'It was looked for, and is not there.' }
  const { state, message } = health(known.value)
  if (state === 'Failing') return { state: 'refusing', why: message }
  return { state: 'ok', why: state === 'Healthy' ? 'It is there, and well.' : `It is there: ${message}` }
}
