import { discoveryBreaker } from '../../runtime/breaker-names.ts'
import type { Log } from '../../runtime/log.ts'
import type { Platform } from '../platform.ts'
import { type BreakersPlatform, notifiedBreakers } from './notified-breakers.ts'

type DiscoveryPlatform = BreakersPlatform & {
  readonly clusters: Pick<Platform['clusters'], 'current' | 'states'>
}

/**
 * People hear once when a place of `discovery:` fails again and again, or tells of so few clusters that it is doubted, and
 * once when it is well. A look is counted once, by its time, however often this asks.
 */
export async function notifyDiscovery(platform: DiscoveryPlatform, log: Log): Promise<void> {
  await platform.clusters.current()
  const breakers = notifiedBreakers(platform, log)
  for (const { name, lookedAt, trouble, doubted } of platform.clusters.states()) {
    const breaker = discoveryBreaker(name)
    if (trouble === '') await breakers.succeeded(breaker)
    // Doubted is certain at once: the place does answer.
    else await breakers.failed(breaker, trouble, `${breaker} ${lookedAt}`, doubted)
  }
}
