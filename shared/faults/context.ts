import type { EventView, View } from './view.ts'
import type { Condition } from './view-parts.ts'
import type { PodView } from './view-pod.ts'

/** What a detector may know beyond its object: the time, and the other objects of the same cluster. */
export type Context = {
  readonly now: Date
  readonly byUid: (uid: string) => View | undefined
  readonly named: (kind: View['kind'], namespace: string | undefined, name: string) => View | undefined
  readonly podsOf: (uid: string | undefined) => readonly PodView[]
  readonly inNamespace: (kind: View['kind'], namespace: string | undefined) => readonly View[]
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
  const events = new Map<string, EventView[]>()
  for (const view of views) {
    const { uid, namespace, name } = view.metadata
    if (view.kind === 'Event') {
      const about = view.involvedObject.uid
      if (view.type === 'Warning' && about) add(events, about, view)
      continue
    }
    if (uid !== undefined) uids.set(uid, view)
    names.set(`${view.kind}/${namespace ?? ''}/${name}`, view)
    add(spaces, `${view.kind}/${namespace ?? ''}`, view)
    if (view.kind !== 'Pod') continue
    for (const owner of view.metadata.ownerReferences ?? []) add(pods, owner.uid, view)
  }
  for (const list of events.values()) list.sort((a, b) => eventTime(b) - eventTime(a))
  return {
    now,
    byUid: (uid) => uids.get(uid),
    named: (kind, namespace, name) => names.get(`${kind}/${namespace ?? ''}/${name}`),
    podsOf: (uid) => (uid === undefined ? [] : (pods.get(uid) ?? [])),
    inNamespace: (kind, namespace) => spaces.get(`${kind}/${namespace ?? ''}`) ?? [],
    warnings: (uid) => (uid === undefined ? [] : (events.get(uid) ?? [])),
    complete: (kind) => complete.has(kind),
  }
}

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

/** Whether a pod lies on a node that is known not to be ready: what is wrong with it then is the node's fault. */
export function onDeadNode(pod: PodView, { named }: Context): boolean {
  const node = pod.spec?.nodeName ? named('Node', undefined, pod.spec.nodeName) : undefined
  if (node?.kind !== 'Node') return false
  const ready = condition(node.status?.conditions, 'Ready')
  return ready !== undefined && ready.status !== 'True'
}
