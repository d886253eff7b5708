import { readdirSync } from 'node:fs'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

export type Memory = { readonly heapKB: number; readonly rssKB: number; readonly handles: number }

/** V8 keeps pages that it emptied for eight seconds; whoever weighs what a process needs collects and waits so long first. */
export const RETURNED_MS = 9_000

/** After collections: two, since what the first one ends may free more. */
export async function memory(): Promise<Memory> {
  for (let at = 0; at < 2; at++) {
    globalThis.gc?.()
    await pause(100)
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heapKB: heapUsed / 1024, rssKB: rss / 1024, handles: readdirSync('/proc/self/fd').length }
}

/** Milliseconds on the clock and of the processor. */
export function stopwatch() {
  const began = performance.now()
  const cpu = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(cpu)
    return { wallMs: performance.now() - began, cpuMs: (user + system) / 1_000 }
  }
}

/** Each of them once, so many at a time. */
export async function spread<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const left = items.values()
  const work = async () => {
    for (const item of left) await act(item)
  }
  await Promise.all(Array.from({ length: atOnce }, work))
}
