import { z } from 'zod'
import { changesOf } from '../../cluster/changes/managed-fields.ts'
import { isClusterWide } from '../../cluster/graph/references.ts'
import type { KubeObject } from '../../faults/kube-object.ts'
import type { ClusterApi, Kind } from '../../kubernetes/cluster-api.ts'
import type { Redact } from '../safety/redaction.ts'
import { allKinds } from './all-objects.ts'
import { eventFields } from './event-fields.ts'
import { rolloutsOf } from './rollouts.ts'

export type ClusterChange = {
  readonly at: string
  readonly what: 'rollout' | 'created' | 'deleted' | 'gone' | 'scaled' | 'changed'
  readonly object: string
  /** The program that wrote it; '' when nothing says so. */
  readonly by: string
  readonly detail: string
}

/** What people and their tools change. Pods, endpoints and leases change by themselves; of Secrets nothing is read. */
const spaced: readonly Kind[] = [
  ...kinds('apps/v1', 'Deployment StatefulSet DaemonSet'),
  ...kinds('batch/v1', 'CronJob Job'),
  ...kinds('v1', 'Service ConfigMap PersistentVolumeClaim ServiceAccount ResourceQuota LimitRange'),
  ...kinds('networking.k8s.io/v1', 'Ingress NetworkPolicy'),
  ...kinds('autoscaling/v2', 'HorizontalPodAutoscaler'),
  ...kinds('policy/v1', 'PodDisruptionBudget'),
  ...kinds('rbac.authorization.k8s.io/v1', 'Role RoleBinding'),
]
const wide: readonly Kind[] = [
  ...kinds('v1', 'Node Namespace PersistentVolume'),
  ...kinds('rbac.authorization.k8s.io/v1', 'ClusterRole ClusterRoleBinding'),
  ...kinds('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration MutatingWebhookConfiguration'),
  ...kinds('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
  ...kinds('storage.k8s.io/v1', 'StorageClass'),
]
function kinds(apiVersion: string, names: string): readonly Kind[] {
  return names.split(' ').map((kind) => ({ apiVersion, kind }))
}
/** These tell of rollouts, and of what is no longer there. */
const history: readonly Kind[] = [...kinds('apps/v1', 'ReplicaSet ControllerRevision'), ...kinds('v1', 'Event')]

/** Written by the server itself in moments that nobody would call a change. */
const housekeeping = new Set(['kubelet', 'kube-apiserver'])
/** Fields that tell what is meant; the rest is counted. */
const MAX_FIELDS = 4

/** What has changed in one cluster since a time, by the cluster's own notes, the newest first. */
export async function recentChanges(
  api: ClusterApi,
  {
    namespace,
    own: place,
    since,
  }: { readonly namespace: string | undefined; readonly own?: string | undefined; readonly since: string },
  redact: Redact,
  signal: AbortSignal,
): Promise<{ readonly changes: readonly ClusterChange[]; readonly notSeen: readonly string[] }> {
  const plain = namespace === undefined ? [...spaced, ...wide] : spaced
  const [current, past] = await Promise.all([
    allKinds(api, plain, { namespace, own: place, table: 'rows' }, signal),
    allKinds(api, history, { namespace, own: place }, signal),
  ])
  const rollouts = rolloutsOf(
    past.objects.filter(({ kind }) => kind !== 'Event'),
    since,
    redact,
  )
  const rolled = new Map(rollouts.map((one) => [one.object, one]))
  const own = current.objects.filter(
    ({ metadata }) => metadata.ownerReferences?.some(({ controller }) => controller === true) !== true,
  )
  const objects = own.flatMap((object) => {
    const name = named(object.kind, object.metadata.namespace, object.metadata.name)
    const { creationTimestamp = '', deletionTimestamp } = object.metadata
    const all = changesOf(object).filter(({ by, at }) => at >= since && !housekeeping.has(by))
    const first = all.at(-1)
    const found: ClusterChange[] = []
    if (deletionTimestamp !== undefined && deletionTimestamp >= since)
      found.push({ at: deletionTimestamp, what: 'deleted', object: name, by: '', detail: 'it is being removed' })
    if (creationTimestamp >= since) {
      found.push({ at: creationTimestamp, what: 'created', object: name, by: first?.by ?? '', detail: '' })
    }
    for (const { by, at, fields } of all) {
      // What was written as it was made is its making.
      if (creationTimestamp >= since && Date.parse(at) - Date.parse(creationTimestamp) < 2_000) continue
      const rest = fields.filter((path) => !(rolled.has(name) && path.startsWith('spec.template')))
      const replicas = rest.length > 0 && rest.every((path) => path === 'spec.replicas')
      if (rest.length === 0) continue
      found.push({ at, what: replicas ? 'scaled' : 'changed', object: name, by, detail: few(rest) })
    }
    return found
  })
  const whoRolled = (name: string): string =>
    own
      .filter((object) => named(object.kind, object.metadata.namespace, object.metadata.name) === name)
      .flatMap(changesOf)
      .find(({ fields }) => fields.some((path) => path.startsWith('spec.template')))?.by ?? ''
  const there = new Set(
    [...current.objects, ...past.objects].map(({ kind, metadata }) => named(kind, metadata.namespace, metadata.name)),
  )
  const known = new Set([...current.complete, ...past.complete])
  const events = past.objects.filter(({ kind }) => kind === 'Event')
  const changes = [
    ...objects,
    ...rollouts.map((one) => ({ ...one, what: 'rollout' as const, by: whoRolled(one.object) })),
    ...saidByEvents(events, { since, there, known }, redact),
  ].toSorted((a, b) => b.at.localeCompare(a.at))
  return { changes, notSeen: [...current.notSeen, ...past.notSeen] }
}

const groups: ReadonlyMap<string, string> = new Map(
  [...spaced, ...wide].map((one) => [one.kind, group(one.apiVersion)]),
)
function group(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : ''
}
const About = z.looseObject({ involvedObject: z.looseObject({ apiVersion: z.string().catch('') }).optional() })
/** Kinds of one name in two groups are two kinds. */
const groupOf = (event: KubeObject): string => group(About.safeParse(event).data?.involvedObject?.apiVersion ?? '')

/** An object of which only events are left is gone; who scales by measure says so in an event, and nowhere else. */
function saidByEvents(
  events: readonly KubeObject[],
  at: {
    readonly since: string
    readonly there: ReadonlySet<string>
    readonly known: ReadonlySet<string>
  },
  redact: Redact,
): readonly ClusterChange[] {
  const gone = new Map<string, ClusterChange>()
  const scaled: ClusterChange[] = []
  for (const event of events) {
    // By the names as they are: one that reads like a secret is another when it is redacted.
    const { object: about, reason, message, from, at: seen } = eventFields(event)
    const [kind = '', name = ''] = about.split('/')
    const object = named(kind, isClusterWide(kind) ? undefined : event.metadata.namespace, name)
    const time = seen > 0 ? `${new Date(seen).toISOString().slice(0, 19)}Z` : ''
    if (time < at.since) continue
    if (reason === 'SuccessfulRescale')
      scaled.push({ at: time, what: 'scaled', object, by: from, detail: redact.text(message).slice(0, 200) })
    else if (
      at.known.has(kind) &&
      groupOf(event) === groups.get(kind) &&
      !at.there.has(object) &&
      !/^(ReplicaSet|Job|Event)$/.test(kind)
    ) {
      const last = gone.get(object)
      if (last === undefined || last.at < time)
        gone.set(object, {
          at: time,
          what: 'gone',
          object,
          by: '',
          detail: `it is not there any more; its last event: ${reason}`,
        })
    }
  }
  return [...gone.values(), ...scaled]
}

const named = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind} ${namespace ? `${namespace}/` : ''}${name}`

function few(fields: readonly string[]): string {
  const shown = fields.slice(0, MAX_FIELDS).map((path) => path.replace(/^spec\.template\.spec\./, 'template.'))
  return `${shown.join(', ')}${fields.length > MAX_FIELDS ? ` and ${fields.length - MAX_FIELDS} more` : ''}`
}
