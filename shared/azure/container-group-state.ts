import type { Container, ContainerGroup } from '@azure/arm-containerinstance'
import type { Group, GroupState } from '../runtime/container-groups.ts'

const states: Readonly<Record<string, GroupState>> = {
  pending: 'pending',
  creating: 'pending',
  waiting: 'pending',
  repairing: 'running',
  running: 'running',
  unhealthy: 'running',
  succeeded: 'succeeded',
  failed: 'failed',
  stopped: 'stopped',
}

/** How a group fares is in its instance view; what came of making it is in the provisioning state. */
export function groupFrom({
  name = '',
  tags = {},
  provisioningState,
  instanceView,
  containers,
}: ContainerGroup): Group {
  const said = instanceView?.state ?? ''
  const seen = states[said.toLowerCase()]
  const codes = (containers ?? []).flatMap((one) => one.instanceView?.currentState?.exitCode ?? [])
  // A group may stay Running or Pending for days after all that was in it has ended.
  const over = (containers ?? []).length > 0 && (containers ?? []).every(hasEnded)
  // Without a code nobody knows that it went well.
  const outcome = codes.length > 0 && codes.every((code) => code === 0) ? 'succeeded' : 'failed'
  const lives = seen === undefined || seen === 'pending' || seen === 'running'
  const hopeless = lives && restartsOf(containers) >= MOST_RESTARTS
  const state =
    hopeless || (provisioningState ?? '').toLowerCase() === 'failed'
      ? 'failed'
      : over && lives
        ? outcome
        : (seen ?? 'pending')
  const ended = state === 'succeeded' || state === 'failed' || state === 'stopped'
  // Windows and killed processes end with codes below zero, which are no less bad.
  const worst = codes.find((code) => code !== 0) ?? codes[0]
  const reason =
    reasonOf(instanceView, containers) ??
    // A word that nobody knows is shown, and the deadline decides.
    (seen === undefined && said !== '' ? `Azure calls it ${said.slice(0, 40)}` : undefined) ??
    (state === 'failed' && worst === undefined ? 'Azure ended it without a reason' : undefined)
  return {
    name,
    state,
    tags,
    ...(ended && worst !== undefined ? { exitCode: worst } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}

const hasEnded = ({ instanceView }: Container): boolean =>
  (instanceView?.currentState?.state ?? '').toLowerCase() === 'terminated'

const restartsOf = (containers: ContainerGroup['containers'] | undefined): number =>
  Math.max(0, ...(containers ?? []).map((one) => one.instanceView?.restartCount ?? 0))

const MOST_REASON = 300
/** With restarts switched off: a command that cannot be started is tried again and again, and never terminated. */
const MOST_RESTARTS = 3

/** The last warning of the group or of one of its containers, or how a container says that it ended. */
function reasonOf(
  instanceView: ContainerGroup['instanceView'],
  containers: ContainerGroup['containers'] | undefined,
): string | undefined {
  const warnings = [
    ...(instanceView?.events ?? []),
    ...(containers ?? []).flatMap((one) => one.instanceView?.events ?? []),
  ]
    .filter(({ type }) => type === 'Warning')
    .sort((one, other) => (one.lastTimestamp?.getTime() ?? 0) - (other.lastTimestamp?.getTime() ?? 0))
  const last = warnings.at(-1)
  if (last !== undefined) return [last.name, last.message].filter(Boolean).join(': ').slice(0, MOST_REASON)
  const restarts = restartsOf(containers)
  const details = (containers ?? []).flatMap((one) => one.instanceView?.currentState?.detailStatus || [])
  const first = details.find((detail) => detail !== 'Completed')
  if (restarts >= MOST_RESTARTS)
    return `Azure has tried ${restarts} times to start it. ${first ?? ''}`.trim().slice(0, MOST_REASON)
  return first?.slice(0, MOST_REASON)
}
