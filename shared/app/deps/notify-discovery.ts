import { discoveryBreaker } from '../../runtime/breaker-names.ts'
import type { Log } from '../../runtime/log.ts'
import { inParts } from '../../runtime/parts.ts'
import type { Platform } from '../platform.ts'
import { type BreakersPlatform, notifiedBreakers } from './notified-breakers.ts'
import { type ClustersPlatform, notifyClusters } from './notify-clusters.ts'

type DiscoveryPlatform = BreakersPlatform &
  ClustersPlatform & {
    readonly storage: BreakersPlatform['storage'] & ClustersPlatform['storage']
    readonly clusters: Pick<Platform['clusters'], 'current' | 'states'>
  }

/**
 * People hear once when a place of `discovery:` fails again and again, or tells of so few clusters that it is doubted, and
 * once when it is well; and of each cluster that comes or goes. A look is counted once, by its time, however often this asks.
 */
export async function notifyDiscovery(platform: DiscoveryPlatform, log: Log): Promise<void> {
  await platform.clusters.current()
  const breakers = notifiedBreakers(platform, log)
  const { part, end } = inParts('Discovery')
  for (const state of platform.clusters.states())
    await part(state.name, async () => {
      const { name, lookedAt, trouble, doubted } = state
      const breaker = discoveryBreaker(name)
      if (trouble === '') await breakers.succeeded(breaker)
      // Doubted is certain at once: the place does answer.
      else await breakers.failed(breaker, trouble, `${breaker} ${lookedAt}`, doubted)
      await notifyClusters(platform, state)
    })
  end()
}
