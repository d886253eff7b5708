import { toStored } from './convert.ts'
import { createRegistry, type Registry, type Resource } from './kinds.ts'
import { linked, uidOf } from './link.ts'
import type { SimObject } from './objects.ts'

export type Change = {
  readonly version: number
  readonly stored: string
  readonly before: SimObject | undefined
  readonly after: SimObject | undefined
}
export type Ref = {
  readonly apiVersion?: string
  readonly kind: string
  readonly namespace?: string
  readonly name: string
}

export type Store = {
  readonly registry: Registry
  readonly version: () => number
  /** By namespace, then name. */
  readonly list: (stored: string) => readonly SimObject[]
  readonly get: (stored: string, namespace: string, name: string) => SimObject | undefined
  /** Puts objects there that may speak of one another, each new or in place of an old one. */
  readonly apply: (objects: readonly SimObject[]) => void
  /** False when there was none. */
  readonly remove: (ref: Ref) => boolean
  /** Changes after a version; `undefined` when that version is too old. */
  readonly since: (version: number) => readonly Change[] | undefined
  /** Forgets all history: every older version has expired. */
  readonly compact: () => void
  readonly listen: (listener: (change: Change) => void) => () => void
}

/** An API server keeps some minutes of changes; a thousand is more than any scenario makes. */
const HISTORY = 1_000

const keyOf = (namespace: string, name: string) => `${namespace}/${name}`

export function createStore(initial: readonly SimObject[], present: Date): Store {
  const registry = createRegistry()
  const drawers = new Map<string, Map<string, SimObject>>()
  const listeners = new Set<(change: Change) => void>()
  let history: Change[] = []
  let version = 1_000

  const drawer = (stored: string) => {
    const found = drawers.get(stored) ?? new Map<string, SimObject>()
    drawers.set(stored, found)
    return found
  }

  function place(written: SimObject): { resource: Resource; namespace: string; object: SimObject } {
    const resource = registry.learn(written)
    // As kubectl does: a namespaced object that names none goes to default.
    const namespace = resource.namespaced ? (written.metadata.namespace ?? 'default') : ''
    return { resource, namespace, object: toStored(written) }
  }

  function complete(object: SimObject, namespace: string, before: SimObject | undefined, at: number, created: Date) {
    const { metadata } = object
    const { namespace: _, ...rest } = { ...before?.metadata, ...metadata }
    return {
      ...before,
      ...object,
      metadata: {
        ...rest,
        name: metadata.name,
        ...(namespace === '' ? {} : { namespace }),
        uid: metadata.uid ?? before?.metadata.uid ?? uidOf(object.apiVersion, object.kind, namespace, metadata.name),
        resourceVersion: String(at),
        creationTimestamp:
          metadata.creationTimestamp ??
          before?.metadata.creationTimestamp ??
          created.toISOString().replace(/\.\d+Z$/, 'Z'),
      },
    }
  }

  function record(change: Change) {
    history.push(change)
    if (history.length > HISTORY) history = history.slice(-HISTORY)
    for (const listener of listeners) listener(change)
  }

  // Definitions first: they say how the kinds they define are called and whether these have namespaces.
  const definitionsFirst = (object: SimObject) => (object.kind === 'CustomResourceDefinition' ? 0 : 1)
  const yesterday = new Date(present.getTime() - 86_400_000)
  const ordered = linked(initial.map(toStored)).sort((one, other) => definitionsFirst(one) - definitionsFirst(other))
  for (const [index, written] of ordered.entries()) {
    const { resource, namespace, object } = place(written)
    const given = Number(object.metadata.resourceVersion)
    const at = Number.isSafeInteger(given) && given > 0 ? given : 1_000 + index
    version = Math.max(version, at)
    drawer(resource.stored).set(
      keyOf(namespace, object.metadata.name),
      complete(object, namespace, undefined, at, yesterday),
    )
  }
  // What has a namespace cannot exist without it, so a picture need not spell its namespaces out.
  const spaces = drawer('/Namespace')
  for (const objects of [...drawers.values()])
    for (const { metadata } of objects.values()) {
      const name = metadata.namespace
      if (name === undefined || spaces.has(keyOf('', name))) continue
      const labels = { 'kubernetes.io/metadata.name': name }
      const space = {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name, labels },
        spec: { finalizers: ['kubernetes'] },
      }
      spaces.set(keyOf('', name), {
        ...complete(space, '', undefined, 1_000, yesterday),
        status: { phase: 'Active' },
      })
    }
  // Older than anything a picture gives to its objects.
  let forgotten = 999

  return {
    registry,
    version: () => version,
    list: (stored) =>
      [...(drawers.get(stored) ?? new Map<string, SimObject>()).entries()]
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([, object]) => object),
    get: (stored, namespace, name) => drawers.get(stored)?.get(keyOf(namespace, name)),
    apply(written) {
      const there = [...drawers.values()].flatMap((objects) => [...objects.values()])
      for (const one of linked([...there, ...written.map(toStored)]).slice(there.length)) {
        const { resource, namespace, object } = place(one)
        const key = keyOf(namespace, object.metadata.name)
        const before = drawer(resource.stored).get(key)
        version += 1
        const after = complete(object, namespace, before, version, new Date())
        drawer(resource.stored).set(key, after)
        record({ version, stored: resource.stored, before, after })
      }
    },
    remove(ref) {
      for (const resource of registry.all()) {
        if (resource.kind !== ref.kind) continue
        const key = keyOf(resource.namespaced ? (ref.namespace ?? 'default') : '', ref.name)
        const before = drawers.get(resource.stored)?.get(key)
        if (before === undefined) continue
        version += 1
        drawers.get(resource.stored)?.delete(key)
        record({ version, stored: resource.stored, before, after: undefined })
        return true
      }
      return false
    },
    since: (from) =>
      from < forgotten || (history.length === HISTORY && from + 1 < (history[0]?.version ?? 0))
        ? undefined
        : history.filter((change) => change.version > from),
    compact() {
      history = []
      forgotten = version
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
