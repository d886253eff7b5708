import { type Mute, mutedReason } from '../incident/mute.ts'
import { contend } from '../runtime/contend.ts'
import type { NotifyDeps } from './deps.ts'

/** Written on the incident before its notice is let go: whoever sees that the mute is over tells it then. */
export const withhold = (
  deps: Pick<NotifyDeps, 'store' | 'clock' | 'random'>,
  incidentId: string,
  mute: Mute,
): Promise<unknown> =>
  contend(deps, `The mute of ${incidentId}`, async () => {
    const stored = await deps.store.current(incidentId)
    if (stored === undefined || stored.incident.muted?.id === mute.id) return
    const at = deps.clock.now()
    const { id, until, reason } = mute
    const muted = { id, since: at.toISOString(), until, reason }
    return deps.store.update(stored, { muted }, { at, note: mutedReason(mute) })
  })
