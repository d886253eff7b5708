import { setTimeout as pause } from 'node:timers/promises'
import { clusterNames, endpointOf, type FleetAddress, tellFleet } from '../fleet.ts'
import { memory, RETURNED_MS, spread, stopwatch } from '../memory.ts'
import type { Held, OpenClient } from './client.ts'

/** As many as a supervisor connects at once. */
const CONNECTING = 50
/** Opened and closed before the base is measured: what is loaded or compiled once is no subscription's. */
const WARM = 50
/** Clients end an idle connection after four seconds. */
const IDLE_MS = 4_500
/** The memory of fewer says nothing: the process takes and gives back more than that by chance. */
export const WEIGHED_FROM = 1_000

export type HoldResult = {
  readonly openMs: number
  readonly openCpuMsEach: number
  readonly heapKBEach: number
  readonly rssKBEach: number
  readonly processMB: number
  readonly againMs: number
  readonly againCpuMsEach: number
}

/**
 * Opens so many subscriptions, weighs them, loses them all at once and opens them again. The second half is weighed: with
 * the first, code is compiled and both generations of the heap find their sizes.
 */
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

  const half = Math.floor(clusters / 2)
  const openThese = async (these: readonly string[]) => {
    const watch = stopwatch()
    await spread(these, CONNECTING, openOne)
    const opened = watch()
    globalThis.gc?.()
    await pause(clusters >= WEIGHED_FROM ? RETURNED_MS : IDLE_MS)
    return { opened, ...(await memory()) }
  }
  const before = await openThese(names.slice(0, half))
  const after = await openThese(names.slice(half))
  const each = (of: 'heapKB' | 'rssKB') => (after[of] - before[of]) / (clusters - half)

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
    openMs: before.opened.wallMs + after.opened.wallMs,
    openCpuMsEach: (before.opened.cpuMs + after.opened.cpuMs) / clusters,
    heapKBEach: each('heapKB'),
    rssKBEach: each('rssKB'),
    processMB: after.rssKB / 1024,
    againMs: reopened.wallMs,
    againCpuMsEach: reopened.cpuMs / clusters,
  }
}
