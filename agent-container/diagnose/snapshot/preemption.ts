import { pods } from './kinds.ts'
import type { Pod } from './shapes.ts'
import { all, type Seen, type SeenEvent, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/** Events by which pods of this subject were pushed out, newest first. */
export const preemptionsOf = (snapshot: Snapshot, subject: Subject): readonly SeenEvent[] =>
  snapshot.events
    .filter(
      ({ reason, kind, namespace, name }) =>
        reason === 'Preempted' &&
        kind === 'Pod' &&
        namespace === subject.namespace &&
        [subject, ...subject.revisions].some((one) => name.startsWith(`${one.name}-`)),
    )
    .toReversed()

/** Who took their places. The scheduler names the pod by its uid, older ones by its name. */
export const preemptors = (
  snapshot: Snapshot,
  subject: Subject,
): readonly { readonly event: SeenEvent; readonly pod: Seen<Pod> }[] =>
  preemptionsOf(snapshot, subject).flatMap((event) => {
    const by = /preempted by (?:a )?(?:pod )?"?([\w./-]+)/i.exec(event.message)?.[1] ?? ''
    const pod = all(snapshot, pods).find(
      (one) => one.object.metadata.uid === by || `${one.namespace}/${one.name}` === by,
    )
    return pod === undefined ? [] : [{ event, pod }]
  })
