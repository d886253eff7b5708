import { z } from 'zod'
import { queues } from '../artifacts/layout.ts'
import { ResultMessage, TriageMessage } from '../incident/messages.ts'
import { NoticeMessage } from '../incident/notices.ts'
import { otherVersion } from '../incident/unreadable.ts'
import { contend } from '../runtime/contend.ts'
import { derivedId } from '../runtime/ids.ts'
import type { TriageDeps } from './deps.ts'
import { claimedCluster, keepDeadLetter } from './keep-dead-letter.ts'

export type DeadLetterDeps = Pick<TriageDeps, 'store' | 'deadLetters' | 'notify' | 'clock' | 'random' | 'log'>

const POISONED = 'Its result could not be published in five tries; see the log of function report'

/** A message that failed five times: kept, told, and what it was about is closed so that nothing waits for it. */
export const handleDeadLetter =
  (deps: DeadLetterDeps) =>
  async (queue: string, body: unknown): Promise<void> => {
    const id = `${queue}-${derivedId(20, queue, JSON.stringify(body) ?? '')}`
    const { incidentId, cluster, ...said } = describe(body)
    const published = incidentId === undefined ? undefined : (await deps.store.byId(incidentId))?.reportedAt
    const reason =
      published === undefined
        ? said.reason
        : `The report of incident ${incidentId} is published, but what follows it (notice, list, counters) was not done in five tries`
    const blob = await keepDeadLetter(deps)({ id, queue, cluster, reason, body })
    const result = ResultMessage.safeParse(body)
    if (result.success) await close(deps, result.data)
    // A notice that could not be told is not told of by a notice.
    if (queue === queues.notices) return
    await deps.notify({
      version: 1,
      id: `dead-letter:${id}`,
      at: deps.clock.now().toISOString(),
      type: 'dead-letter',
      queue,
      reason,
      blob,
      ...(incidentId === undefined ? {} : { incidentId }),
      ...(cluster === undefined ? {} : { cluster }),
    })
  }

function describe(body: unknown): { reason: string; incidentId?: string; cluster?: string | undefined } {
  const result = ResultMessage.safeParse(body)
  if (result.success) {
    const { incidentId } = result.data
    return {
      reason: `The result of incident ${incidentId} could not be published`,
      incidentId,
      cluster: incidentId.split('.')[0],
    }
  }
  const faults = TriageMessage.safeParse(body)
  if (faults.success && faults.data.type === 'faults') {
    const count = faults.data.faults.length
    return { reason: `${count} faults could not be admitted`, cluster: claimedCluster(faults.data.faults[0]) }
  }
  const notice = NoticeMessage.safeParse(body)
  if (notice.success) return { reason: `A notice (${notice.data.id}) could not be told` }
  const version = otherVersion(body)
  if (version !== undefined) return { reason: version }
  const type = z.looseObject({ type: z.string().max(50) }).safeParse(body)
  return {
    reason: type.success
      ? `A message of type ${type.data.type} could not be handled`
      : 'A message that nobody can read',
  }
}

/** Failed is a state with a reason, and the end of this attempt: its slot and its group go with the next sweep. */
async function close(deps: DeadLetterDeps, { incidentId, fence }: ResultMessage): Promise<void> {
  await contend(deps, incidentId, async () => {
    const stored = await deps.store.current(incidentId)
    if (stored === undefined) return 'refused'
    const at = deps.clock.now()
    return deps.store.move(stored, 'failed', {
      at,
      note: POISONED,
      fence,
      changes: { failureReason: POISONED, completedAt: at.toISOString() },
    })
  })
}
