/** How something grew over a run: by its trend, and what of it noise could explain. */
export type Growth = {
  readonly middle: number
  readonly grew: number
  readonly allowed: number
  readonly flat: boolean
}

/** The first part of a run fills caches and compiles; it says nothing about growth. */
const WARM_UP = 0.2
/** A supervisor's load swings with each window: the least and the most of each of so many pieces are compared. */
const PIECES = 12
const TOLERATED = 0.1

/**
 * Whether samples, taken at equal distances, do not grow: the trend of what each piece has least and most, which a
 * leak raises both, may not be more than a tenth of the middle and `slack`, or than the pieces differ by chance.
 */
export function flatness(samples: readonly number[], slack: number): Growth {
  const settled = samples.slice(Math.floor(samples.length * WARM_UP))
  const size = Math.max(1, Math.floor(settled.length / PIECES))
  const pieces = Array.from({ length: Math.floor(settled.length / size) }, (_, at) =>
    settled.slice(at * size, (at + 1) * size),
  )
  const least = trend(pieces.map((piece) => Math.min(...piece)))
  const most = trend(pieces.map((piece) => Math.max(...piece)))
  const middle = median(settled)
  const [small, large] = least.grew - least.noise < most.grew - most.noise ? [least, most] : [most, least]
  const allowed = Math.max(TOLERATED * middle + slack, small.noise)
  return { middle, grew: small.grew, allowed, flat: small.grew <= allowed && large.grew <= allowed + large.noise }
}

/** By the median of all slopes between two pieces, which single peaks do not move; noise as their spread about it. */
function trend(values: readonly number[]): { readonly grew: number; readonly noise: number } {
  const slopes = values.flatMap((value, at) => values.slice(at + 1).map((later, by) => (later - value) / (by + 1)))
  const slope = median(slopes)
  const left = values.map((value, at) => value - slope * at)
  const middle = median(left)
  const spread = median(left.map((value) => Math.abs(value - middle)))
  return { grew: slope * Math.max(0, values.length - 1), noise: 3 * spread }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
