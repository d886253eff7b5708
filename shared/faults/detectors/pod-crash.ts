import { because, within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { containersOf, isCrash, isLooping, isOutOfMemory, RECENT_CRASH_SECONDS } from './containers.ts'

/** A Job counts its pods' failures itself and has a fault of its own. */
const isOfJob = (owners: readonly { kind: string }[] | null | undefined) =>
  owners?.some((owner) => owner.kind === 'Job') === true

export const podCrash: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp || isOfJob(view.metadata.ownerReferences)) return none
  return containersOf(view)
    .filter(({ init, status }) => !init && !isLooping(status, now))
    .flatMap(({ status, path }) => {
      const ended = status.state?.terminated
      const terminated = isCrash(ended) ? ended : status.lastState?.terminated
      if (!terminated || !isCrash(terminated) || isOutOfMemory(terminated)) return none
      if (!within(RECENT_CRASH_SECONDS, terminated.finishedAt, now)) return none
      return [
        {
          faultType: 'PodCrash',
          severity: 'warning' as const,
          text: `Container crashed with exit code ${terminated.exitCode}${because(terminated)}`,
          field: `${path}.${terminated === ended ? 'state' : 'lastState'}.terminated.exitCode`,
          container: status.name,
        },
      ]
    })
}
