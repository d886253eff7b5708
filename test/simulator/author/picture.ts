import { createHash } from 'node:crypto'
import type { Loose, SimObject } from '../objects.ts'

/** What every builder needs: the picture's now, and names and addresses that are the same in each run. */
export type Author = {
  /** RFC 3339, this many minutes before the picture was taken. */
  readonly ago: (minutes: number) => string
  /** The same with microseconds, as Leases and the scheduler's events have it. */
  readonly microAgo: (minutes: number) => string
  readonly uid: (...parts: readonly string[]) => string
  readonly suffix: (length: number, ...parts: readonly string[]) => string
  readonly podIp: (pod: string, node: string) => string
  readonly number: (most: number, ...parts: readonly string[]) => number
  readonly nodes: readonly string[]
}

/** Kubernetes' own alphabet for generated names. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

export function createAuthor(now: string, seed: string, nodes: readonly string[]): Author {
  const hash = (parts: readonly string[]) =>
    createHash('sha256')
      .update([seed, ...parts].join('|'))
      .digest()
  const back = (minutes: number) => new Date(Date.parse(now) - Math.round(minutes * 60) * 1000).toISOString()
  const number = (most: number, ...parts: readonly string[]) => hash(parts).readUInt32BE(0) % most
  return {
    ago: (minutes) => back(minutes).replace('.000Z', 'Z'),
    microAgo: (minutes) => back(minutes).replace('.000Z', `.${100_000 + number(899_999, String(minutes))}Z`),
    uid(...parts) {
      const hex = hash(['uid', ...parts]).toString('hex')
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
    },
    suffix: (length, ...parts) =>
      [...hash(['suffix', ...parts])]
        .slice(0, length)
        .map((byte) => alphabet[byte % alphabet.length])
        .join(''),
    podIp: (pod, node) => `10.244.${nodes.indexOf(node) + 1}.${10 + number(230, 'ip', pod)}`,
    number,
    nodes,
  }
}

export function metadata(
  author: Author,
  kind: string,
  name: string,
  namespace: string,
  created: number,
  extra: Loose = {},
): SimObject['metadata'] {
  return {
    ...(extra.annotations === undefined ? {} : { annotations: extra.annotations }),
    creationTimestamp: author.ago(created),
    ...(extra.generation === undefined ? {} : { generation: extra.generation }),
    ...(extra.labels === undefined ? {} : { labels: extra.labels }),
    name,
    ...(namespace === '' ? {} : { namespace }),
    ...(extra.ownerReferences === undefined ? {} : { ownerReferences: extra.ownerReferences }),
    resourceVersion: String(400_000 + author.number(90_000, 'rv', kind, namespace, name)),
    uid: author.uid(kind, namespace, name),
  }
}

export const ownedBy = (owner: SimObject) => [
  {
    apiVersion: owner.apiVersion,
    blockOwnerDeletion: true,
    controller: true,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid,
  },
]

export type EventText = {
  readonly type?: 'Normal' | 'Warning'
  readonly reason: string
  readonly message: string
  readonly count?: number
  /** Minutes before the picture. */
  readonly first: number
  readonly last?: number
  readonly component?: string
  readonly host?: string
  /** `spec.containers{main}` */
  readonly fieldPath?: string
}

/** An event in the shape of the component that sent it: the scheduler uses the newer API and leaves stamps null. */
export function event(author: Author, about: SimObject, text: EventText): SimObject {
  const { name, namespace = 'default', uid, resourceVersion } = about.metadata
  const { type = 'Normal', reason, message, count = 1, first, last = first, component = 'kubelet', host } = text
  const id = author.uid('event', namespace, name, reason, message).replaceAll('-', '').slice(0, 16)
  const modern = component === 'default-scheduler'
  return {
    apiVersion: 'v1',
    ...(modern ? { action: 'Scheduling' } : {}),
    ...(modern ? {} : { count }),
    eventTime: modern ? author.microAgo(first) : null,
    firstTimestamp: modern ? null : author.ago(first),
    involvedObject: {
      apiVersion: about.apiVersion,
      ...(text.fieldPath === undefined ? {} : { fieldPath: text.fieldPath }),
      kind: about.kind,
      name,
      ...(about.metadata.namespace === undefined ? {} : { namespace: about.metadata.namespace }),
      resourceVersion,
      // The kubelet does not know its node's uid when it speaks of it.
      uid: about.kind === 'Node' && component === 'kubelet' ? name : uid,
    },
    kind: 'Event',
    lastTimestamp: modern ? null : author.ago(last),
    message,
    metadata: {
      creationTimestamp: author.ago(first),
      name: `${name}.${id}`,
      namespace,
      resourceVersion: String(490_000 + author.number(9_000, 'rv', id)),
      uid: author.uid('event', id),
    },
    reason,
    reportingComponent: component,
    reportingInstance: modern ? 'default-scheduler-control-plane-1' : (host ?? ''),
    ...(modern && count > 1 ? { series: { count, lastObservedTime: author.microAgo(last) } } : {}),
    source: modern ? {} : { component, ...(host === undefined ? {} : { host }) },
    type,
  }
}
