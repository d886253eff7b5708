import type { Culprit } from '../../../shared/artifacts/verdict.ts'
import { type DetectedFault, detectFaults } from '../../../shared/faults/detect.ts'
import { faultKinds } from '../../../shared/faults/fault-kinds.ts'
import type { KubeObject } from '../../../shared/faults/kube-object.ts'
import { label, listed, type SeenEvent, type Snapshot, seek } from './snapshot.ts'

const kept = new WeakMap<Snapshot, readonly DetectedFault[]>()

/** What the watch's own detectors see in what was read now: who opens an incident and who closes it ask the same. */
export function stillSeen(snapshot: Snapshot): readonly DetectedFault[] {
  const known = kept.get(snapshot)
  if (known !== undefined) return known
  const { namespace } = snapshot.incident
  const found = detectFaults(
    {
      cluster: snapshot.incident.cluster,
      objects: [
        ...snapshot.objects.map(({ raw }) => raw),
        ...snapshot.events.map((one, at) => eventOf(snapshot, one, at)),
      ],
      completeKinds: faultKinds.map(({ kind }) => kind).filter((kind) => listed(snapshot, kind, namespace)),
    },
    snapshot.now,
  )
  kept.set(snapshot, found)
  return found
}

/** Those that are about one object: at itself, or at what it owns. */
export const stillSeenAt = (snapshot: Snapshot, ref: Culprit): readonly DetectedFault[] =>
  stillSeen(snapshot).filter(({ resource, owner }) =>
    [resource, owner].some((one) => label({ ...one, namespace: one.namespace ?? '' }) === label(ref)),
  )

/** As the API wrote it, as far as it was kept. */
function eventOf(snapshot: Snapshot, event: SeenEvent, at: number): KubeObject {
  const { kind, namespace, name, fieldPath } = event
  const about = seek(snapshot, { kind, namespace, name })
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${at}`, namespace: namespace === '' ? 'default' : namespace },
    type: event.type,
    reason: event.reason,
    message: event.message,
    count: event.count,
    ...(event.first === '' ? {} : { firstTimestamp: event.first }),
    ...(event.at === '' ? {} : { lastTimestamp: event.at }),
    involvedObject: {
      apiVersion: about?.apiVersion ?? 'v1',
      kind,
      name,
      fieldPath,
      ...(namespace === '' ? {} : { namespace }),
      uid: about?.raw.metadata.uid ?? `${kind}/${namespace}/${name}`,
    },
  }
}
