import { atLeast, type Fault, MAX_CONTEXT_CHARACTERS, type Severity } from '../faults/fault.ts'
import { type Identity, incidentId } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { withMember } from '../incident/members.ts'
import type { Skip } from '../incident/skipped.ts'
import { derivedId } from '../runtime/ids.ts'

/** Faults of one identity that came in one queue message, in their order. */
export type Sightings = {
  readonly identity: Identity
  readonly faults: readonly Fault[]
  /** A digest of the message's body: the same at each of its deliveries, and when storage kept it twice. */
  readonly delivery: string
  readonly now: Date
}

export type Count = Pick<
  Incident,
  'occurrences' | 'firstSeen' | 'lastSeen' | 'severity' | 'harm' | 'countedFaults' | 'members' | 'openFaults'
> & { readonly absentSince: string | undefined }

const none: Count = {
  occurrences: 0,
  firstSeen: '',
  lastSeen: '',
  severity: 'info',
  countedFaults: [],
  members: [],
  absentSince: undefined,
}

export function countOf(incident: Incident): Count {
  const { occurrences, firstSeen, lastSeen, severity, harm, countedFaults, members, openFaults, absentSince } = incident
  const seen = { ...(harm === undefined ? {} : { harm }), ...(openFaults === undefined ? {} : { openFaults }) }
  return { occurrences, firstSeen, lastSeen, severity, countedFaults, members, absentSince, ...seen }
}

export const deliveryMark = (delivery: string): string => `d-${derivedId(16, delivery)}`
const faultMark = (faultId: string): string => `f-${derivedId(16, faultId)}`

export const wasCounted = (incident: Incident, delivery: string): boolean =>
  incident.countedFaults.includes(deliveryMark(delivery))

/**
 * Every notice is an occurrence, also the tenth with the same fault id; a delivery of the same queue message again is
 * not. A fault found by looking at the cluster (`reconcile`) is one only when nobody told of it before. A `resolved`
 * notice counts as nothing, and begins the absence when no other fault of the incident is left.
 */
export function countFaults(before: Count | undefined, sightings: Sightings): Count {
  const start = before ?? none
  const marks = start.countedFaults.filter((mark) => mark !== deliveryMark(sightings.delivery))
  let count: Count = { ...start, countedFaults: marks }
  for (const fault of sightings.faults) count = countOne(count, fault, sightings)
  count = { ...count, ...harmOf(start, sightings.faults) }
  return { ...count, countedFaults: lastMarks([...count.countedFaults, deliveryMark(sightings.delivery)]) }
}

function countOne(count: Count, fault: Fault, { identity, now }: Sightings): Count {
  const mark = faultMark(fault.faultId)
  const others = (count.openFaults ?? []).filter((one) => one.fault !== mark)
  if (fault.resolved === true) {
    const absentSince = others.length > 0 ? count.absentSince : (count.absentSince ?? now.toISOString())
    return { ...count, openFaults: others, absentSince }
  }
  const known = fault.source === 'reconcile' && count.countedFaults.includes(mark)
  const received = new Date(fault.receivedAt).toISOString()
  // A message that was long on its way says nothing against a later look at the cluster.
  const stillAbsent = count.absentSince !== undefined && received < count.absentSince
  return {
    occurrences: count.occurrences + (known ? 0 : 1),
    firstSeen: [count.firstSeen, received].filter((at) => at !== '').sort()[0] ?? received,
    lastSeen: [count.lastSeen, received].sort()[1] ?? received,
    severity: worse(count.severity, fault.severity),
    countedFaults: [...count.countedFaults.filter((one) => one !== mark), mark],
    members: withMember(count.members, fault.resource, identity.owner),
    openFaults: [...others, { fault: mark, ...markOf(fault) }].slice(-MOST_OPEN),
    absentSince: stillAbsent ? count.absentSince : undefined,
  }
}

