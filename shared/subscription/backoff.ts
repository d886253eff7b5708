import type { Random } from '../runtime/ids.ts'

export type BackoffSettings = { readonly initialMs: number; readonly maxMs: number }

/** Doubles from the first failure (1) on up to the longest wait, then ±10 %, so that many do not return in one moment. */
export function backoffMs(failures: number, { initialMs, maxMs }: BackoffSettings, random: Random): number {
  const plain = Math.min(maxMs, initialMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
  return plain * (0.9 + 0.2 * random())
}
