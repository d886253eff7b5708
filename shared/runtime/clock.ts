/** The only source of time. Times that cross a border are ISO 8601 in UTC. */
export type Clock = {
  readonly now: () => Date
  /** Resolves after `milliseconds`, or at once when the signal aborts (it never rejects: a cut sleep is no error). */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

let written = { at: Number.NaN, text: '' }
/** As `toISOString`, once for each millisecond: in a flood hundreds of faults come within one. */
export function isoTime(milliseconds: number): string {
  if (milliseconds !== written.at) written = { at: milliseconds, text: new Date(milliseconds).toISOString() }
  return written.text
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
