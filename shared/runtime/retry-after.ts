/**
 * How long a `Retry-After` header asks to wait, in milliseconds: seconds, or a date as seen from `now` (of the server,
 * where it tells its own; never below 0). Undefined when it says nothing that makes sense.
 */
export function retryAfterMs(header: string | null | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000
  // Only what looks like a date: Date.parse takes "-1" for a year.
  if (!/[a-z]{3}.*\d{4}|\d{4}-\d\d-\d\d/i.test(text)) return undefined
  const ms = Date.parse(text) - now.getTime()
  return Number.isNaN(ms) ? undefined : Math.max(0, ms)
}
