import { queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import { notifyDigests } from '../../notify/digest.ts'
import { notifyFolded } from '../../notify/fold.ts'
import type { Platform } from '../platform.ts'

/** What was too much for a minute, and once a day what was not bad enough. */
export async function notifyHeldBack(platform: Platform): Promise<void> {
  const { storage, clock, random, store, clusters } = platform
  const control = storage.table(tables.control)
  const notify = noticesTo(storage.queue(queues.notices))
  await notifyFolded({ control, clock, random, notify })
  const routing = async () => ({ routes: (await clusters.current()).notifications, fallback: [] })
  await notifyDigests({ control, clock, store, notify, routing })
}
