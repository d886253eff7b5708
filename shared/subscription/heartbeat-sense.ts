/** Three gaps of about one length are a beat. Two may be chance. */
const GAPS = 3
/** What comes in a burst says nothing of a beat. */
const LEAST_MS = 1_000
/** Beats that are further apart prove too little. */
const MOST_MS = 120_000
/** So many beats may be missed. */
const MISSED = 3

/** Learns from the signs of life on a stream whether it has a beat, and when it is late. */
export function heartbeatSense() {
  let last = 0
  let gaps: number[] = []
  const beatMs = (): number => {
    const [longest, shortest] = [Math.max(...gaps), Math.min(...gaps)]
    return gaps.length < GAPS || longest > 2 * shortest ? 0 : longest
  }
  return {
    sign: (at: number): void => {
      const gap = at - last
      if (last > 0 && gap < LEAST_MS) return
      if (last > 0 && gap <= MOST_MS) gaps = [...gaps.slice(1 - GAPS), gap]
      last = at
    },
    /** A new stream: nothing came yet, but the beat is the server's. */
    opened: (at: number): void => {
      last = at
    },
    /** When it is dead if nothing comes until then; never while there is no beat. */
    deadAt: (): number => (beatMs() === 0 ? Number.POSITIVE_INFINITY : last + MISSED * beatMs() + LEAST_MS),
  }
}
