import { alerts } from '../../shared/app/http/alerts.ts'
import { readSettings } from '../../shared/config/settings.ts'
import { memoryQueue } from '../fakes/memory-queue.ts'
import { ownDoor } from '../fakes/own-door.ts'
import { cluster, world } from '../shared/triage/world.ts'

/** Whatever is posted is answered, in words where it is refused, and what is taken can be read from the queue. */
export async function alertDoor(body: unknown): Promise<void> {
  const clusters = [cluster('east')]
  const { deps, clock } = world({ clusters })
  const queue = memoryQueue(clock)
  const platform = {
    ...{ store: deps.store, clock: deps.clock, random: deps.random, control: deps.control, cluster: deps.cluster },
    settings: readSettings({ AzureWebJobsStorage: 'UseDevelopmentStorage=true' }),
    storage: { queue: () => queue },
    door: async () => ownDoor,
    clusters: { current: async () => ({ clusters }) },
  }
  const silent = { info: () => {}, warn: () => {} }
  const request = { text: async () => JSON.stringify(body) ?? '', query: new URLSearchParams() }
  const { status, jsonBody } = await alerts(platform, silent, request)
  if (status !== 200 && !(status === 400 && JSON.stringify(jsonBody).length > 12))
    throw new Error(`answered ${status} ${JSON.stringify(jsonBody)}`)
}
