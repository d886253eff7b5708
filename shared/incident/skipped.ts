import type { Incident } from './incident.ts'
import { MUTED } from './mute.ts'

/** Reasons that say: there was too much, not: it is unwanted. A fault that comes again later may try again. */
export const OVERLOAD = 'Overload: '
/** How such a reason goes on when the queue had no room; otherwise no agent was free in time. */
export const FULL = 'the queue is full'
/** Reasons that say: not bad enough. What is worse must not be kept silent by it. */
export const BELOW = 'Severity '

export const skipKinds = [
  'below-threshold',
  'explained',
  'muted',
  'no-agent-in-time',
  'queue-full',
  'triage-off',
] as const
export type SkipKind = (typeof skipKinds)[number]

/** Why it got no agent, as metrics tell it; '' when it was not skipped. */
export function skipKind({
  status,
  reason = '',
  mutedBy,
}: Pick<Incident, 'status' | 'reason' | 'mutedBy'>): SkipKind | '' {
  if (status !== 'skipped') return ''
  if (mutedBy !== undefined) return 'explained'
  if (reason.startsWith(MUTED)) return 'muted'
  if (reason.startsWith(OVERLOAD)) return reason.startsWith(FULL, OVERLOAD.length) ? 'queue-full' : 'no-agent-in-time'
  return reason.startsWith(BELOW) ? 'below-threshold' : 'triage-off'
}
