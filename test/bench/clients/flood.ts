import { clusterNames, endpointOf, type FleetAddress, tellFleet } from '../fleet.ts'
import { memory, spread, stopwatch } from '../memory.ts'
import { type OpenClient, ring } from './client.ts'

/** The first second compiles. */
const WARM_MS = 1_000
const FLOOD_MS = 2_000

/** How many faults a second of processor takes, when there are always more. */
export async function flood(fleet: FleetAddress, open: OpenClient, clusters: number) {
  const names = clusterNames(clusters)
  const { put, count } = ring()
  await spread(names, 50, async (name) => void (await open(endpointOf(fleet, name), put)))
  await tellFleet(fleet, 'flood', names, WARM_MS)
  const before = count()
  const watch = stopwatch()
  await tellFleet(fleet, 'flood', names, FLOOD_MS)
  const { cpuMs } = watch()
  return { perCoreSecond: ((count() - before) / cpuMs) * 1_000, faults: count() - before, ...(await memory()) }
}
