import { setTimeout as pause } from 'node:timers/promises'
import { clusterNames, endpointOf, type FleetAddress } from '../fleet.ts'
import { memory, spread } from '../memory.ts'
import type { OpenClient } from './client.ts'

/** Code is compiled and optimised for so long; what grows in that time is no leak. */
const WARM_CYCLES = 1_000
const IDLE_MS = 4_500

/** Opens and closes subscriptions again and again: what is left of each. */
export async function cycles(fleet: FleetAddress, open: OpenClient, clusters: number, count: number) {
  const names = clusterNames(clusters)
  const turn = async (at: number) => {
    const held = await open(endpointOf(fleet, names[at % names.length] ?? ''), () => {})
    await held.close()
  }
  const run = (times: number) =>
    spread(
      Array.from({ length: times }, (_, at) => at),
      10,
      turn,
    )
  await run(WARM_CYCLES)
  await pause(IDLE_MS)
  const before = await memory()
  await run(count)
  await pause(IDLE_MS)
  const after = await memory()
  return { heapKBEach: (after.heapKB - before.heapKB) / count, handles: after.handles - before.handles }
}
