import { atLeast, type Fault, MAX_CONTEXT_CHARACTERS, type ObjectRef, type Severity } from '../faults/fault.ts'
import { type Identity, incidentId } from '../incident/identity.ts'
import type { Incident } from '../incident/incident.ts'
import { derivedId } from '../runtime/ids.ts'

/** Faults of one identity that came in one queue message, in their order. */
export type Sightings = {
  readonly identity: Identity
  readonly faults: readonly Fault[]
  /** The queue message's own id, the same at each of its deliveries. */
  readonly delivery: string
  readonly now: Date
}

export type Count = Pick<
  Incident,
  'occurrences' | 'firstSeen' | 'lastSeen' | 'severity' | 'countedFaults' | 'members'
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
  const { occurrences, firstSeen, lastSeen, severity, countedFaults, members, absentSince } = incident
  return { occurrences, firstSeen, lastSeen, severity, countedFaults, members, absentSince }
}

export const deliveryMark = (delivery: string): string => `d-${derivedId(16, delivery)}`
const faultMark = (faultId: string): string => `f-${derivedId(16, faultId)}`

export const wasCounted = (incident: Incident, delivery: string): boolean =>
  incident.countedFaults.includes(deliveryMark(delivery))

/**
 * Every notice is an occurrence, also the tenth with the same fault id; a delivery of the same queue message again is
 * not. A fault found by looking at the cluster (`reconcile`) is one only when nobody told of it before. A `resolved`
 * notice counts as nothing and begins the absence.
 */
export function countFaults(before: Count | undefined, sightings: Sightings): Count {
  const start = before ?? none
  const marks = start.countedFaults.filter((mark) => mark !== deliveryMark(sightings.delivery))
  let count: Count = { ...start, countedFaults: marks }
  for (const fault of sightings.faults) count = countOne(count, fault, sightings)
  return { ...count, countedFaults: lastMarks([...count.countedFaults, deliveryMark(sightings.delivery)]) }
}

function countOne(count: Count, fault: Fault, { identity, now }: Sightings): Count {
  if (fault.resolved === true) return { ...count, absentSince: count.absentSince ?? now.toISOString() }
  const mark = faultMark(fault.faultId)
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
    absentSince: stillAbsent ? count.absentSince : undefined,
  }
}

const worse = (a: Severity, b: Severity): Severity => (atLeast(a, b) ? a : b)

/** Half the list for each kind, so that a burst of faults does not push out the marks of messages still on their way. */
const MOST_MARKS = 50
export function lastMarks(marks: readonly string[]): string[] {
  const last = (kind: string) => marks.filter((mark) => mark.startsWith(kind)).slice(-MOST_MARKS)
  return [...last('f-'), ...last('d-')]
}

/** The extent of a storm; 500 of 200 characters each are a tenth of what a row can hold. */
const MOST_MEMBERS = 500
export function withMember(
  members: Incident['members'],
  { apiVersion, kind, namespace, name, uid }: ObjectRef,
  owner: ObjectRef,
) {
  const same = (one: ObjectRef) => one.kind === kind && one.namespace === namespace && one.name === name
  if (same(owner) || members.some(same) || members.length >= MOST_MEMBERS) return members
  return [
    ...members,
    {
      apiVersion,
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
  ]
}

/** The first generation, or a next one, of what these faults are about; `undefined` when all of them say it is over. */
export function newIncident(
  sightings: Sightings,
  origin: {
    readonly generation: number
    readonly environment: string
    readonly labels: Readonly<Record<string, string>>
    readonly whyNot: (severity: Severity) => string | undefined
    readonly traceparent: string | undefined
  },
): Incident | undefined {
  const { identity, faults, now } = sightings
  const first = faults.find((fault) => fault.resolved !== true)
  if (first === undefined) return undefined
  const count = countFaults(undefined, sightings)
  const at = now.toISOString()
  const reason = origin.whyNot(count.severity)
  const status = reason === undefined ? 'queued' : 'skipped'
  const note = reason ?? 'Waits for an agent'
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
    ...(reason === undefined ? {} : { reason, completedAt: at }),
    ...(origin.traceparent === undefined ? {} : { traceparent: origin.traceparent }),
  }
}
