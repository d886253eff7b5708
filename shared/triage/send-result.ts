import type { EndCause } from '../incident/incident.ts'
import type { Stored } from '../incident/incident-row.ts'
import { ResultMessage } from '../incident/messages.ts'
import { contend } from '../runtime/contend.ts'
import type { TriageDeps } from './deps.ts'

export type SendResultDeps = Pick<TriageDeps, 'store' | 'results' | 'clock' | 'random'>

/**
 * Speaks for an agent that cannot, so that a report with what is known is still published. Sent first, marked after: a
 * crash between the two sends it twice, and the report stage answers the second with nothing.
 */
export const sendResult =
  (deps: SendResultDeps) =>
  async ({ incident }: Stored, ended: ResultMessage['ended'], reason: string, cause?: EndCause): Promise<void> => {
    const { incidentId, fence, traceparent } = incident
    const message = ResultMessage.parse({
      version: 1,
      incidentId,
      fence,
      ended,
      reason: reason.slice(0, 1000),
      ...(cause === undefined ? {} : { cause }),
      ...(traceparent === undefined ? {} : { traceparent }),
    })
    await deps.results.send(JSON.stringify(message))
    await contend(deps, incidentId, async () => {
      const stored = await deps.store.current(incidentId)
      if (stored?.incident.status !== 'running' || stored.incident.fence !== fence) return
      const at = deps.clock.now()
      return deps.store.update(stored, { resultSentAt: at.toISOString() }, { at, note: reason })
    })
  }
