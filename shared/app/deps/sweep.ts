import type { Log } from '../../runtime/log.ts'
import { inParts } from '../../runtime/parts.ts'
import { sweep as sweepTriage } from '../../triage/sweep.ts'
import type { Platform } from '../platform.ts'
import { notifyDiscovery } from './notify-discovery.ts'
import { notifyHeldBack } from './notify-held-back.ts'
import { triageDeps } from './triage.ts'

/** What only time moves. A container group that cannot be listed must not keep people from hearing of something else. */
export async function sweep(platform: Platform, log: Log): Promise<void> {
  const { part, end } = inParts('The minute')
  await part('triage', sweepTriage(triageDeps(platform, log)))
  await part('discovery', () => notifyDiscovery(platform, log))
  await part('what waits, was folded or is for a digest', () => notifyHeldBack(platform, log))
  end()
}
