import { condition, eventTime, olderThan } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf } from './containers.ts'

/** A large image on a slow line takes minutes, and nothing tells it from a hang. */
const GRACE_SECONDS = 600
/** With a warning about its volumes or its sandbox there is something that tells. */
const WARNED_GRACE_SECONDS = 120
const reasons = new Set(['FailedMount', 'FailedAttachVolume', 'FailedMapVolume', 'FailedCreatePodSandBox'])
/** Waits that are no trouble of their own: others are, with a fault of their own. */
const plainWaits = new Set(['ContainerCreating', 'PodInitializing'])

export const podStuckPending: Detector = (view, { now, warnings }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp || view.status?.phase !== 'Pending') return none
  if (!view.spec?.nodeName) return none
  const containers = containersOf(view)
  // An init container at work, or one that fails, is not a pod that hangs.
  if (containers.some(({ status }) => status.state?.running || status.state?.terminated)) return none
  if (containers.some(({ status }) => !plainWaits.has(status.state?.waiting?.reason ?? 'ContainerCreating')))
    return none
  const since = condition(view.status.conditions, 'PodScheduled')?.lastTransitionTime ?? view.metadata.creationTimestamp
  const warning = warnings(view.metadata.uid).find(
    (event) => reasons.has(event.reason ?? '') && now.getTime() - eventTime(event) < GRACE_SECONDS * 1000,
  )
  if (!olderThan(warning === undefined ? GRACE_SECONDS : WARNED_GRACE_SECONDS, since, now)) return none
  const why = warning === undefined ? '' : `, last warning: ${warning.reason}: ${warning.message ?? ''}`
  return [
    {
      faultType: 'PodStuckPending',
      severity: 'warning',
      text: `Pod does not start on its node${why}`,
      field: 'status.phase',
    },
  ]
}
