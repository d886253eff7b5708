import { contend } from '../runtime/contend.ts'
import { MOST_ATTEMPTS } from './cause-changed.ts'
import type { TriageDeps } from './deps.ts'

/** `busy`: an agent is at it, or on its way. `muted`: a mute holds it back. `often`: it has had all its attempts. */
export type Again = 'queued' | 'busy' | 'muted' | 'often' | 'over'

/** A person wants another attempt: the agent failed, or its answer was wrong. */
export const investigateAgain =
  (deps: Pick<TriageDeps, 'clock' | 'random'> & { readonly store: Pick<TriageDeps['store'], 'current' | 'move'> }) =>
  async (incidentId: string, note: string | undefined): Promise<Again> => {
    let refused: Exclude<Again, 'queued'> = 'over'
    const moved = await contend(deps, incidentId, async () => {
      const stored = await deps.store.current(incidentId)
      if (stored === undefined || stored.incident.status === 'resolved') return undefined
      const { status, muted, skip, fence, rootCause } = stored.incident
      const isMuted = muted !== undefined || skip === 'muted'
      const isBusy = status === 'queued' || status === 'running' || status === 'open'
      refused = isBusy ? 'busy' : isMuted ? 'muted' : 'often'
      if (isBusy || isMuted || fence >= MOST_ATTEMPTS) return undefined
      const before = { reason: undefined, failureReason: undefined, completedAt: undefined, mutedBy: undefined }
      const why = note === undefined || note === '' ? '' : `: ${note}`
      return deps.store.move(stored, 'queued', {
        at: deps.clock.now(),
        note: `Somebody wants it investigated again${why}`,
        changes: { ...before, causeBefore: rootCause },
      })
    })
    return moved === undefined || moved === 'refused' ? refused : 'queued'
  }
