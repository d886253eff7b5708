import type { Stored } from '../incident/incident-row.ts'
import { errorText } from '../runtime/errors.ts'
import { announceNow } from './announce.ts'
import type { TriageDeps } from './deps.ts'

const WAITS = 'Waits for a free agent'

/**
 * Something critical that gets no agent now is told all the same: whoever is to be woken must not wait for a queue. Told
 * first and noted then, so that a crash in between tells it under the same name once more.
 */
export async function notifyWaiting(
  deps: Pick<TriageDeps, 'store' | 'notify' | 'clock' | 'log'>,
  waiting: readonly Stored[],
): Promise<void> {
  for (const stored of waiting) {
    const { incident } = stored
    if (incident.severity !== 'critical' || incident.waitingNotifiedAt !== undefined) continue
    try {
      await announceNow(deps, incident, 'opened')
      const at = deps.clock.now()
      // Once for each incident, however often it waits: later moments tell the rest.
      await deps.store.update(stored, { waitingNotifiedAt: at.toISOString() }, { at, note: WAITS })
    } catch (error) {
      const { incidentId } = incident
      deps.log.warn({ incidentId }, `That it waits for an agent could not be told or noted: ${errorText(error)}`)
    }
  }
}
