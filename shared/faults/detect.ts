import { contextOf } from '../cluster/context.ts'
import { harmTo } from '../cluster/harm.ts'
import { imageOf } from '../cluster/kinds/pod/containers.ts'
import { signsOf } from '../cluster/kinds.ts'
import { ownerOf, refOf } from '../cluster/owner.ts'
import { type View, type ViewOf, viewOf } from '../cluster/view/view.ts'
import { MAX_CONTEXT_CHARACTERS, MAX_HARM, MAX_MARK, type ObjectRef, type Severity } from './fault.ts'
import { faultIdOf } from './fault-id.ts'
import type { KubeObject } from './kube-object.ts'

/** A fault as it is seen in the state of a cluster; its fields are a FaultNotice's, and `field`, and labels. */
export type DetectedFault = {
  readonly cluster: string
  readonly faultId: string
  readonly faultType: string
  readonly severity: Severity
  readonly resource: ObjectRef
  readonly context: string
  readonly timestamp: string
  readonly owner: ObjectRef
  readonly node?: string
  readonly container?: string
  readonly image?: string
  /** What is unavailable, in words: `0 of 2 ready`. */
  readonly harm?: string
  /** What tells this trouble from another of its type: `exit 1`, and of which revision. */
  readonly mark?: string
  /** The path in the resource it is read from. */
  readonly field: string
  readonly resourceLabels: Readonly<Record<string, string>>
}

export type Snapshot = {
  /** Its name as it goes into fault ids. */
  readonly cluster: string
  readonly objects: readonly KubeObject[]
  /** Kinds of which `objects` holds all there are. Absent: those that occur in it. */
  readonly completeKinds?: readonly string[]
}

/** All faults that the state of a cluster shows now. Pure, and in the order of the objects. */
export const detectFaults = (snapshot: Snapshot, now: Date): readonly DetectedFault[] =>
  detectInViews(
    snapshot.cluster,
    snapshot.objects.flatMap((object) => viewOf(object) ?? []),
    now,
    snapshot.completeKinds,
  )

/** The same for a caller that has kept views in place of objects. */
export function detectInViews(
  cluster: string,
  views: readonly View[],
  now: Date,
  completeKinds?: readonly string[],
): readonly DetectedFault[] {
  const context = contextOf(views, now, new Set(completeKinds ?? views.map((view) => view.kind)))
  const found = new Map<string, DetectedFault>()
  for (const view of views) {
    for (const sign of signsOf(view, context)) {
      const about = view.kind === 'Event' ? eventSubject(view.involvedObject) : refOf(view)
      if (about === undefined) continue
      const { uid, namespace, name } = view.metadata
      // Objects without a uid come only from incomplete pictures; their name is the next best thing.
      const subject = view.kind === 'Event' ? about.uid : uid
      const { reason, message, field, container } = sign
      const faultId = faultIdOf(cluster, reason, subject ?? `${namespace ?? ''}/${name}`, container ?? '')
      const subjectView = view.kind === 'Event' ? context.byUid(about.uid ?? '') : view
      const node = view.kind === 'Pod' ? view.spec?.nodeName : view.kind === 'Node' ? name : undefined
      const image = view.kind === 'Pod' && container !== undefined ? imageOf(view, container) : undefined
      const harm = sign.harm ?? harmTo(subjectView ?? view, context)
      const mark = [sign.mark, revisionOf(view)].filter((part) => part).join(' of ')
      const owner = sign.at === undefined ? undefined : refOf(sign.at)
      found.set(faultId, {
        cluster,
        faultId,
        faultType: reason,
        severity: harm.severity,
        resource: about,
        context:
          message.length <= MAX_CONTEXT_CHARACTERS ? message : `${message.slice(0, MAX_CONTEXT_CHARACTERS - 1)}…`,
        timestamp: `${now.toISOString().slice(0, 19)}Z`,
        owner: owner ?? (subjectView === undefined ? about : ownerOf(subjectView, context)),
        harm: harm.words.slice(0, MAX_HARM),
        ...(mark === '' ? {} : { mark: mark.slice(0, MAX_MARK) }),
        ...(node ? { node } : {}),
        ...(container === undefined ? {} : { container }),
        ...(image === undefined ? {} : { image }),
        field,
        resourceLabels: (subjectView ?? view).metadata.labels ?? {},
      })
    }
  }
  return [...found.values()]
}

/** Of which version of its template a pod is: another one is another trouble. */
const revisionOf = ({ kind, metadata: { labels } }: View): string | undefined =>
  kind === 'Pod' ? (labels?.['pod-template-hash'] ?? labels?.['controller-revision-hash']) : undefined

/** A sign read from an event is a fault of what the event is about. */
function eventSubject(about: ViewOf<'Event'>['involvedObject']): ObjectRef | undefined {
  if (!about.kind || !about.name) return undefined
  return {
    apiVersion: about.apiVersion ?? 'v1',
    kind: about.kind,
    name: about.name,
    ...(about.namespace ? { namespace: about.namespace } : {}),
    ...(about.uid ? { uid: about.uid } : {}),
  }
}
