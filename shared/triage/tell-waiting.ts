import type { Incident } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { errorText } from '../runtime/errors.ts'
import { announceQuietly } from './announce.ts'
import type { TriageDeps } from './deps.ts'

const WAITS = 'Waits for a free agent'

/**
 * Something critical that gets no agent now is told all the same: whoever is to be woken must not wait for a queue. Told
 * first and noted then, so that a crash in between tells it under the same name once more.
 */
export async function tellWaiting(
  deps: Pick<TriageDeps, 'store' | 'notify' | 'clock' | 'log'>,
  waiting: readonly Stored[],
): Promise<void> {
  for (const stored of waiting) {
    const { incident } = stored
    if (incident.severity !== 'critical' || isTold(incident)) continue
    try {
      await announceQuietly(deps, incident, 'opened')
      await deps.store.update(stored, {}, { at: deps.clock.now(), note: WAITS })
    } catch (error) {
      const { incidentId } = incident
      deps.log.warn({ incidentId }, `That it waits for an agent could not be noted: ${errorText(error)}`)
    }
  }
}

/** Once for each incident, however often it waits: later moments tell the rest. */
const isTold = ({ steps }: Incident): boolean => steps.some(({ note }) => note === WAITS)
