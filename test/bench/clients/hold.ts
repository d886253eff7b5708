import { setTimeout as pause } from 'node:timers/promises'
import { clusterNames, endpointOf, type FleetAddress, tellFleet } from '../fleet.ts'
import { memory, spread, stopwatch } from '../memory.ts'
import type { Held, OpenClient } from './client.ts'

/** As many as a supervisor connects at once. */
const CONNECTING = 50
/** Opened and closed before the base is measured: what is loaded or compiled once is no subscription's. */
const WARM = 50
/** Clients end an idle connection after four seconds. */
const IDLE_MS = 4_500

export type HoldResult = {
  readonly openMs: number
  readonly openCpuMsEach: number
  readonly heapKBEach: number
  readonly rssKBEach: number
  readonly processMB: number
  readonly againMs: number
  readonly againCpuMsEach: number
}

/** Opens so many subscriptions, weighs them, loses them all at once and opens them again. */
export async function hold(fleet: FleetAddress, open: OpenClient, clusters: number): Promise<HoldResult> {
  const held = new Map<string, Held>()
  const openOne = async (name: string) => {
    held.set(name, await open(endpointOf(fleet, name), () => {}))
  }
  const names = clusterNames(clusters)
  await spread(clusterNames(WARM, clusters), CONNECTING, openOne)
  await Promise.all([...held.values()].map(({ close }) => close()))
  held.clear()
  await tellFleet(fleet, 'subscribed', names)
  const before = await memory()

  const opening = stopwatch()
  await spread(names, CONNECTING, openOne)
  const opened = opening()
  await pause(IDLE_MS)
  const after = await memory()

  const again = stopwatch()
  await tellFleet(fleet, 'restart', names)
  await spread(names, CONNECTING, async (name) => {
    await held
      .get(name)
      ?.close()
      .catch(() => {})
    await openOne(name)
  })
  const reopened = again()
  const alive = await tellFleet(fleet, 'subscribed', names)
  if (alive !== clusters) throw new Error(`only ${alive} of ${clusters} are subscribed to again`)
  return {
    openMs: opened.wallMs,
    openCpuMsEach: opened.cpuMs / clusters,
    heapKBEach: (after.heapKB - before.heapKB) / clusters,
    rssKBEach: (after.rssKB - before.rssKB) / clusters,
    processMB: after.rssKB / 1024,
    againMs: reopened.wallMs,
    againCpuMsEach: reopened.cpuMs / clusters,
  }
}
