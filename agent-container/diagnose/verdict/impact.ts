import type { Culprit, Verdict } from '../../../shared/artifacts/verdict.ts'
import { culpritOf } from '../rules/hypothesis.ts'
import { backing, servicesOf } from '../snapshot/services.ts'
import { label, type Snapshot, seek, whether } from '../snapshot/snapshot.ts'
import { type Subject, topOf } from '../snapshot/subject.ts'

/** Who is hit: replicas, services without an endpoint, workloads of a node. */
export function impactOf(snapshot: Snapshot, subject: Subject): Verdict['impact'] {
  const status = subject.workload?.data.status
  const spec = subject.workload?.data.spec
  const isSet = /^(Deployment|StatefulSet|ReplicaSet|DaemonSet)$/.test(subject.kind)
  const desired = isSet
    ? (spec?.replicas ?? status?.desiredNumberScheduled ?? (subject.kind === 'Deployment' ? 1 : undefined))
    : undefined
  const ready = isSet ? (status?.readyReplicas ?? status?.numberReady ?? 0) : undefined
  const services = servicesOf(snapshot, subject.namespace, subject.pods)
  const dark = services.filter((service) => backing(snapshot, service).ready === 0)
  const workloads =
    subject.kind === 'Node'
      ? unique(
          subject.pods.length > 0 ? subject.pods.map((pod) => topOf(snapshot, pod)) : onNode(snapshot, subject.name),
        )
      : []
  const parts = [
    ...(desired === undefined || ready === undefined
      ? []
      : [`${ready} of ${desired} replicas of ${label(subject)} are ready`]),
    ...(dark.length === 0
      ? []
      : [`${dark.map(label).join(', ')} ${dark.length === 1 ? 'has' : 'have'} no ready endpoint`]),
    ...(workloads.length === 0 ? [] : [`${workloads.length} workloads have pods on the node`]),
  ]
  return {
    summary: `${parts.join('; ') || `${label(subject)} is affected`}.`.slice(0, 600),
    ...(desired === undefined ? {} : { desired }),
    ...(ready === undefined ? {} : { ready }),
    ...(whether(snapshot, subject.kind, subject.namespace, subject.name).is === 'absent'
      ? { gone: true as const }
      : {}),
    ...ownerOf(snapshot, subject),
    affected: unique([culpritOf(subject), ...dark.map(culpritOf), ...workloads]).slice(0, 100),
  }
}

const OWNER = 'nightcrier.dev/owner'
/** A team's name, which people choose in the cluster: nothing that could be more than a name. */
const isName = (text: string): boolean => /^[A-Za-z0-9][\w.@/+-]{0,62}$/.test(text)

/** By label or annotation of the object, else of its namespace where that was read. */
function ownerOf(snapshot: Snapshot, { seen, namespace }: Subject): { readonly owner?: string } {
  const place = namespace === '' ? undefined : seek(snapshot, { kind: 'Namespace', namespace: '', name: namespace })
  const names = [seen, place].flatMap((one) => {
    const { labels = {}, annotations = {} } = one?.object.metadata ?? {}
    return [annotations[OWNER], labels[OWNER]]
  })
  const owner = names.find((one) => one !== undefined && isName(one))
  return owner === undefined ? {} : { owner }
}

const onNode = (snapshot: Snapshot, name: string): readonly Culprit[] =>
  snapshot.objects
    .filter(({ kind, object }) => kind === 'Pod' && JSON.stringify(object.spec ?? {}).includes(`"nodeName":"${name}"`))
    .map((pod) => topOf(snapshot, pod))
const unique = (refs: readonly Culprit[]): Culprit[] => [
  ...new Map(refs.map((ref) => [label(ref), culpritOf(ref)])).values(),
]
