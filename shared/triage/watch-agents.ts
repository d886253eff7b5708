import { bundleName } from '../artifacts/layout.ts'
import { containerGroupName } from '../incident/identity.ts'
import type { Stored } from '../incident/incident-row.ts'
import type { ResultMessage } from '../incident/messages.ts'
import type { Group } from '../runtime/container-groups.ts'
import { errorText } from '../runtime/errors.ts'
import type { TriageDeps } from './deps.ts'
import { sendResult } from './send-result.ts'
import { startAgent } from './start-agent.ts'

/** For an agent that ends itself at its deadline: to write its bundle and say so. */
const DEADLINE_GRACE = 30_000
/** For a launch that is at this moment between its write and its start, and for a result on its way through the queue. */
const SETTLING = 60_000
/** A result that the report stage has not taken up by then is sent again: its message may have been poisoned. */
const RESULT_PATIENCE = 15 * 60_000
/** Far above MAX_CONCURRENT_AGENTS. */
const MOST_RUNNING = 500

/** Running incidents whose agent is late, gone, dead or was never started. One that cannot be dealt with stops no other. */
export const watchAgents =
  (deps: TriageDeps) =>
  async (groups: readonly Group[]): Promise<void> => {
    const { items } = await deps.store.list({ status: 'running' }, MOST_RUNNING)
    const failures: string[] = []
    await Promise.all(
      items.map(async (stored) => {
        const { incidentId, fence } = stored.incident
        try {
          await watchOne(
            deps,
            stored,
            groups.find(({ name }) => name === containerGroupName(incidentId, fence)),
          )
        } catch (error) {
          failures.push(`${incidentId}: ${errorText(error)}`)
        }
      }),
    )
    if (failures.length > 0) throw new Error(failures.join('; '))
  }

async function watchOne(deps: TriageDeps, stored: Stored, group: Group | undefined): Promise<void> {
  const { incident } = stored
  const now = deps.clock.now().getTime()
  const since = (at: string | undefined) => (at === undefined ? Infinity : now - new Date(at).getTime())
  const late = since(incident.deadline) >= DEADLINE_GRACE
  const active = group?.state === 'pending' || group?.state === 'running'
  if (incident.resultSentAt !== undefined && since(incident.resultSentAt) < RESULT_PATIENCE) {
    if (active && late) await deps.groups.remove(group.name)
    return
  }
  if (active) {
    if (!late) return
    const overdue = seconds(since(incident.deadline))
    const why = group.reason === undefined ? '' : `: ${group.reason}`
    // Said first: a group that cannot be removed must not keep its incident running. What it says later is outdated.
    await speakFor(deps, stored, 'timeout', `The agent was still ${group.state} ${overdue} after its deadline${why}`)
    return deps.groups.remove(group.name)
  }
  if (since(incident.startedAt) < SETTLING) return
  if (group !== undefined) {
    const exit = group.exitCode === undefined ? '' : ` with exit code ${group.exitCode}`
    const why = group.reason === undefined ? '' : `: ${group.reason}`
    return speakFor(deps, stored, 'failed', `The agent ended${exit} and said nothing${why}`)
  }
  if (incident.agentStartedAt !== undefined) {
    // After the deadline most likely by a sweep that crashed before it could say so.
    return speakFor(deps, stored, late ? 'timeout' : 'lost', 'The container group is gone')
  }
  if (!late) {
    await startAgent(deps)(stored)
    return
  }
  return speakFor(
    deps,
    stored,
    'not-started',
    incident.failureReason ?? 'The agent was not started before its deadline',
  )
}

/** What the agent left, if anything, decides: a bundle was its last act but one. */
async function speakFor(deps: TriageDeps, stored: Stored, ended: ResultMessage['ended'], why: string): Promise<void> {
  const { incidentId, fence, cluster } = stored.incident
  const bundle = await deps.bundles.info(bundleName(incidentId, fence))
  if (bundle === undefined) {
    deps.log.warn({ incidentId, cluster, ended }, `${incidentId}: ${why}`)
    await notifyLost(deps, stored, why)
    return sendResult(deps)(stored, ended, why)
  }
  // Its own message is likely on the way.
  if (deps.clock.now().getTime() - bundle.lastModified.getTime() < SETTLING) return
  const found = `${why}; what it had found is there`
  deps.log.warn({ incidentId, cluster, ended }, `${incidentId}: ${found}`)
  return sendResult(deps)(stored, ended === 'timeout' ? 'timeout' : 'completed', found)
}

/** A report of what is known follows; this says at once that no agent is at work any more. */
async function notifyLost(deps: TriageDeps, { incident }: Stored, why: string): Promise<void> {
  if (!deps.settings.NOTIFY_ON_AGENT_FAILURE) return
  const { incidentId, cluster, fence } = incident
  const at = deps.clock.now().toISOString()
  const reason = why.slice(0, 1000)
  await deps.notify({
    version: 1,
    type: 'agent-lost',
    id: `lost:${incidentId}:${fence}`,
    at,
    incidentId,
    cluster,
    reason,
  })
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`
