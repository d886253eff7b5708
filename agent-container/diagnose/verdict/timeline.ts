import type { Verdict } from '../../../shared/artifacts/verdict.ts'
import { lastChanges } from '../snapshot/changes.ts'
import { cite } from '../snapshot/cite.ts'
import type { SeenEvent, Snapshot } from '../snapshot/snapshot.ts'
import type { Subject } from '../snapshot/subject.ts'
import type { Symptom } from '../symptoms/symptom.ts'

type Entry = Verdict['timeline'][number]
const day = 24 * 60 * 60_000

/** What changed, what broke, what was said, when it was noticed: oldest first. */
export function timeline(
  snapshot: Snapshot,
  subject: Subject,
  symptoms: readonly Symptom[],
  events: readonly SeenEvent[],
): Entry[] {
  const entries: Entry[] = []
  const add = (kind: Entry['kind'], at: string | undefined, text: string, evidence: Entry['evidence'] = []) => {
    const time = Date.parse(at ?? '')
    if (!Number.isNaN(time))
      entries.push({ at: new Date(time).toISOString(), kind, text: cut(text), evidence: evidence.slice(0, 5) })
  }
  const changes = lastChanges(subject)
  const newest = subject.revisions[0]
  if (newest !== undefined) {
    const created = newest.object.metadata.creationTimestamp
    const recent = snapshot.now.getTime() - Date.parse(created ?? '') < 7 * day
    const what = changes.map((one) => `${one.what} from ${one.before} to ${one.after}`).join('; ')
    if (recent)
      add(
        'change',
        created,
        `${subject.kind} ${subject.name}: rollout of a new revision${what === '' ? '' : `: ${what}`}`,
        [...cite(newest, `name: ${newest.name}`)],
      )
  } else if (subject.seen !== undefined) {
    const created = subject.seen.object.metadata.creationTimestamp
    if (snapshot.now.getTime() - Date.parse(created ?? '') < day)
      add('change', created, `${subject.kind} ${subject.name} was created`, [
        ...cite(subject.seen, 'creationTimestamp:'),
      ])
  }
  for (const symptom of symptoms) add('symptom', symptom.since, symptom.text, [...symptom.evidence])
  for (const event of events) {
    const kind = /^(ScalingReplicaSet|SuccessfulCreate|Scheduled|Pulled|Created|Started|NodeNotReady)$/.test(
      event.reason,
    )
      ? event.type === 'Warning'
        ? 'symptom'
        : 'change'
      : 'symptom'
    const times = event.count > 1 ? ` (${event.count} times, until ${event.at})` : ''
    add(kind, event.first || event.at, `${event.reason} of ${event.kind} ${event.name}${times}: ${event.message}`, [
      ...cite(event, event.message),
    ])
  }
  const { timestamp, createdAt, faultType } = snapshot.incident
  add('detection', timestamp, `Fault ${faultType} was detected`)
  add('detection', createdAt, 'The incident was opened')
  return entries.toSorted((a, b) => a.at.localeCompare(b.at)).slice(-60)
}

/** Events that tell the story: warnings, and scaling, of what the incident touches; the first of each kind. */
export function story(
  snapshot: Snapshot,
  subject: Subject,
  more: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[],
): readonly SeenEvent[] {
  const about = [subject, ...subject.pods, ...subject.revisions, ...more]
  const own = snapshot.events.filter((event) =>
    about.some(
      ({ kind, name, namespace }) => event.kind === kind && event.name === name && event.namespace === namespace,
    ),
  )
  const telling = own.filter(
    ({ type, reason }) => type === 'Warning' || reason === 'ScalingReplicaSet' || reason === 'Killing',
  )
  const kinds = new Map<string, SeenEvent>()
  for (const event of telling) {
    const key = `${event.reason} ${event.kind} ${event.message.replace(/[0-9a-f]{6,}|\d+/g, '')}`.slice(0, 120)
    if (!kinds.has(key)) kinds.set(key, event)
  }
  return [...kinds.values()].slice(-15)
}
const cut = (text: string): string => (text.length <= 590 ? text : `${text.slice(0, 589)}…`)
