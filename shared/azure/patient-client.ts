import { createDefaultHttpClient, type HttpClient, RestError } from '@azure/core-rest-pipeline'
import { once } from '../runtime/once.ts'

/** A small request is answered in tens of milliseconds; three tries of this fit the twenty seconds that all have. */
const TRY_MS = 6_000
/** Larger bodies take their time; they have the deadline of the whole. */
const SMALL = 256 * 1024
/** "Come back in ten minutes" is the caller's to heed, who has a lease to give back or a queue that delivers again. */
const PAUSE = '500'

const platform = once(async () => createDefaultHttpClient())

/**
 * The libraries' own client, with an end for each try: one socket that hangs must not use up the time of all three. A
 * refusal for being busy is repeated soon, with or without the service's word for when.
 */
export const patientClient: HttpClient = {
  sendRequest: async (request) => {
    const { body, abortSignal } = request
    const size = typeof body === 'string' ? body.length : body instanceof Uint8Array ? body.byteLength : 0
    const own = new AbortController()
    const late = { now: false }
    const timer =
      size > SMALL
        ? undefined
        : setTimeout(() => {
            late.now = true
            own.abort()
          }, TRY_MS)
    const pass = () => own.abort()
    abortSignal?.addEventListener('abort', pass)
    if (abortSignal?.aborted === true) own.abort()
    request.abortSignal = own.signal
    try {
      const response = await (await platform()).sendRequest(request)
      if (response.status === 429 || response.status === 503) {
        for (const name of ['retry-after', 'x-ms-retry-after-ms']) response.headers.delete(name)
        response.headers.set('retry-after-ms', PAUSE)
      }
      return response
    } catch (error) {
      if (!late.now) throw error
      throw new RestError(`no answer within ${TRY_MS / 1_000} s`, { code: 'ETIMEDOUT', request })
    } finally {
      clearTimeout(timer)
      // A body that still streams keeps the caller's own signal.
      if (abortSignal !== undefined) request.abortSignal = abortSignal
    }
  },
}
