import type { Clock } from '../runtime/clock.ts'
import { contend } from '../runtime/contend.ts'
import type { Random } from '../runtime/ids.ts'
import type { Stored } from './incident-row.ts'
import type { IncidentStore } from './store.ts'

export type AcknowledgeDeps = {
  readonly store: Pick<IncidentStore, 'current' | 'update'>
  readonly clock: Clock
  readonly random: Random
}

/** Somebody is at it: it is not told again when a mute ends, until it gets worse or its cause changes. */
export const acknowledge =
  (deps: AcknowledgeDeps) =>
  (incidentId: string, { by, note }: { readonly by: string; readonly note: string }): Promise<Stored | undefined> =>
    contend(deps, incidentId, async () => {
      const stored = await deps.store.current(incidentId)
      if (stored === undefined || stored.incident.status === 'resolved') return undefined
      const before = stored.incident.acknowledged
      // Said again, by a double click or a link that was opened twice.
      if (before !== undefined && before.by === by && before.note === note) return stored
      const at = deps.clock.now()
      const words = ['Acknowledged', ...(by === '' ? [] : [`by ${by}`])].join(' ')
      const step = { at, note: note === '' ? words : `${words}: ${note}` }
      return deps.store.update(stored, { acknowledged: { at: at.toISOString(), by, note } }, step)
    })
