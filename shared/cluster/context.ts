import { type EventView, isTelling, type View, type ViewOf } from './view/view.ts'
import type { Condition } from './view/view-parts.ts'
import type { PodView } from './view/view-pod.ts'

/** What health may know beyond its object: the time, and the other objects of the same cluster. */
export type Context = {
  readonly now: Date
  readonly byUid: (uid: string) => View | undefined
  readonly named: <K extends View['kind']>(
    kind: K,
    namespace: string | undefined,
    name: string,
  ) => ViewOf<K> | undefined
  readonly podsOf: (uid: string | undefined) => readonly PodView[]
  readonly inNamespace: <K extends View['kind']>(kind: K, namespace: string | undefined) => readonly ViewOf<K>[]
  /** All of a kind, wherever they are. */
  readonly all: <K extends View['kind']>(kind: K) => readonly ViewOf<K>[]
  /** Events about one object that say anything (isTelling), newest first. */
  readonly events: (uid: string | undefined) => readonly EventView[]
  /** Warning events about one object, newest first. */
  readonly warnings: (uid: string | undefined) => readonly EventView[]
  /** Whether the snapshot is known to hold all objects of a kind, so that absence means something. */
  readonly complete: (kind: View['kind']) => boolean
}

export function contextOf(views: readonly View[], now: Date, complete: ReadonlySet<string>): Context {
  const uids = new Map<string, View>()
  const names = new Map<string, View>()
  const pods = new Map<string, PodView[]>()
  const spaces = new Map<string, View[]>()
  const kinds = new Map<string, View[]>()
  const events = new Map<string, EventView[]>()
  for (const view of views) {
    const { uid, namespace, name } = view.metadata
    if (view.kind === 'Event') {
      const about = view.involvedObject.uid
      if (isTelling(view) && about) add(events, about, view)
      continue
    }
    if (uid !== undefined) uids.set(uid, view)
    names.set(`${view.kind}/${namespace ?? ''}/${name}`, view)
    add(spaces, `${view.kind}/${namespace ?? ''}`, view)
    add(kinds, view.kind, view)
    if (view.kind !== 'Pod') continue
    for (const owner of view.metadata.ownerReferences ?? []) add(pods, owner.uid, view)
  }
  for (const list of events.values()) list.sort((a, b) => eventTime(b) - eventTime(a))
  const eventsOf = (uid: string | undefined) => (uid === undefined ? [] : (events.get(uid) ?? []))
  return {
    now,
    byUid: (uid) => uids.get(uid),
    named: (kind, namespace, name) => only(kind, names.get(`${kind}/${namespace ?? ''}/${name}`)),
    podsOf: (uid) => (uid === undefined ? [] : (pods.get(uid) ?? [])),
    inNamespace: (kind, namespace) => every(kind, spaces.get(`${kind}/${namespace ?? ''}`)),
    all: (kind) => every(kind, kinds.get(kind)),
    events: eventsOf,
    warnings: (uid) => eventsOf(uid).filter(({ type }) => type === 'Warning'),
    complete: (kind) => complete.has(kind),
  }
}

const isOf =
  <K extends View['kind']>(kind: K) =>
  (view: View): view is ViewOf<K> =>
    view.kind === kind
const only = <K extends View['kind']>(kind: K, view: View | undefined): ViewOf<K> | undefined =>
  view !== undefined && isOf(kind)(view) ? view : undefined
/** Lists are kept by kind, so all of one are of it; looked at again only to tell the compiler. */
const every = <K extends View['kind']>(kind: K, views: readonly View[] | undefined): readonly ViewOf<K>[] =>
  views?.every(isOf(kind)) === true ? views : []

function add<V>(map: Map<string, V[]>, key: string, value: V) {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** When an event was last seen: the scheduler writes eventTime and series, everybody else lastTimestamp. */
export const eventTime = (event: EventView): number =>
  Date.parse(
    event.series?.lastObservedTime ??
      event.lastTimestamp ??
      event.eventTime ??
      event.firstTimestamp ??
      event.metadata.creationTimestamp ??
      '',
  ) || 0

/** Seconds since a time; undefined when there is none. Negative with skewed clocks. */
export function secondsSince(time: string | null | undefined, now: Date): number | undefined {
  const at = time ? Date.parse(time) : Number.NaN
  return Number.isNaN(at) ? undefined : (now.getTime() - at) / 1000
}

/** Whether something is known to be at least so old; what has no time stamp counts as old. */
export const olderThan = (seconds: number, time: string | null | undefined, now: Date): boolean =>
  (secondsSince(time, now) ?? Number.POSITIVE_INFINITY) >= seconds

/** Whether something is known to have happened within the last `seconds`. */
export const within = (seconds: number, time: string | null | undefined, now: Date): boolean =>
  (secondsSince(time, now) ?? Number.POSITIVE_INFINITY) <= seconds

export const condition = (conditions: readonly Condition[] | null | undefined, type: string): Condition | undefined =>
  conditions?.find((entry) => entry.type === type)

/** `, reason: X, message: Y`, as far as there is any. */
export const because = (from: { reason?: string | null | undefined; message?: string | null | undefined }): string =>
  `${from.reason ? `, reason: ${from.reason}` : ''}${from.message ? `, message: ${from.message}` : ''}`

const nodeOf = (pod: PodView, { named }: Context) =>
  pod.spec?.nodeName ? named('Node', undefined, pod.spec.nodeName) : undefined

/** Whether a pod lies on a node that is known not to be ready: what is wrong with it then is the node's fault. */
export function onDeadNode(pod: PodView, context: Context): boolean {
  const ready = condition(nodeOf(pod, context)?.status?.conditions, 'Ready')
  return ready !== undefined && ready.status !== 'True'
}

/**
 * Since when a pod's state can be held against it: while its node was away nobody looked, and what the node controller
 * wrote then, or the kubelet shows in its first moments, says nothing of the pod. The later of both.
 */
export function countedFrom(time: string | null | undefined, pod: PodView, context: Context): string | undefined {
  const ready = condition(nodeOf(pod, context)?.status?.conditions, 'Ready')
  const back = ready?.status === 'True' ? ready.lastTransitionTime : undefined
  return [time, back]
    .filter((one) => typeof one === 'string')
    .sort((a, b) => Date.parse(a) - Date.parse(b))
    .at(-1)
}
