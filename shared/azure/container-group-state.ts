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
  const codes = containers.flatMap((one) => one.instanceView?.currentState?.exitCode ?? [])
  const ended = state === 'succeeded' || state === 'failed' || state === 'stopped'
  const worst = codes.length > 0 ? Math.max(...codes) : undefined
  return { name, state, tags, ...(ended && worst !== undefined ? { exitCode: worst } : {}) }
}
