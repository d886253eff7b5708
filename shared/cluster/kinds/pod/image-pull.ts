import { olderThan } from '../../context.ts'
import { none, type Signs } from '../../sign.ts'
import type { PodView } from '../../view/view-pod.ts'
import { containersOf, imageOf } from './containers.ts'

/** Sure at once: the kubelet has tried and failed already, or will never try. */
const sure: ReadonlySet<string> = new Set(['ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull'])
/** A first try that failed: often a registry's hiccup, so a young pod gets a second one. */
const unsure: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
])
const GRACE_SECONDS = 30
/** Two more tries of the kubelet: what a registry refuses for its pace or its state it often gives then. */
const RETRY_SECONDS = 120
/** As registries and the network say that it is not about this image (containerd v2.1, Docker's registry). */
const passing =
  /\b(429|50[0234])\b|too many requests|toomanyrequests|service unavailable|bad gateway|i\/o timeout|TLS handshake timeout|connection (reset|refused)|deadline exceeded|temporary failure|unexpected EOF|pull QPS exceeded/i

export const imagePull: Signs<PodView> = (pod, { now, warnings }) => {
  if (pod.metadata.deletionTimestamp) return none
  return containersOf(pod).flatMap(({ status, path }) => {
    const { reason, message } = status.state?.waiting ?? {}
    if (!reason) return none
    const old = (seconds: number) => olderThan(seconds, pod.metadata.creationTimestamp, now)
    if (!sure.has(reason) && !(unsure.has(reason) && old(GRACE_SECONDS))) return none
    const image = imageOf(pod, status.name) ?? status.image ?? 'unknown'
    // In back-off the kubelet may say only that it waits: why stands in the event of the try before.
    const tries = [
      message,
      ...warnings(pod.metadata.uid)
        .filter((one) => one.message?.includes(image))
        .map((one) => one.message),
    ]
    if (reason !== 'InvalidImageName' && !old(RETRY_SECONDS) && tries.some((text) => passing.test(text ?? '')))
      return none
    return [
      {
        reason: 'ImagePull',
        message: `Image cannot be pulled: ${reason}, image: ${image}${message ? `, message: ${message}` : ''}`,
        field: `${path}.state.waiting.reason`,
        container: status.name,
        mark: image,
      },
    ]
  })
}
