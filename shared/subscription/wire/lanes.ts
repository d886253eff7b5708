import type { Dispatcher } from 'undici'

/** A call, a ping beside it, and an answer to the server's own question; what comes on top waits for one of these. */
const MAX_LANES = 4
/** Idle for so long, a lane beyond the first is given up: a thousand clusters would keep them all. */
const SPARE_MS = 1_000

export type Lane = {
  readonly dispatcher: Dispatcher
  /** How many exchanges are under way or wait in it. */
  used: number
  /** Its exchange has what it wanted and is only waiting for the end. */
  ending: boolean
}

/** Connections for requests, one exchange at a time each, made when all others are busy. */
export function lanes(make: () => Dispatcher) {
  const all: Lane[] = []

  function add(): Lane {
    const lane = { dispatcher: make(), used: 0, ending: false }
    all.push(lane)
    return lane
  }
  function retire(lane: Lane): void {
    if (lane.used > 0 || all[0] === lane || !all.includes(lane)) return
    all.splice(all.indexOf(lane), 1)
    void lane.dispatcher.destroy().catch(() => {})
  }
  return {
    take: (): Lane => {
      const lane =
        all.find(({ used }) => used === 0) ??
        all.find(({ used, ending }) => used === 1 && ending) ??
        (all.length < MAX_LANES ? add() : all.reduce((a, b) => (b.used < a.used ? b : a)))
      lane.used += 1
      return lane
    },
    release: (lane: Lane): void => {
      lane.used -= 1
      if (lane.used === 0) lane.ending = false
      if (lane.used === 0 && all[0] !== lane) setTimeout(retire, SPARE_MS, lane).unref()
    },
    destroy: async (): Promise<void> => {
      await Promise.all(all.splice(0).map(({ dispatcher }) => dispatcher.destroy()))
    },
  }
}
