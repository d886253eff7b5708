import { stringify } from 'yaml'
import type { Journal } from '../journal/journal.ts'
import type { SeenEvent } from './snapshot/snapshot.ts'

/** Well below what a bundle may have beside its evidence; a namespace and its nodes are some hundred kilobytes. */
const MAX_CHARACTERS = 2 * 1024 * 1024

/**
 * What was read of the cluster, redacted, as a scenario's `cluster.yaml`: the investigation can be run on it again. What
 * does not fit is left out and said to be.
 */
export function snapshotOf(journal: Pick<Journal, 'objects' | 'events'>, now: Date): string {
  // The first line is how a scenario tells its time; what the snapshot does not say (the server's version) is left out.
  const parts = [`# Picture taken at ${now.toISOString().slice(0, 19)}Z\n`]
  const all = [...journal.objects().map(({ object }) => object), ...journal.events().map(eventOf)]
  let room = MAX_CHARACTERS
  let left = 0
  for (const object of all) {
    const text = stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })
    room -= text.length
    if (room < 0) left += 1
    else parts.push(text)
  }
  const cut = left === 0 ? '' : `# ${left} more objects were left out for their size.\n`
  return parts.join('---\n') + cut
}

/** An event as the API would show it again, of what was kept of it. */
const eventOf = (event: SeenEvent, index: number) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: {
    name: `${event.name}.${index.toString(16).padStart(16, '0')}`,
    namespace: event.namespace === '' ? 'default' : event.namespace,
  },
  involvedObject: {
    kind: event.kind,
    name: event.name,
    ...(event.namespace === '' ? {} : { namespace: event.namespace }),
    ...(event.fieldPath === '' ? {} : { fieldPath: event.fieldPath }),
  },
  type: event.type,
  reason: event.reason,
  message: event.message,
  count: event.count,
  firstTimestamp: seconds(event.first),
  lastTimestamp: seconds(event.at),
  source: { component: event.component },
})

/** The scheduler's events have microseconds, these fields have none. */
const seconds = (at: string): string => at.replace(/\.\d+Z$/, 'Z')