/** Beyond that many the oldest are forgotten: a complete look says what is over. */
const MOST_OPEN = 50

/** What tells a fault from another of its class: which container, how it failed, of which revision. */
export const newsOf = ({ container, mark }: Pick<Fault, 'container' | 'mark'>): string | undefined =>
  mark === undefined ? undefined : container === undefined ? mark : `${container}: ${mark}`
function markOf(fault: Fault) {
  const mark = newsOf(fault)
  return mark === undefined ? {} : { mark }
}

/** A server that tells the harm tells it as it is now, so it may fall again; from all others the worst word stays. */
function harmOf(before: Count, faults: readonly Fault[]): Partial<Pick<Count, 'severity' | 'harm'>> {
  const seen = faults.filter((fault) => fault.resolved !== true)
  const [first, ...rest] = seen.filter((fault) => fault.harm !== undefined)
  if (first?.harm === undefined || seen.length > rest.length + 1) return {}
  // A message that was long on its way says nothing against what was seen since.
  if (seen.every((fault) => new Date(fault.receivedAt).toISOString() < before.lastSeen)) return {}
  const worst = rest.reduce((a, b) => (atLeast(a.severity, b.severity) ? a : b), first)
  return { severity: worst.severity, ...(worst.harm === undefined ? {} : { harm: worst.harm }) }
}

const worse = (a: Severity, b: Severity): Severity => (atLeast(a, b) ? a : b)

/** Half the list for each kind, so that a burst of faults does not push out the marks of messages still on their way. */
const MOST_MARKS = 50
export function lastMarks(marks: readonly string[]): string[] {
  const last = (kind: string) => marks.filter((mark) => mark.startsWith(kind)).slice(-MOST_MARKS)
  return [...last('f-'), ...last('d-')]
}

/** The first generation, or a next one, of what these faults are about; `undefined` when all of them say it is over. */
export function newIncident(
  sightings: Sightings,
  origin: {
    readonly generation: number
    readonly environment: string
    readonly labels: Readonly<Record<string, string>>
    readonly whyNot: (severity: Severity) => Skip | undefined
    readonly muted: Incident['muted']
    readonly traceparent: string | undefined
  },
): Incident | undefined {
  const { identity, faults, now } = sightings
  const first = faults.find((fault) => fault.resolved !== true)
  if (first === undefined) return undefined
  const count = countFaults(undefined, sightings)
  const at = now.toISOString()
  const skip = origin.whyNot(count.severity)
  const status = skip === undefined ? 'queued' : 'skipped'
  const note = skip?.reason ?? 'Waits for an agent'
  return {
    version: 1,
    incidentId: incidentId(identity.cluster, identity.key, origin.generation),
    faultId: first.faultId,
    status,
    createdAt: at,
    cluster: identity.cluster,
    environment: origin.environment,
    labels: { ...first.labels, ...origin.labels },
    namespace: identity.owner.namespace ?? first.resource.namespace ?? '',
    resource: first.resource,
    owner: identity.owner,
    faultType: first.faultType,
    faultClass: identity.faultClass,
    context: first.context.slice(0, MAX_CONTEXT_CHARACTERS),
    timestamp: first.timestamp,
    identity: identity.key,
    generation: origin.generation,
    ...count,
    fence: 0,
    notices: {},
    related: [],
    steps: [
      { at, state: 'open', note: `${first.faultType} of ${first.resource.kind} ${first.resource.name}`.slice(0, 500) },
      { at, state: status, note: note.slice(0, 500) },
    ],
    ...(first.image === undefined ? {} : { image: first.image }),
    ...(first.node === undefined ? {} : { node: first.node }),
    ...(skip === undefined ? {} : { ...skip, completedAt: at }),
    ...(origin.muted === undefined ? {} : { muted: origin.muted }),
    ...(origin.traceparent === undefined ? {} : { traceparent: origin.traceparent }),
  }
}
