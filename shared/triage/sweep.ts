import { inParts } from '../runtime/parts.ts'
import { checkTriage } from './check-triage.ts'
import { closeUnwatched } from './close-unwatched.ts'
import type { TriageDeps } from './deps.ts'
import { archiveIncidents, forgetIncidents } from './forget-incidents.ts'
import { freeSlots, launchWaiting } from './launch-waiting.ts'
import { removeGroups } from './remove-groups.ts'
import { resolveQuiet, skipOverdue } from './settle-incidents.ts'
import { settleMutes } from './settle-mutes.ts'
import { surfaceExplained } from './surface-explained.ts'
import { watchAgents } from './watch-agents.ts'
import { watchClusters } from './watch-clusters.ts'

/**
 * Puts right what a crash, a lost message or a lost agent left behind, and moves on what only time moves. Every part
 * may run at any time, twice, or beside another sweep; one that fails stops none of the others.
 */
export const sweep = (deps: TriageDeps) => async (): Promise<void> => {
  const { part, end } = inParts('The sweep')
  const groups = await part('list container groups', () => deps.groups.list())
  if (groups !== undefined) {
    await part('watch agents', () => watchAgents(deps)(groups))
    await part('remove container groups', () => removeGroups(deps)(groups))
  }
  await part('settle mutes', settleMutes(deps))
  await part('skip what waited too long', skipOverdue(deps))
  await part('resolve what is quiet', resolveQuiet(deps))
  await part('surface what is explained no more', surfaceExplained(deps))
  const left = (await part('watch clusters', watchClusters(deps))) ?? []
  if (left.length > 0) await part('close what nobody watches', () => closeUnwatched(deps)(left))
  await part('check triage', checkTriage(deps))
  await part('free slots', () => freeSlots(deps))
  await part('launch', launchWaiting(deps))
  await part('set aside what is over', archiveIncidents(deps))
  await part('forget', forgetIncidents(deps))
  end()
}
