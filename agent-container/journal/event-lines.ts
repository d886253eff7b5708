import type { KubeObject } from '../../shared/faults/kube-object.ts'
import { Event } from '../diagnose/snapshot/shapes-around.ts'
import type { SeenEvent } from '../diagnose/snapshot/snapshot.ts'
import { clean, MAX_OUTPUT, type Shown } from './render.ts'

export type ReadEvent = Omit<SeenEvent, 'id' | 'text'>

/** One event in either of its two shapes; undefined when it is about nothing. */
export function eventOf(object: KubeObject): ReadEvent | undefined {
  const parsed = Event.safeParse(object)
  if (!parsed.success) return undefined
  const event = parsed.data
  const about = event.involvedObject ?? event.regarding
  if (about?.kind === undefined || about.name === undefined) return undefined
  const first = event.firstTimestamp ?? event.eventTime ?? object.metadata.creationTimestamp ?? ''
  return {
    at: event.series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? first,
    first,
    type: event.type ?? '',
    reason: event.reason ?? '',
    message: clean(event.message ?? event.note ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
    count: event.series?.count ?? event.count ?? 1,
    kind: about.kind,
    namespace: about.namespace ?? '',
    name: about.name,
    fieldPath: about.fieldPath ?? '',
    component: event.source?.component ?? event.reportingComponent ?? '',
  }
}

export const lineOf = (event: ReadEvent): string =>
  `${event.at} ${event.type} ${event.reason} x${event.count} ${event.kind}/${event.name} ${event.fieldPath} (${event.component}): ${event.message}`.replace(
    / {2,}/g,
    ' ',
  )

/** Oldest first; when there are too many, what is normal or not about the focus goes first. */
export function renderEvents(
  header: string,
  events: readonly ReadEvent[],
  focus: (event: ReadEvent) => boolean,
): Shown & { readonly kept: readonly ReadEvent[] } {
  const ordered = events.toSorted((a, b) => a.at.localeCompare(b.at))
  const weight = (event: ReadEvent) => (focus(event) ? 2 : 0) + (event.type === 'Warning' ? 1 : 0)
  const whole = [header, ...ordered.map(lineOf)].join('\n')
  let room = MAX_OUTPUT - header.length - 100
  const kept = new Set<ReadEvent>()
  for (const event of ordered.toReversed().toSorted((a, b) => weight(b) - weight(a))) {
    room -= lineOf(event).length + 1
    if (room < 0) break
    kept.add(event)
  }
  const shown = ordered.filter((event) => kept.has(event))
  const left = ordered.length - shown.length
  const output = [header, ...shown.map(lineOf), ...(left === 0 ? [] : [`# ${left} more, not shown`])].join('\n')
  return { output, whole, texts: new Map(), kept: shown }
}
