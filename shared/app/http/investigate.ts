import { z } from 'zod'
import { queues } from '../../artifacts/layout.ts'
import type { Fault } from '../../faults/fault.ts'
import { topOwner } from '../../incident/identity.ts'
import type { Incident } from '../../incident/incident.ts'
import type { TriageMessage } from '../../incident/messages.ts'
import { kindOfWord } from '../../kubernetes/kind-words.ts'
import type { Queue } from '../../runtime/queue.ts'
import { newTraceparent } from '../../runtime/trace.ts'
import { type Ask, faultForAsk } from '../../triage/ask.ts'
import { type Again, investigateAgain } from '../../triage/investigate-again.ts'
import { incidentToBe, openIncidentOf } from '../../triage/open-incident.ts'
import { whyNot } from '../../triage/queue-state.ts'
import type { Platform } from '../platform.ts'
import type { Answer } from './answer.ts'
import { answer, type BodyRequest, jsonBody, problem } from './json-body.ts'

/** Kubernetes' own limit of a name. */
const name = z.string().max(253)
/** As `POST /api/investigate` takes it. */
export const Investigate = z.strictObject({
  cluster: z.string().min(1).max(63),
  kind: z.string().min(1).max(100),
  namespace: name.default(''),
  name: name.min(1),
  /** Of a kind that is not Kubernetes' own: two operators may have one of the same name. */
  apiVersion: z.string().max(200).optional(),
  note: z.string().max(1_000).optional(),
  /** Its open incident is investigated once more: the agent failed, or what it found is wrong. */
  again: z.boolean().optional(),
})
/** The longest of its fields, with room for how JSON writes them. */
const MAX_BODY_CHARACTERS = 20_000

export type AskPlatform = Pick<Platform, 'clock' | 'random' | 'cluster' | 'door'> & {
  readonly store: Pick<Platform['store'], 'list' | 'read' | 'current' | 'move'>
  readonly settings: Pick<Platform['settings'], 'SEVERITY_THRESHOLD'>
  readonly storage: { readonly queue: (name: string) => Pick<Queue, 'send'> }
}

/** `POST /api/investigate`: any object gets an incident, also one that no detector sees, within the same limits. */
export async function investigate(platform: AskPlatform, request: BodyRequest): Promise<Answer> {
  const { data, refused } = await jsonBody(request, Investigate, MAX_BODY_CHARACTERS, await platform.door())
  if (refused !== undefined) return refused
  const { apiVersion, note, again = false, ...object } = data
  const asked = placed({
    ...object,
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(note === undefined ? {} : { note }),
  })
  if (typeof asked === 'string') return problem(400, asked)
  const cluster = await platform.cluster(asked.cluster)
  if (cluster === undefined) return problem(404, `There is no cluster ${asked.cluster} in clusters.yaml`)
  if (!cluster.enabled) return problem(409, `Cluster ${cluster.name} is disabled (enabled: false in clusters.yaml)`)

  const fault = ownedFault(asked, platform.clock.now())
  const why = whyNot(cluster, fault.severity, platform.settings.SEVERITY_THRESHOLD)
  if (why !== undefined) return problem(409, `${why.reason}. Nothing would be investigated`)
  const open = await openIncidentOf(platform.store, fault, again)
  if (open !== undefined && again) return onceMore(platform, open, note)
  if (open !== undefined) return answer(200, { incidentId: open.incidentId, status: open.status, known: true })
  const incidentId = await incidentToBe(platform.store, fault)
  await sendFaults(platform, [fault])
  return answer(202, { incidentId, status: 'open', known: false })
}

const refusals: Readonly<Record<Exclude<Again, 'queued' | 'busy'>, string>> = {
  muted: 'is muted. Take the mute back first: GET /api/mutes, or nightcrier mutes',
  often: 'has had all its attempts. What is wrong with it is for a person now',
  over: 'is over. Ask without again, and a new one is opened',
}

async function onceMore(platform: AskPlatform, { incidentId, status }: Incident, note?: string): Promise<Answer> {
  const become = await investigateAgain(platform)(incidentId, note)
  if (become === 'busy') return answer(200, { incidentId, status, known: true })
  if (become !== 'queued') return problem(409, `${incidentId} ${refusals[become]}`)
  const wake: TriageMessage = { version: 1, type: 'wake', traceparent: newTraceparent(platform.random) }
  await platform.storage.queue(queues.faults).send(JSON.stringify(wake))
  return answer(202, { incidentId, status: 'queued', known: true })
}

/** With the kind as Kubernetes writes it; text: what is wrong. */
function placed(ask: Ask): Ask | string {
  const kind = kindOfWord(ask.kind)
  if (kind === undefined || (ask.apiVersion !== undefined && ask.apiVersion !== kind.apiVersion)) {
    if (ask.apiVersion !== undefined) return ask
    return `kind: ${ask.kind} is none of Kubernetes' own. Give its apiVersion, too, such as example.com/v1`
  }
  if (kind.namespaced && ask.namespace === '') return `namespace: is required for a ${kind.kind}`
  const namespace = kind.namespaced ? ask.namespace : ''
  return { ...ask, apiVersion: kind.apiVersion, kind: kind.kind, namespace }
}

/** A pod is asked about as its owner's fault would be: both are one incident. */
export function ownedFault(ask: Ask, now: Date): Fault {
  const fault = faultForAsk(ask, now)
  return { ...fault, owner: topOwner({ resource: fault.resource }) }
}

/** A call must not hold up its caller; the queue takes a message within a second, or storage is away. */
export async function sendFaults(
  { storage, random }: Pick<AskPlatform, 'storage' | 'random'>,
  faults: readonly Fault[],
): Promise<void> {
  const message: TriageMessage = {
    version: 1,
    type: 'faults',
    traceparent: newTraceparent(random),
    faults: [...faults],
  }
  await storage.queue(queues.faults).send(JSON.stringify(message))
}
