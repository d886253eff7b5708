import { anyWorkload, nodes } from './kinds.ts'
import { quantity } from './quantity.ts'
import { all, type Seen, type Snapshot } from './snapshot.ts'
import type { Subject } from './subject.ts'

/**
 * Devices (`vendor.example/thing`) that the subject's pods ask for and no node has any of, and the DaemonSets that bear the
 * vendor's name: a device is there only while its plugin announces it.
 */
export function devicesRequested(snapshot: Snapshot, subject: Subject) {
  const known = all(snapshot, nodes)
  const asked = (subject.spec?.containers ?? []).flatMap(({ resources }) =>
    Object.keys({ ...resources.limits, ...resources.requests }),
  )
  const requested = [...new Set(asked)].filter(
    (one) =>
      one.includes('/') &&
      known.length > 0 &&
      !known.some(({ data }) => quantity(data.status.allocatable[one] ?? '0') > 0),
  )
  const vendors = requested.flatMap(
    (one) =>
      one
        .split('/')[0]
        ?.split('.')
        .filter((word) => !/^(com|io|k8s|org|net)$/.test(word)) ?? [],
  )
  const agents = snapshot.objects.filter((one) => one.kind === 'DaemonSet' && vendors.some((vendor) => of(one, vendor)))
  return { requested, agents }
}

const of = (one: Seen, vendor: string): boolean =>
  one.name.includes(vendor) ||
  (anyWorkload.of(one)?.data.spec.template?.spec.containers ?? []).some(({ image }) => image?.includes(vendor))
