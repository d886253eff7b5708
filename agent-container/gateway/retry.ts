import { retryAfterMs } from '../../shared/runtime/retry-after.ts'

/** Vendors are busy for seconds; longer than this is not waited for while rules have a verdict already. */
const LONGEST_PAUSE_MS = 60_000

/**
 * How long a vendor asks to be left alone, in milliseconds, in whichever way it says so: `retry-after-ms`,
 * `retry-after` in seconds or as a date, Google's RetryInfo, OpenAI's `try again in 644ms`. Undefined: it does not say.
 */
export function pauseAskedFor(headers: Headers, body: string, now: Date): number | undefined {
  const precise = Number(headers.get('retry-after-ms') ?? Number.NaN)
  if (precise >= 0) return precise
  const after = retryAfterMs(headers.get('retry-after'), now)
  if (after !== undefined) return after
  const delay = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body)?.[1]
  if (delay !== undefined) return Number(delay) * 1000
  const said = /try again in (\d+(?:\.\d+)?)(ms|s|m)\b/i.exec(body)
  return said === null ? undefined : Number(said[1]) * (said[2] === 'ms' ? 1 : said[2] === 's' ? 1_000 : 60_000)
}

/** 52x are those of a proxy before the vendor. */
const passing = new Set([408, 409, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529])
/** What no waiting mends: money that is gone, a request that is larger than a minute's allowance. */
const lasting = /insufficient_quota|billing|credit balance|request too large|limit \d+, requested (\d+)(?!.*used)/i

/** Whether the same request may go out once more, and after how long; undefined: it may not. */
export function againAfter(
  answer: { readonly status: number; readonly headers: Headers },
  body: string,
  { tried, now, left }: { readonly tried: number; readonly now: Date; readonly left: number },
): number | undefined {
  const slip = /tool_use_failed|failed_generation/.test(body)
  if (!(passing.has(answer.status) || slip) || lasting.test(body)) return undefined
  const usual = ([400, 1_600] as const)[tried]
  if (usual === undefined) return undefined
  const pause = Math.max(usual, pauseAskedFor(answer.headers, body, now) ?? 0)
  // Half of what is left is for the answer and for publishing it.
  return pause <= Math.min(LONGEST_PAUSE_MS, left / 2) ? pause : undefined
}
