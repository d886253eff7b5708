import { queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import { notifyDigests } from '../../notify/digest.ts'
import { notifyFolded } from '../../notify/fold.ts'
import { wakeWaiting } from '../../notify/wake.ts'
import type { Log } from '../../runtime/log.ts'
import { inParts } from '../../runtime/parts.ts'
import type { Platform } from '../platform.ts'
import { notifiedBreakers } from './notified-breakers.ts'

/** What waits for a place that is back, what was too much for a minute, and once a day what was not bad enough: each by itself. */
export async function notifyHeldBack(platform: Platform, log: Log): Promise<void> {
  const { storage, clock, random, store, clusters } = platform
  const control = storage.table(tables.control)
  const notify = noticesTo(storage.queue(queues.notices))
  const { part, end } = inParts('What was held back')
  await part('what waits', () =>
    wakeWaiting({ control, clock, log, again: notify, breakers: notifiedBreakers(platform, log) }),
  )
  await part('what was folded', () => notifyFolded({ control, clock, random, notify }))
  const routing = async () => ({ routes: (await clusters.current()).notifications, fallback: [] })
  await part('digests', () => notifyDigests({ control, clock, store, notify, routing }))
  end()
}
