/** Nobody means a longer one; the queue keeps a message for seven days. */
const MOST_SECONDS = 6 * 86_400

/**
 * How long a receiver asks to be left alone: seconds or a date in the header, or `retry_after` in the body, whichever is
 * longer. `undefined` when it says nothing that makes sense: then whoever asks waits longer each time.
 */
export function retryAfter(header: string | null, body: string, now: Date): number | undefined {
  const inBody = /"retry_after"\s*:\s*"?(\d+(?:\.\d+)?)/.exec(body)?.[1]
  const asked = [fromHeader(header, now), inBody === undefined ? undefined : Number(inBody)]
  const good = asked.filter((seconds) => seconds !== undefined && seconds > 0).map(Number)
  if (good.length === 0) return undefined
  return Math.min(MOST_SECONDS, Math.max(1, Math.ceil(Math.max(...good))))
}

function fromHeader(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  // Only what looks like a date: Date.parse takes "-1" for a year.
  if (!/[a-z]{3}.*\d{4}|\d{4}-\d\d-\d\d/i.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : (at - now.getTime()) / 1000
}
