import { eventTime } from '../../cluster/context.ts'
import { isTelling, type View, viewOf } from '../../cluster/view/view.ts'
import type { KubeObject } from '../../faults/kube-object.ts'

/** Detectors read events of the last ten minutes; a few more for late ones. */
const EVENT_AGE_MS = 15 * 60_000
/** A storm writes thousands; the newest tell the same. */
const MAX_EVENTS = 2_000

/** What is known of a cluster's objects: of each only what detectors read. */
export type ViewStore = {
  readonly replace: (kind: string, objects: readonly KubeObject[]) => void
  readonly set: (object: KubeObject) => void
  readonly remove: (object: KubeObject) => void
  readonly views: (now: Date) => readonly View[]
  readonly has: (kind: string, uid: string | undefined) => boolean
}

export function createViewStore(): ViewStore {
  const kinds = new Map<string, Map<string, View>>()
  const drawer = (kind: string) => {
    const found = kinds.get(kind) ?? new Map<string, View>()
    kinds.set(kind, found)
    return found
  }
  const keyOf = ({ metadata }: KubeObject) => metadata.uid ?? `${metadata.namespace ?? ''}/${metadata.name}`
  const put = (object: KubeObject) => {
    const view = viewOf(object)
    if (view === undefined) drawer(object.kind).delete(keyOf(object))
    else if (view.kind !== 'Event' || isTelling(view)) drawer(object.kind).set(keyOf(object), view)
  }
  const pruneEvents = (now: Date) => {
    const events = drawer('Event')
    const oldest = now.getTime() - EVENT_AGE_MS
    for (const [key, view] of events) if (view.kind === 'Event' && eventTime(view) < oldest) events.delete(key)
    // Insertion order is age, near enough.
    for (const key of events.keys()) {
      if (events.size <= MAX_EVENTS) break
      events.delete(key)
    }
  }
  return {
    replace: (kind, objects) => {
      drawer(kind).clear()
      for (const object of objects) put(object)
    },
    set: put,
    remove: (object) => {
      drawer(object.kind).delete(keyOf(object))
    },
    views: (now) => {
      pruneEvents(now)
      return [...kinds.values()].flatMap((views) => [...views.values()])
    },
    has: (kind, uid) => uid !== undefined && kinds.get(kind)?.has(uid) === true,
  }
}
