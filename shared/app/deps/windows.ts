import type { Clock } from '../../runtime/clock.ts'

/** What the host's terminate hooks may take is five seconds; the last one is for the process itself. */
const END_MS = 4_000
/** As a shell has it for SIGTERM. A worker that ends with 0 is never started again. */
const EXIT_BY_SIGNAL = 143

const ending = new AbortController()
const windows = new Set<Promise<unknown>>()
let listening = false

/** Ends the windows of this process and waits for their leases to be given back; none begins after this. */
export async function endWindows(clock: Clock): Promise<void> {
  ending.abort()
  const enough = new AbortController()
  await Promise.race([Promise.allSettled(windows), clock.sleep(END_MS, enough.signal)])
  enough.abort()
}

/** Whoever catches the signal must end the process, or it lives on with windows that are over as they begin. */
function endBySignal(clock: Clock): void {
  if (listening) return
  listening = true
  process.once('SIGTERM', () => void endWindows(clock).finally(() => process.exit(EXIT_BY_SIGNAL)))
}

/** One window, which the end of this process ends. */
export async function untilItEnds(clock: Clock, run: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
  endBySignal(clock)
  const window = run(ending.signal)
  windows.add(window)
  try {
    await window
  } finally {
    windows.delete(window)
  }
}
