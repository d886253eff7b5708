import type { Cluster } from '../config/cluster.ts'
import { Fault } from '../faults/fault.ts'
import { knows, mutes } from '../incident/absorb.ts'
import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { explains, includes, type Trouble, troubleOf, WIDE } from '../incident/inhibition.ts'
import { STORM, STORM_MS, type Storm, stormsAmong } from '../incident/storm.ts'
import { derivedId } from '../runtime/ids.ts'
import type { OwnerGroup } from './attach.ts'
import type { TriageDeps } from './deps.ts'
import { underKnownOwners } from './known-owner.ts'

/** Each message is held against these, the newest: beyond them a trouble is told by itself, and none is lost. */
const MOST_OPEN = 2_000

export type Sorted = {
  /** The cluster's open incidents by identity, as they were read. */
  readonly byIdentity: ReadonlyMap<string, Stored>
  /** An incident of their own, as ever. */
  readonly alone: readonly OwnerGroup[]
  /** Identity of the incident that explains them → what it explains. */
  readonly explained: ReadonlyMap<string, readonly OwnerGroup[]>
  /** Incidents that wait and turn out to be explained, or that are not listed by their cause yet; its identity. */
  readonly overtaken: readonly { readonly incident: Incident; readonly by: string }[]
}

/** One read of a cluster's open incidents decides which faults of a message are troubles of their own. */
export const inhibit =
  (deps: Pick<TriageDeps, 'store'>) =>
  async (cluster: Cluster, message: readonly OwnerGroup[], now: Date): Promise<Sorted> => {
    const { items } = await deps.store.list({ cluster: cluster.name, open: true }, MOST_OPEN)
    const open = items.map(({ incident }) => incident)
    const groups = underKnownOwners(message, open)
    const byIdentity = new Map(open.filter(mutes).map((one) => [one.identity, one]))
    const causes: Trouble[] = [...byIdentity.values()]
    const alone: OwnerGroup[] = []
    const explained = new Map<string, OwnerGroup[]>()
    const belongsTo = (key: string, one: OwnerGroup) => explained.set(key, [...(explained.get(key) ?? []), one])

    // What may explain others comes first, wherever it stands in the message.
    for (const one of [...groups].sort((a, b) => rank(a) - rank(b))) {
      const trouble = troubleOf(one.identity, one.faults)
      const own = byIdentity.get(one.identity.key)
      const over = one.faults.every(({ resolved }) => resolved === true)
      const cause =
        own === undefined && !over
          ? (causes.find((other) => explains(other, trouble)) ?? causes.find((other) => includes(other, trouble)))
          : undefined
      if (cause !== undefined) belongsTo(cause.identity, one)
      else {
        alone.push(one)
        if (!over) causes.push(trouble)
      }
    }

    const known = new Set(open.map(({ identity }) => identity))
    const fresh = alone.filter(({ identity, faults }) => !known.has(identity.key) && faults.some(isThere))
    const recent = open.filter(
      ({ createdAt, owner }) => isRecent(createdAt, now) && owner.kind !== 'Namespace' && owner.kind !== WIDE,
    )
    const troubles = fresh.map(({ identity, faults }) => troubleOf(identity, faults))
    for (const storm of stormsAmong(cluster.name, troubles, recent)) {
      const members = new Set(storm.members.map(({ identity }) => identity))
      for (const one of fresh) if (members.has(one.identity.key)) belongsTo(storm.identity.key, one)
      const first = fresh.find(({ identity }) => members.has(identity.key))?.faults.find(isThere)
      if (first !== undefined) alone.push({ identity: storm.identity, faults: [faultOf(storm, first)] })
      causes.push(troubleOf(storm.identity, first === undefined ? [] : [first]))
    }
    const stormy = new Set([...explained.values()].flat())
    const left = alone.filter((one) => !stormy.has(one))
    const age = new Map(open.map(({ identity, createdAt }) => [identity, `${createdAt} ${identity}`]))
    // Two that explain each other must not both give way: the older one stays.
    const goesFirst = (cause: Trouble, incident: Incident) =>
      !explains(incident, cause) || (age.get(cause.identity) ?? '~') < `${incident.createdAt} ${incident.identity}`
    const overtaken = open.flatMap((incident) => {
      const by =
        incident.status === 'queued'
          ? causes.find((other) => explains(other, incident) && goesFirst(other, incident))
          : undefined
      return by === undefined ? [] : [{ incident, by: by.identity }]
    })
    // Moved by a try whose answer was lost: the cause does not list them yet.
    const unlisted = open.flatMap((incident) => {
      const by =
        incident.status === 'skipped' && incident.skip === 'explained'
          ? open.find(({ incidentId }) => incidentId === incident.mutedBy)
          : undefined
      return by === undefined || knows(by, incident) ? [] : [{ incident, by: by.identity }]
    })
    const rows = new Map(items.map((stored) => [stored.incident.identity, stored]))
    return { byIdentity: rows, alone: left, explained, overtaken: [...overtaken, ...unlisted] }
  }

const isThere = ({ resolved }: Fault): boolean => resolved !== true
const isRecent = (at: string, now: Date): boolean => now.getTime() - new Date(at).getTime() < STORM_MS
const rank = ({ identity: { faultClass, owner } }: OwnerGroup): number =>
  owner.kind === 'Node' ? 0 : faultClass === 'create' ? 1 : faultClass === 'rollout' ? 3 : 2

/** What opens a storm's incident: its place is what it is about, and it is as bad as its first member. */
const faultOf = ({ identity, where, members }: Storm, first: Fault): Fault =>
  Fault.parse({
    faultId: derivedId(16, identity.key),
    cluster: first.cluster,
    labels: first.labels,
    faultType: STORM,
    severity: first.severity,
    // No cluster has an object that is the cluster: the first of its workloads is what is looked at.
    resource: identity.owner.kind === WIDE ? first.resource : identity.owner,
    context: `${members.length} workloads began to fail at ${where} within ${STORM_MS / 1000} s; the first: ${first.context}`,
    timestamp: first.timestamp,
    receivedAt: first.receivedAt,
    source: first.source,
    ...(identity.owner.kind === 'Node' ? { node: identity.owner.name } : {}),
  })
