import type { ContainerGroup } from '@azure/arm-containerinstance'
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
  const seen = states[(instanceView?.state ?? '').toLowerCase()] ?? 'pending'
  const state = (provisioningState ?? '').toLowerCase() === 'failed' ? 'failed' : seen
  const codes = (containers ?? []).flatMap((one) => one.instanceView?.currentState?.exitCode ?? [])
  const ended = state === 'succeeded' || state === 'failed' || state === 'stopped'
  // Windows and killed processes end with codes below zero, which are no less bad.
  const worst = codes.find((code) => code !== 0) ?? codes[0]
  const reason = reasonOf(instanceView, containers)
  return {
    name,
    state,
    tags,
    ...(ended && worst !== undefined ? { exitCode: worst } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}

const MOST_REASON = 300

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
  const details = (containers ?? []).flatMap((one) => one.instanceView?.currentState?.detailStatus || [])
  return details.find((detail) => detail !== 'Completed')?.slice(0, MOST_REASON)
}
