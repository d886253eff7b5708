import type { Cluster } from '../config/cluster.ts'
import { Fault } from '../faults/fault.ts'
import { type Identity, identityOf } from '../incident/identity.ts'
import { TriageMessage } from '../incident/messages.ts'
import { otherVersion, problems } from '../incident/unreadable.ts'
import { errorText, GiveUp, RetryLater } from '../runtime/errors.ts'
import { derivedId } from '../runtime/ids.ts'
import { type Admitted, admitCluster } from './admit-cluster.ts'
import type { OwnerGroup } from './attach.ts'
import type { TriageDeps } from './deps.ts'
import { claimedCluster, keepDeadLetter } from './keep-dead-letter.ts'
import { launchWaiting } from './launch-waiting.ts'
import { noteAbsence } from './note-absence.ts'

/** The queue's own name for a message, the same at each delivery, and how often it was delivered. */
export type Delivery = { readonly id: string; readonly dequeueCount: number }
export type Handled = {
  readonly admissions: Readonly<Partial<Record<Admitted, number>>>
  readonly deadLettered: number
  readonly launched: readonly string[]
}

/** One message of queue `faults`. Throws RetryLater when some of it could not be written; the rest is not done twice. */
export const handleTriageMessage =
  (deps: TriageDeps) =>
  async (message: unknown, delivery: Delivery): Promise<Handled> => {
    const parsed = TriageMessage.safeParse(message)
    if (!parsed.success) {
      const reason = otherVersion(message) ?? `Not a message of queue faults: ${problems(parsed.error)}`
      await keepDeadLetter(deps)({
        id: delivery.id,
        queue: 'faults',
        cluster: claimedCluster(message),
        reason,
        body: message,
      })
      return { admissions: {}, deadLettered: 1, launched: [] }
    }
    const { data } = parsed
    switch (data.type) {
      case 'faults': {
        const done = await admitAll(deps, data.faults, delivery, data.traceparent)
        return { ...done, launched: await launchQuietly(deps) }
      }
      case 'observed':
        await noteAbsence(deps)(data)
        return { admissions: {}, deadLettered: 0, launched: [] }
      case 'wake':
        return { admissions: {}, deadLettered: 0, launched: await launchQuietly(deps) }
      default:
        return data satisfies never
    }
  }

/** The faults are safe in the table by now: a launch that fails must not bring their message to the poison queue. */
async function launchQuietly(deps: TriageDeps): Promise<readonly string[]> {
  try {
    return await launchWaiting(deps)()
  } catch (error) {
    deps.log.error({}, `Waiting incidents were not launched, the sweep tries again: ${errorText(error)}`)
    return []
  }
}

type Group = { readonly cluster: Cluster; readonly identity: Identity; readonly faults: Fault[] }

async function admitAll(deps: TriageDeps, items: readonly unknown[], delivery: Delivery, traceparent?: string) {
  const groups = new Map<string, Group>()
  let deadLettered = 0
  const deadLetter = async (index: number, cluster: string | undefined, reason: string) => {
    await keepDeadLetter(deps)({ id: `${delivery.id}-${index}`, queue: 'faults', cluster, reason, body: items[index] })
    deadLettered += 1
  }

  for (const [index, item] of items.entries()) {
    const fault = Fault.safeParse(item)
    if (!fault.success) {
      await deadLetter(index, claimedCluster(item), `Not a fault: ${problems(fault.error)}`)
      continue
    }
    const cluster = await deps.cluster(fault.data.cluster)
    if (cluster?.enabled !== true) {
      await deadLetter(index, fault.data.cluster, refusal(fault.data.cluster, cluster))
      continue
    }
    const identity = identityOf(fault.data)
    const group = groups.get(identity.key) ?? { cluster, identity, faults: [] }
    group.faults.push(fault.data)
    groups.set(identity.key, group)
  }

  const admissions: Partial<Record<Admitted, number>> = {}
  const failures: string[] = []
  const each = async (
    cluster: Cluster,
    { identity, faults }: OwnerGroup,
    act: () => Promise<Admitted>,
  ): Promise<void> => {
    try {
      const admission = await act()
      admissions[admission] = (admissions[admission] ?? 0) + 1
      deps.log.info(
        { cluster: identity.cluster, identity: identity.key, admission },
        logLine(identity, faults, admission),
      )
    } catch (error) {
      if (!(error instanceof GiveUp)) return void failures.push(errorText(error))
      const id = `${delivery.id}-${identity.key}`
      await keepDeadLetter(deps)({ id, queue: 'faults', cluster: cluster.name, reason: errorText(error), body: faults })
      deadLettered += faults.length
    }
  }
  // Storage may keep a message and answer with an error, and its library sends again: two messages with names of their
  // own. Each fault bears the millisecond in which it was received, so the same body is the same message.
  const body = derivedId(24, JSON.stringify(items))
  await Promise.all(
    [...byCluster([...groups.values()])].map(async ([cluster, ofCluster]) => {
      try {
        const message = { cluster, groups: ofCluster, delivery: body, traceparent }
        await admitCluster(deps)(message, (one, act) => each(cluster, one, act))
      } catch (error) {
        failures.push(errorText(error))
      }
    }),
  )
  if (failures.length > 0) {
    const what = `${failures.length} of ${groups.size} incidents of message ${delivery.id} could not be written`
    throw new RetryLater(`${what} (delivery ${delivery.dequeueCount}): ${failures[0]}`)
  }
  return { admissions, deadLettered }
}

function byCluster(groups: readonly Group[]): ReadonlyMap<Cluster, readonly Group[]> {
  const clusters = new Map<string, { readonly cluster: Cluster; readonly all: Group[] }>()
  for (const group of groups) {
    const known = clusters.get(group.cluster.name) ?? { cluster: group.cluster, all: [] }
    known.all.push(group)
    clusters.set(group.cluster.name, known)
  }
  return new Map([...clusters.values()].map(({ cluster, all }) => [cluster, all]))
}

const refusal = (name: string, cluster: Cluster | undefined): string =>
  cluster === undefined
    ? `There is no cluster ${name} in the configuration; add it, or take its watcher away`
    : `Cluster ${name} is disabled in the configuration (enabled: false)`

const logLine = ({ owner }: Identity, faults: readonly Fault[], admission: Admitted): string =>
  `${faults.length} × ${faults[0]?.faultType} of ${owner.kind} ${owner.name}: ${admission}`
