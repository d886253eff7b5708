import type { Severity } from '../faults/fault.ts'
import type { Incident } from '../incident/incident.ts'
import { errorText } from '../runtime/errors.ts'
import type { TriageDeps } from './deps.ts'

type AnnounceDeps = Pick<TriageDeps, 'notify' | 'clock' | 'log'>

/** The move that it tells of is usually written by then; a notice that comes too early waits a little more. */
const MOVE_SECONDS = 2

/**
 * Says beforehand that an incident is about to move, so that a crash between the two loses no notice; whoever tells it
 * looks whether the move came about. `again` tells one such move of an incident from the next.
 */
export const announce = async (
  { notify, clock }: AnnounceDeps,
  { incidentId, traceparent }: Incident,
  event: 'skipped' | 'resolved',
  again = '0',
): Promise<void> =>
  notify(
    {
      version: 1,
      id: `${event}:${incidentId}:${again}`,
      at: clock.now().toISOString(),
      type: 'incident',
      event,
      incidentId,
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    { delaySeconds: MOVE_SECONDS },
  )

/** Once for each attempt. */
export async function announceNow(
  { notify, clock }: Pick<AnnounceDeps, 'notify' | 'clock'>,
  { incidentId, fence, traceparent }: Incident,
  event: 'opened' | 'started',
): Promise<void> {
  const at = clock.now().toISOString()
  const id = `${event}:${incidentId}:${fence}`
  const traced = traceparent === undefined ? {} : { traceparent }
  await notify({ version: 1, id, at, type: 'incident', event, incidentId, ...traced })
}

/** That an agent is at work is good to know, and nothing that a launch may fail for. */
export async function announceQuietly(deps: AnnounceDeps, incident: Incident): Promise<void> {
  try {
    await announceNow(deps, incident, 'started')
  } catch (error) {
    deps.log.warn(
      { incidentId: incident.incidentId },
      `That its agent is at work could not be told: ${errorText(error)}`,
    )
  }
}

/** Named by how bad it is, so that each place hears of each rise once, and a delivery of the same message tells nothing anew. */
export const announceHarm = async (
  { notify, clock }: Pick<AnnounceDeps, 'notify' | 'clock'>,
  { incidentId, fence, traceparent }: Incident,
  severity: Severity,
): Promise<void> =>
  notify({
    version: 1,
    id: `reported:${incidentId}:${fence}:${severity}`,
    at: clock.now().toISOString(),
    type: 'incident',
    event: 'reported',
    incidentId,
    ...(traceparent === undefined ? {} : { traceparent }),
  })
