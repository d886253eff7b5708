import { olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf, imageOf } from './containers.ts'

/** Sure at once: the kubelet has tried and failed already, or will never try. */
const sure = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])
/** A first try that failed: often a registry's hiccup, so a young pod gets a second one. */
const unsure = new Set(['ErrImagePull', 'ImageInspectError', 'RegistryUnavailable', 'SignatureValidationFailed'])
const GRACE_SECONDS = 30

export const imagePull: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view).flatMap(({ status, path }) => {
    const { reason, message } = status.state?.waiting ?? {}
    if (!reason) return none
    const old = olderThan(GRACE_SECONDS, view.metadata.creationTimestamp, now)
    if (!sure.has(reason) && !(unsure.has(reason) && old)) return none
    const image = imageOf(view, status.name) ?? status.image ?? 'unknown'
    return [
      {
        faultType: 'ImagePull',
        severity: 'critical' as const,
        text: `Image cannot be pulled: ${reason}, image: ${image}${message ? `, message: ${message}` : ''}`,
        field: `${path}.state.waiting.reason`,
        container: status.name,
      },
    ]
  })
}
