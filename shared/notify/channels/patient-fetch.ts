import type { Clock } from '../../runtime/clock.ts'
import { errorText } from '../../runtime/errors.ts'
import { cut, Unsure } from '../notice.ts'

export type PostDeps = {
  readonly clock: Pick<Clock, 'sleep'>
  /** Of one try. */
  readonly timeoutMs?: number
}
type Init = {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | FormData
}

/** Receivers answer in well under a second; what takes longer is better tried again later. */
const TIMEOUT_MS = 10_000
const TRIES = 3
/** With all tries a notice is done well within the ledger's patience; who asks for a longer wait gets it from the queue. */
const LONGEST_WAIT_SECONDS = 20
const FIRST_WAIT_SECONDS = 0.5
const MAX_ANSWER_CHARACTERS = 300

/**
 * fetch that tries again on 429 (when `Retry-After` says), on 5xx and when no connection comes about. A receiver that
 * is silent may have taken the notice: then Unsure is thrown at once, so that a second post is a decision, not a habit.
 */
export function patientFetch({ clock, timeoutMs = TIMEOUT_MS }: PostDeps) {
  return async (url: string | URL, { method = 'POST', headers = {}, body }: Init = {}): Promise<Response> => {
    for (let attempt = 1; ; attempt++) {
      const wait = FIRST_WAIT_SECONDS * 2 ** (attempt - 1)
      try {
        const response = await fetch(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body }),
          // The address may hold a key: it goes to that address and to no other.
          redirect: 'error',
          signal: AbortSignal.timeout(timeoutMs),
        })
        if (attempt === TRIES || (response.status !== 429 && response.status < 500)) return response
        const asked = Number(response.headers.get('retry-after') ?? wait)
        if (!(asked >= 0 && asked <= LONGEST_WAIT_SECONDS)) return response
        await response.body?.cancel()
        await clock.sleep(asked * 1000)
      } catch (error) {
        // Addresses are secrets, and the errors of fetch may tell them.
        const why = errorText(error).replaceAll(String(url), 'the address')
        if (!neverArrived(error)) throw new Unsure(`no answer came: ${why}`)
        if (attempt === TRIES) throw new Error(`it cannot be reached: ${why}`)
        await clock.sleep(wait * 1000)
      }
    }
  }
}

/** Posts JSON; throws with the receiver's answer when it does not take it. */
export async function postJson(
  deps: PostDeps,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<string> {
  const all = { 'content-type': 'application/json', 'user-agent': 'nightcrier', ...headers }
  const response = await patientFetch(deps)(url, { headers: all, body })
  const text = cut((await response.text()).trim(), MAX_ANSWER_CHARACTERS)
  if (!response.ok) throw new Error(`it answered ${response.status}${text === '' ? '' : `: ${text}`}`)
  return text
}

/** What lies at the bottom of an error that a client library has wrapped. */
export function atBottom(error: unknown): unknown {
  let at = error
  for (let depth = 0; depth < 5 && at instanceof Error; depth++) {
    if (at instanceof Unsure) return at
    const inner: unknown = 'original' in at ? at.original : at.cause
    if (!(inner instanceof Error)) break
    at = inner
  }
  return error
}

/** No connection came about, so nothing can have been taken. */
const REFUSED = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']
function neverArrived(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && REFUSED.includes(String(at.code))) return true
    if (at instanceof AggregateError && at.errors.every(neverArrived)) return true
  }
  return false
}
