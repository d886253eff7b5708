import { containerGroupName } from '../incident/identity.ts'
import type { Group } from '../runtime/container-groups.ts'
import { errorText } from '../runtime/errors.ts'
import type { TriageDeps } from './deps.ts'
import { isTrial } from './try-agent.ts'

/** The names that containerGroupName gives: what else lies in the resource group is not ours to remove. */
const ours = /^triage-[0-9a-f]{20}-\d{1,9}$/
/** Per pass: removals are slow requests, and what is left over is taken at the next. */
const MOST_REMOVALS = 20
/** For a last look at what came of it. */
const TRIAL_GRACE = 5 * 60_000

/**
 * Groups that no running incident needs: finished, overtaken by a later fence, or of nobody. Money runs while they do.
 * One that cannot be removed stops none behind it.
 */
export const removeGroups =
  (deps: Pick<TriageDeps, 'groups' | 'store' | 'log' | 'clock'>) =>
  async (groups: readonly Group[]): Promise<readonly string[]> => {
    const removed: string[] = []
    const failures: string[] = []
    const all = groups.filter(({ name }) => ours.test(name) || isTrial(name))
    // Each minute from another one on: twenty that can never be removed hold up nobody for ever.
    const first = Math.floor(deps.clock.now().getTime() / 60_000) % Math.max(1, all.length)
    for (const group of [...all.slice(first), ...all.slice(0, first)]) {
      if (removed.length + failures.length >= MOST_REMOVALS) break
      try {
        if (await isNeeded(deps, group)) continue
        await deps.groups.remove(group.name)
        deps.log.info({ group: group.name, state: group.state }, `Removed container group ${group.name}`)
        removed.push(group.name)
      } catch (error) {
        failures.push(`${group.name}: ${errorText(error)}`)
      }
    }
    if (failures.length > 0) throw new Error(failures.join('; '))
    return removed
  }

/** The group was listed before its row is read, and a row is running before its group exists: so this cannot be too early. */
async function isNeeded(deps: Pick<TriageDeps, 'store' | 'clock'>, group: Group): Promise<boolean> {
  // Whoever tried an agent takes it away; what is past its deadline nobody asks for any more.
  if (isTrial(group.name)) return !(Date.parse(group.tags.deadline ?? '') + TRIAL_GRACE < deps.clock.now().getTime())
  const stored = await deps.store.current(group.tags.incidentId ?? '')
  if (stored?.incident.status !== 'running') return false
  return containerGroupName(stored.incident.incidentId, stored.incident.fence) === group.name
}
