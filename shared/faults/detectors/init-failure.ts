import { within } from '../context.ts'
import { type Detector, none } from '../finding.ts'
import { backsOff, containersOf, isCrash, RECENT_CRASH_SECONDS } from './containers.ts'

export const initFailure: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view)
    .filter(({ init }) => init)
    .flatMap(({ status, path }) => {
      const ended = status.state?.terminated
      // An init container that has ended well is done, whatever its earlier tries.
      if (ended && !isCrash(ended)) return none
      const last = ended ?? status.lastState?.terminated
      const backingOff = backsOff(status)
      if (!backingOff && !(isCrash(last) && within(RECENT_CRASH_SECONDS, last?.finishedAt, now))) return none
      const code = typeof last?.exitCode === 'number' ? `, last exit code: ${last.exitCode}` : ''
      const reason = last?.reason ? `, last reason: ${last.reason}` : ''
      return [
        {
          faultType: 'InitFailure',
          severity: 'critical' as const,
          text: `Init container failed, restart count: ${status.restartCount ?? 0}${code}${reason}`,
          field: backingOff ? `${path}.state.waiting.reason` : `${path}.${ended ? 'state' : 'lastState'}.terminated`,
          container: status.name,
        },
      ]
    })
}
