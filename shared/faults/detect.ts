import { contextOf } from './context.ts'
import { imageOf } from './detectors/containers.ts'
import { detectors } from './detectors.ts'
import { MAX_CONTEXT_CHARACTERS, type ObjectRef, type Severity } from './fault.ts'
import { faultIdOf } from './fault-id.ts'
import type { KubeObject } from './kube-object.ts'
import { ownerOf, refOf } from './owner.ts'
import { type View, viewOf } from './view.ts'

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
    for (const detector of detectors) {
      for (const finding of detector(view, context)) {
        const { uid, namespace, name } = view.metadata
        const { faultType, severity, text, field, container } = finding
        const about = view.kind === 'Event' ? eventSubject(view.involvedObject) : refOf(view)
        if (about === undefined) continue
        // Objects without a uid come only from incomplete pictures; their name is the next best thing.
        const subject = view.kind === 'Event' ? about.uid : uid
        const faultId = faultIdOf(cluster, faultType, subject ?? `${namespace ?? ''}/${name}`, container ?? '')
        const subjectView = view.kind === 'Event' ? context.byUid(about.uid ?? '') : view
        const node = view.kind === 'Pod' ? view.spec?.nodeName : view.kind === 'Node' ? name : undefined
        const image = view.kind === 'Pod' && container !== undefined ? imageOf(view, container) : undefined
        found.set(faultId, {
          cluster,
          faultId,
          faultType,
          severity,
          resource: about,
          context: text.length <= MAX_CONTEXT_CHARACTERS ? text : `${text.slice(0, MAX_CONTEXT_CHARACTERS - 1)}…`,
          timestamp: `${now.toISOString().slice(0, 19)}Z`,
          owner: subjectView === undefined ? about : ownerOf(subjectView, context),
          ...(node ? { node } : {}),
          ...(container === undefined ? {} : { container }),
          ...(image === undefined ? {} : { image }),
          field,
          resourceLabels: (subjectView ?? view).metadata.labels ?? {},
        })
      }
    }
  }
  return [...found.values()]
}

/** A finding read from an event is a fault of what the event is about. */
function eventSubject(about: Extract<View, { kind: 'Event' }>['involvedObject']): ObjectRef | undefined {
  if (!about.kind || !about.name) return undefined
  return {
    apiVersion: about.apiVersion ?? 'v1',
    kind: about.kind,
    name: about.name,
    ...(about.namespace ? { namespace: about.namespace } : {}),
    ...(about.uid ? { uid: about.uid } : {}),
  }
}
