import { queues, tables } from '../../artifacts/layout.ts'
import { noticesTo } from '../../incident/notices.ts'
import { tellDigests } from '../../notify/digest.ts'
import { tellFolded } from '../../notify/fold.ts'
import type { Platform } from '../platform.ts'

/** What was too much for a minute, and once a day what was not bad enough. */
export async function tellHeldBack(platform: Platform): Promise<void> {
  const { storage, clock, random, store, clusters } = platform
  const control = storage.table(tables.control)
  const notify = noticesTo(storage.queue(queues.notices))
  await tellFolded({ control, clock, random, notify })
  const routing = async () => ({ routes: (await clusters.current()).notifications, fallback: [] })
  await tellDigests({ control, clock, store, notify, routing })
}
