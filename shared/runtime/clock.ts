/** The only source of time. Times that cross a border are ISO 8601 in UTC. */
export type Clock = {
  readonly now: () => Date
  /** Resolves after `milliseconds`, or at once when the signal aborts (it never rejects: a cut sleep is no error). */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve()
      const timer = setTimeout(done, milliseconds)
      function done() {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      signal?.addEventListener('abort', done, { once: true })
    }),
}
