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
export class Lanes {
  readonly #make: () => Dispatcher
  #all: readonly Lane[] = []

  constructor(make: () => Dispatcher) {
    this.#make = make
  }

  take(): Lane {
    const all = this.#all
    const lane =
      all.find(({ used }) => used === 0) ??
      all.find(({ used, ending }) => used === 1 && ending) ??
      (all.length < MAX_LANES ? this.#add() : all.reduce((a, b) => (b.used < a.used ? b : a)))
    lane.used += 1
    return lane
  }

  release(lane: Lane): void {
    lane.used -= 1
    if (lane.used > 0) return
    lane.ending = false
    if (this.#all[0] !== lane) setTimeout(() => this.#retire(lane), SPARE_MS).unref()
  }

  async destroy(): Promise<void> {
    const all = this.#all
    this.#all = []
    await Promise.all(all.map(({ dispatcher }) => dispatcher.destroy()))
  }

  #add(): Lane {
    const lane = { dispatcher: this.#make(), used: 0, ending: false }
    // A list that is made anew has room for no more than it holds.
    this.#all = [...this.#all, lane]
    return lane
  }

  #retire(lane: Lane): void {
    if (lane.used > 0 || this.#all[0] === lane || !this.#all.includes(lane)) return
    this.#all = this.#all.filter((one) => one !== lane)
    void lane.dispatcher.destroy().catch(() => {})
  }
}
