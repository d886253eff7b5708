import { retryAfterMs } from '../../runtime/retry-after.ts'

/** Nobody means a longer one; the queue keeps a message for seven days. */
const MOST_SECONDS = 6 * 86_400

/**
 * How long a receiver asks to be left alone: seconds or a date in the header, or `retry_after` in the body, whichever is
 * longer. `undefined` when it says nothing that makes sense: then whoever asks waits longer each time.
 */
export function retryAfter(header: string | null, body: string, now: Date): number | undefined {
  const inBody = /"retry_after"\s*:\s*"?(\d+(?:\.\d+)?)/.exec(body)?.[1]
  const inHeader = retryAfterMs(header, now)
  const asked = [
    inHeader === undefined ? undefined : inHeader / 1000,
    inBody === undefined ? undefined : Number(inBody),
  ]
  const good = asked.filter((seconds) => seconds !== undefined && seconds > 0).map(Number)
  if (good.length === 0) return undefined
  return Math.min(MOST_SECONDS, Math.max(1, Math.ceil(Math.max(...good))))
}
