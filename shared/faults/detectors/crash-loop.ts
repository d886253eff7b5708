import { type Detector, none } from '../finding.ts'
import { backsOff, containersOf, isLooping } from './containers.ts'

export const crashLoop: Detector = (view, { now }) => {
  if (view.kind !== 'Pod' || view.metadata.deletionTimestamp) return none
  return containersOf(view)
    .filter(({ init, status }) => !init && isLooping(status, now))
    .map(({ status, path }) => {
      const waiting = status.state?.waiting
      const last = status.state?.terminated ?? status.lastState?.terminated
      const text = [
        `Container entered CrashLoopBackOff state, restart count: ${status.restartCount ?? 0}`,
        waiting?.message ? `waiting message: ${waiting.message}` : '',
        typeof last?.exitCode === 'number' ? `last exit code: ${last.exitCode}` : '',
        last?.reason ? `last reason: ${last.reason}` : '',
        last?.message ? `termination message: ${last.message}` : '',
      ].filter((part) => part !== '')
      return {
        faultType: 'CrashLoop',
        severity: 'critical' as const,
        text: text.join(', '),
        field: backsOff(status) ? `${path}.state.waiting.reason` : `${path}.lastState.terminated`,
        container: status.name,
      }
    })
}
