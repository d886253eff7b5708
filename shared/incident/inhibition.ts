import type { Fault } from '../faults/fault.ts'
import type { Identity } from './identity.ts'
import type { Incident } from './incident.ts'

/** What decides whether one trouble is part of another: an incident has it, and faults that are none yet. */
export type Trouble = Pick<Incident, 'identity' | 'owner' | 'faultClass' | 'namespace' | 'context'> & {
  readonly node?: string | undefined
  readonly memberKeys?: readonly string[] | undefined
  /** When it began, as far as that is known. */
  readonly createdAt?: string | undefined
}
export const troubleOf = (identity: Identity, [first]: readonly Fault[]): Trouble => ({
  identity: identity.key,
  owner: identity.owner,
  faultClass: identity.faultClass,
  namespace: identity.owner.namespace ?? first?.resource.namespace ?? '',
  context: first?.context ?? '',
  node: first?.node,
  createdAt: first?.receivedAt,
})

/** Why a rollout does not come to its end; the rollout's own fault then says nothing new. */
const causesOfRollouts: ReadonlySet<string> = new Set([
  'crash',
  'image',
  'config',
  'scheduling',
  'pending',
  'init',
  'create',
  'probe',
])
/** `exceeded quota: compute, requested: …` as the API server words it (v1.33, plugin/pkg/admission/resourcequota). */
const quotaOf = (context: string): string | undefined => /exceeded quota: ([\w.-]+)/.exec(context)?.[1]

/** `failed calling webhook "name": …` as the API server words it, and as the configuration's own fault is worded. */
const webhookOf = (context: string): string | undefined =>
  /failed calling webhook "([^"]+)"/.exec(context)?.[1] ?? /does not answer: (\S+) calls Service/.exec(context)?.[1]

/** How an outage of DNS, of a network or of a shared service shows: programs that ran stop doing so, wherever they are. */
const outageClasses: ReadonlySet<string> = new Set(['crash', 'probe', 'init', 'rollout', 'job', 'service'])
export const WIDE = 'Cluster'
/** Of a storm over many namespaces: what an outage shows as is one trouble. */
export const wideClass = (faultClass: string): string =>
  `storm-wide-${outageClasses.has(faultClass) ? 'outage' : faultClass}`
/** Programs notice an outage within minutes; what begins later or began before has a cause of its own. */
const WIDE_MS = 10 * 60_000
const beganTogether = (a: Trouble, b: Trouble): boolean =>
  a.createdAt !== undefined &&
  b.createdAt !== undefined &&
  Math.abs(Date.parse(a.createdAt) - Date.parse(b.createdAt)) <= WIDE_MS

export const stormClass = (faultClass: string): string => `storm-${faultClass}`
const sameOwner = (a: Trouble, b: Trouble): boolean =>
  a.owner.kind === b.owner.kind && a.owner.name === b.owner.name && a.namespace === b.namespace

/** Whether `open`, while it lasts, explains `other`, so that `other` needs no agent of its own. Certain cases only. */
export function explains(open: Trouble, other: Trouble): boolean {
  if (open.identity === other.identity) return false
  // A verdict has said so.
  if (open.memberKeys?.includes(other.identity)) return true
  if (open.faultClass === 'node') return other.owner.kind !== 'Node' && other.node === open.owner.name
  if (open.owner.kind === WIDE && open.faultClass === wideClass(other.faultClass))
    return other.owner.kind !== 'Node' && beganTogether(open, other)
  // The kubelet evicts for it.
  if (open.faultClass === 'node-pressure' && other.faultClass === 'eviction') return other.node === open.owner.name
  if (open.faultClass === stormClass(other.faultClass)) return open.owner.name === other.namespace
  if (open.faultClass === 'create' && other.faultClass === 'create') {
    const quota = quotaOf(open.context)
    return quota !== undefined && open.namespace === other.namespace && quotaOf(other.context) === quota
  }
  if (open.faultClass === 'webhook' && other.faultClass === 'webhook') {
    const webhook = webhookOf(open.context)
    return webhook !== undefined && webhookOf(other.context) === webhook
  }
  return other.faultClass === 'rollout' && causesOfRollouts.has(open.faultClass) && sameOwner(open, other)
}

/** The rollout was told first, and its agent looks at the same pods: what comes after belongs to it. */
export const includes = (open: Trouble, other: Trouble): boolean =>
  open.faultClass === 'rollout' && causesOfRollouts.has(other.faultClass) && sameOwner(open, other)
