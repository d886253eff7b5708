import { createHash, randomUUID } from 'node:crypto'

/** The first `length` hex digits of SHA-256 over the parts; parts are length-prefixed so that ('ab','c') and ('a','bc') differ. */
export function derivedId(length: number, ...parts: readonly string[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:${part}`)
  return hash.digest('hex').slice(0, length)
}

/** A name for one life of one process. Not used for anything that may run twice: those names are derived. */
export const randomId = (): string => randomUUID()

/** Chance, handed in wherever it decides something (back-off jitter). 0 ≤ x < 1. */
export type Random = () => number
export const systemRandom: Random = Math.random
