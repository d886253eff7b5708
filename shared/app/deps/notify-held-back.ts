import { queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import { notifyDigests } from '../../notify/digest.ts'
import { notifyFolded } from '../../notify/fold.ts'
import { wakeWaiting } from '../../notify/wake.ts'
import type { Log } from '../../runtime/log.ts'
import type { Platform } from '../platform.ts'
import { notifiedBreakers } from './notified-breakers.ts'

/** What waits for a place that is back, what was too much for a minute, and once a day what was not bad enough. */
export async function notifyHeldBack(platform: Platform, log: Log): Promise<void> {
  const { storage, clock, random, store, clusters } = platform
  const control = storage.table(tables.control)
  const notify = noticesTo(storage.queue(queues.notices))
  await wakeWaiting({ control, clock, log, again: notify, breakers: notifiedBreakers(platform, log) })
  await notifyFolded({ control, clock, random, notify })
  const routing = async () => ({ routes: (await clusters.current()).notifications, fallback: [] })
  await notifyDigests({ control, clock, store, notify, routing })
}
