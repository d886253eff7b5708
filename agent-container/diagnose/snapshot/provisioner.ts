import { z } from 'zod'
import { claims, pods } from './kinds.ts'
import type { Pod } from './shapes.ts'
import { text } from './shapes.ts'
import { all, isKind, listed, reader, type Seen, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

export const storageClasses = reader('StorageClass', z.object({ provisioner: text }))

export type Provisioning = {
  readonly claim: Seen
  readonly storageClass: Seen
  /** `disk.csi.example.net` */
  readonly provisioner: string
  /** Pods that run it, the likeliest first. */
  readonly pods: readonly Seen<Pod>[]
  /** False when drivers and pods of the whole cluster were not read: then no pod proves nothing. */
  readonly complete: boolean
  /** A CSIDriver of that name is registered. */
  readonly registered: boolean
}

/** The claims of a subject that wait, and who should make their volumes. */
export function provisioningOf(snapshot: Snapshot, subject: Subject): readonly Provisioning[] {
  return waitingClaims(snapshot, subject).flatMap((claim) => {
    const name = claim.data.spec.storageClassName
    const storageClass = all(snapshot, storageClasses).find((one) => one.name === name)
    const provisioner = storageClass?.data.provisioner
    if (storageClass === undefined || provisioner === undefined || provisioner === 'kubernetes.io/no-provisioner')
      return []
    return [
      {
        claim,
        storageClass,
        provisioner,
        pods: whoRuns(snapshot, provisioner),
        complete: listed(snapshot, 'CSIDriver', '') && listed(snapshot, 'Pod', ''),
        registered: snapshot.objects.some((one) => isKind(one, 'CSIDriver') && one.name === provisioner),
      },
    ]
  })
}

export function waitingClaims(snapshot: Snapshot, subject: Subject) {
  const used = new Set(
    [subject.spec, ...subject.pods.slice(0, 5).map(({ data }) => data.spec)].flatMap((spec) =>
      (spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    ),
  )
  return all(snapshot, claims, subject.namespace).filter(
    ({ name, data }) =>
      data.status.phase === 'Pending' &&
      (used.has(name) || (subject.kind === 'PersistentVolumeClaim' && subject.name === name)),
  )
}

/** Pods with a provisioner in them that name the driver; where none does, the ones that share a word with it. */
function whoRuns(snapshot: Snapshot, provisioner: string): readonly Seen<Pod>[] {
  const makers = all(snapshot, pods).filter((pod) =>
    pod.data.spec.containers.some(({ name, image = '' }) => /provisioner/.test(`${name} ${image}`)),
  )
  const naming = all(snapshot, pods).filter((pod) => JSON.stringify(pod.raw.spec ?? {}).includes(provisioner))
  const both = makers.filter((pod) => naming.includes(pod))
  if (both.length > 0) return both
  const words = provisioner.split(/[./-]/).filter((word) => word.length > 3 && !common.has(word))
  const akin = makers.filter((pod) => words.some((word) => JSON.stringify(pod.raw).includes(word)))
  return akin.length > 0 ? akin : naming
}
const common = new Set(['storage', 'driver', 'kubernetes', 'provisioner', 'local'])
