import type { Incident } from './incident.ts'

/** What a verdict names: `PersistentVolumeClaim/queue/data-broker-0 StorageClassNotFound`. */
type Cause = { readonly kind: string; readonly namespace: string; readonly name: string; readonly class: string }

/** Outcomes that name something; a suspicion merges nothing. */
const sure: ReadonlySet<string> = new Set(['cause', 'likely'])
/** Shorter names stand in too many sentences by chance. */
const SHORTEST_NAME = 4

/** The cause as an incident keeps it; undefined when nothing was found that others may lean on. */
export function causeOf({ rootCause, outcome }: Pick<Incident, 'rootCause' | 'outcome'>): Cause | undefined {
  if (rootCause === undefined || !sure.has(outcome ?? '')) return undefined
  const [path = '', mechanism = ''] = rootCause.split(' ')
  const parts = path.split('/')
  const [kind = '', namespace = '', name = ''] = parts.length === 2 ? [parts[0], '', parts[1]] : parts
  return kind === '' || name === '' ? undefined : { kind, namespace, name, class: mechanism }
}

/** Whether two verdicts name the same object and the same mechanism. */
export const sameCause = (a: Incident, b: Incident): boolean =>
  a.cluster === b.cluster && a.identity !== b.identity && causeOf(a) !== undefined && a.rootCause === b.rootCause

/**
 * Whether what a verdict names is what another incident, which nobody has looked at yet, hangs on: it runs on that node,
 * it is that object's own trouble, or its fault speaks of the object by its name.
 */
export function leansOn(
  other: Pick<Incident, 'owner' | 'namespace' | 'node' | 'context'>,
  { kind, namespace, name }: Omit<Cause, 'class'>,
): boolean {
  if (kind === 'Node') return other.node === name
  const { owner } = other
  if (owner.kind === kind && owner.name === name && (owner.namespace ?? '') === namespace) return true
  if (namespace !== '' && namespace !== other.namespace) return false
  // A workload is named in the faults of its own pods only.
  if (workloads.has(kind) || name.length < SHORTEST_NAME) return false
  return words(other.context).has(name)
}
const workloads: ReadonlySet<string> = new Set([
  'Pod',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
])

/** Names stand between quotes, blanks and punctuation; a dot or a dash belongs to a name, but not at its end. */
const words = (text: string): ReadonlySet<string> =>
  new Set((text.match(/[a-z0-9][a-z0-9.-]*/gi) ?? []).map((word) => word.replace(/[.-]+$/, '')))

/** What two troubles may have in common, so that one verdict may speak of both. */
export function shares(a: Incident, b: Incident): boolean {
  if (a.cluster !== b.cluster || a.identity === b.identity) return false
  if (a.node !== undefined && a.node === b.node) return true
  if (a.namespace !== '' && a.namespace === b.namespace) return true
  return a.faultClass === 'webhook' && b.faultClass === 'webhook'
}
