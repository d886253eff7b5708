import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { topOwner } from '../../../shared/incident/identity.ts'
import { anyWorkload, controllerRevisions, jobs, pods, replicaSets } from './kinds.ts'
import { Pod, type PodSpec } from './shapes.ts'
import { Workload } from './shapes-around.ts'
import { all, refOf, type Seen, type Snapshot, same, seek } from './snapshot.ts'

/** What an investigation is about: one object, with the pods and revisions below it when it has any. */
export type Subject = Culprit & {
  readonly seen: Seen | undefined
  readonly workload: Seen<Workload> | undefined
  readonly pods: readonly Seen<Pod>[]
  /** Newest first. */
  readonly revisions: readonly Seen<Workload>[]
  readonly spec: PodSpec | undefined
  /** With environment values as they are: only to compare with, never to be shown. */
  readonly rawSpec: PodSpec | undefined
  readonly labels: Readonly<Record<string, string>>
}

/** A controller that people write; what stands above it (an operator's resource) is not followed. */
const tops = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'Node'])

/** The workload at the top of an object's owners. */
export function topOf(snapshot: Snapshot, seen: Seen): Culprit {
  let at: Seen = seen
  for (let depth = 0; depth < 5; depth++) {
    const owner = at.object.metadata.ownerReferences?.find((one) => one.controller === true)
    if (tops.has(at.kind) || owner === undefined || owner.kind === 'Node') return refOf(at)
    const ref = { kind: owner.kind, namespace: at.namespace, name: owner.name }
    const above = seek(snapshot, ref)
    if (above === undefined) return refOfName(ref)
    at = above
  }
  return refOf(at)
}
/** An owner that was not read: a ReplicaSet's name still gives its Deployment away. */
function refOfName(ref: Culprit): Culprit {
  const top = topOwner({ resource: { apiVersion: '', ...ref } })
  return { kind: top.kind, namespace: ref.namespace, name: top.name }
}

export function subjectOf(snapshot: Snapshot, ref: Culprit): Subject {
  const seen = seek(snapshot, ref)
  const workload = seen === undefined ? undefined : anyWorkload.of(seen)
  const own =
    ref.kind === 'Pod'
      ? all(snapshot, pods, ref.namespace).filter((pod) => pod.name === ref.name)
      : all(snapshot, pods, ref.namespace).filter((pod) => below(snapshot, pod, ref))
  const revisions = [...all(snapshot, replicaSets, ref.namespace), ...all(snapshot, controllerRevisions, ref.namespace)]
    .filter((set) => set.object.metadata.ownerReferences?.some((one) => one.kind === ref.kind && one.name === ref.name))
    .toSorted((a, b) => revision(b) - revision(a))
  const template = workload?.data.spec.template ?? workload?.data.spec.jobTemplate?.spec.template
  const hasTemplate = (template?.spec.containers.length ?? 0) > 0
  const newest = own.toSorted((a, b) => created(b).localeCompare(created(a)))[0]
  return {
    ...ref,
    seen,
    workload,
    pods: own,
    revisions,
    spec: hasTemplate ? template?.spec : newest?.data.spec,
    rawSpec: hasTemplate ? rawTemplate(seen) : newest === undefined ? undefined : Pod.safeParse(newest.raw).data?.spec,
    labels: (hasTemplate ? template?.metadata.labels : newest?.object.metadata.labels) ?? {},
  }
}
function rawTemplate(seen: Seen | undefined): PodSpec | undefined {
  const raw = Workload.safeParse(seen?.raw).data?.spec
  return (raw?.template ?? raw?.jobTemplate?.spec.template)?.spec
}
const created = (seen: Seen): string => seen.object.metadata.creationTimestamp ?? ''

function below(snapshot: Snapshot, pod: Seen, ref: Culprit): boolean {
  let at: Seen = pod
  for (let depth = 0; depth < 5; depth++) {
    const owner = at.object.metadata.ownerReferences?.find((one) => one.controller === true)
    if (owner === undefined) return false
    const above = { kind: owner.kind, namespace: at.namespace, name: owner.name }
    if (same(above, ref)) return true
    const next = seek(snapshot, above)
    if (next === undefined) return same(refOfName(above), ref)
    at = next
  }
  return false
}

/** The Jobs that a CronJob made, newest first. */
export const runsOf = (snapshot: Snapshot, subject: Culprit): readonly Seen<Workload>[] =>
  subject.kind !== 'CronJob'
    ? []
    : all(snapshot, jobs, subject.namespace)
        .filter((run) => run.object.metadata.ownerReferences?.some(({ name }) => name === subject.name))
        .toSorted((a, b) => created(b).localeCompare(created(a)))

export const revision = (set: Seen): number =>
  Number(set.object.revision ?? set.object.metadata.annotations?.['deployment.kubernetes.io/revision'] ?? 0)

/** Who applies this object: then the change belongs into the source, not into the cluster. */
export function managedBy(seen: Seen | undefined): string | undefined {
  const { labels = {}, annotations = {} } = seen?.object.metadata ?? {}
  if (annotations['argocd.argoproj.io/tracking-id'] ?? labels['argocd.argoproj.io/instance']) return 'Argo CD'
  if (labels['kustomize.toolkit.fluxcd.io/name'] ?? labels['helm.toolkit.fluxcd.io/name']) return 'Flux'
  if (annotations['meta.helm.sh/release-name'] !== undefined)
    return `Helm release ${annotations['meta.helm.sh/release-name']}`
  if (labels['app.kubernetes.io/managed-by'] === 'Helm') return 'Helm'
  return undefined
}
