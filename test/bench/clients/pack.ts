import { setTimeout as pause } from 'node:timers/promises'
import { QueueServiceClient } from '@azure/storage-queue'
import { azureQueue } from '../../../shared/azure/queues.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { systemRandom } from '../../../shared/runtime/ids.ts'
import { outbox } from '../../../shared/subscription/outbox.ts'
import { ownDoor } from '../../fakes/own-door.ts'
import { clusterNames, endpointOf, type FleetAddress, tellFleet } from '../fleet.ts'
import { spread, stopwatch } from '../memory.ts'
import type { OpenClient } from './client.ts'
import { oursInto } from './ours.ts'
import { openStock } from './stock.ts'

const quiet = () => {}
/** Less than the outbox lets wait, by its size. */
const BURST = 10_000
/** Until the code is compiled, and then as often as makes a second of work. */
const TIMES = 3
const LIMIT_MS = 60_000

/**
 * Faults a second of processor from the stream into the queue. `storage` answers and keeps nothing, in another process:
 * what is measured is this side alone. Ours through the outbox; stock with one message each.
 */
export async function pack(fleet: FleetAddress, client: string, clusters: number, storage: string) {
  const names = clusterNames(clusters)
  const queue = QueueServiceClient.fromConnectionString(storage).getQueueClient('faults')
  let sent = 0
  const open: OpenClient =
    client === 'ours' ? oursInto(ours().add) : (at) => openStock(at, (fault) => void alone(fault))
  function ours() {
    const real = azureQueue(queue)
    return outbox({
      queue: {
        send: async (body) => {
          await real.send(body)
          sent += body.split('"faultId"').length - 1
        },
      },
      deadLetter: { keep: quiet },
      door: ownDoor,
      clock: systemClock,
      random: systemRandom,
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    })
  }
  async function alone(fault: unknown): Promise<void> {
    await queue.sendMessage(Buffer.from(JSON.stringify(fault)).toString('base64'))
    sent += 1
  }
  await spread(names, 50, async (name) => void (await open(endpointOf(fleet, name), quiet)))
  const burst = async (count: number) => {
    const due = sent + count
    await tellFleet(fleet, 'burst', names, count)
    for (const end = performance.now() + LIMIT_MS; sent < due; await pause(20))
      if (performance.now() > end) throw new Error(`only ${sent} of ${due} faults are in the queue`)
  }
  await burst(BURST)
  const watch = stopwatch()
  for (let at = 0; at < TIMES; at++) await burst(BURST)
  return { perCoreSecond: ((TIMES * BURST) / watch().cpuMs) * 1_000 }
}
