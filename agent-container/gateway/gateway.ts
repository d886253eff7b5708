import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import type { Budget } from './budget.ts'
import { cleanBody } from './clean-body.ts'
import { guardKey, type KeyGuard } from './key-guard.ts'
import { asLearnt, mendedRequest, type Quirks, quirksOf } from './quirks.ts'
import { refusal } from './refusal.ts'
import { againAfter } from './retry.ts'
import { tuned, untuned } from './tuning.ts'
import { estimate, usageReader } from './usage.ts'
import { type Body, fetchesFrom, type Vendor, vendorOf } from './vendors.ts'
import { refusalWords, type Whose } from './words.ts'

export type GatewayDeps = {
  readonly model: NonNullable<AgentJob['model']>
  readonly key: string
  readonly budget: Budget
  readonly clock: Clock
  readonly fetch: typeof fetch
  /** The last look at what leaves for the model, and at what a vendor's error says. */
  readonly redact: (text: string) => string
  /** Ends with the incident's time. */
  readonly signal: AbortSignal
  /** When that is. */
  readonly deadline: Date
  /** What went wrong, once each. */
  readonly note: (sentence: string) => void
  /** That a request came to nothing, and whose fault that was. */
  readonly fault: (whose: Whose) => void
}
type Sent = { readonly url: string; readonly headers: Record<string, string> }
/** An answer that is no success is read to its end, so that what it says decides. */
type Answered = { readonly answer: Response; readonly error?: string; readonly sent: number }

/** An answer is a verdict or a few tool calls. */
const USUAL_OUTPUT = 8_000
/** A model that thinks long is cut off: the whole incident has minutes. */
const ANSWER_MS = 120_000
/** Forms of a request that are tried before a refusal is believed. */
const MENDS = 3
/** After one of these the same key, model or address will not do better: nobody is asked again in this incident. */
const final = new Set([401, 403, 404])

/**
 * Passes requests to the model's vendor: the caller's token is left here and the real key put in its place, the answer
 * streams through, without the key, and is counted on its way.
 */
export function forward(deps: GatewayDeps) {
  const guard = guardKey(deps.key)
  const quirks = quirksOf(deps.model)
  let refusedFor: { readonly status: number; readonly why: string } | undefined

  return async (room: string, path: string, text: string, caller: AbortSignal, headers: Headers): Promise<Response> => {
    const vendor = vendorOf(deps.model, room)
    const url = vendor?.upstream(path, deps.model)
    if (vendor === undefined || url === undefined) return refusal(404, 'Models are not asked at this address here.')
    const body = parse(text)
    if (body === undefined) return refusal(400, 'The request is no JSON object.')
    if (fetchesFrom(body)) return refusal(400, 'Requests may not name addresses from which something is fetched.')
    if (refusedFor !== undefined) return refusal(refusedFor.status, refusedFor.why)
    const asked = estimate(Buffer.byteLength(text))
    const place = deps.budget.reserve(asked, Math.min(vendor.maxOutput(body) ?? USUAL_OUTPUT, USUAL_OUTPUT))
    if ('refused' in place) {
      deps.note(`The model was not asked further: ${place.refused}`)
      return refusal(402, place.refused)
    }
    const cleaned = cleanBody(body, deps.redact)
    const shaped = vendor.shape(cleaned, deps.model.model, place.maxOutput, path, quirks.limitField)
    const own = AbortSignal.timeout(ANSWER_MS)
    const signal = AbortSignal.any([deps.signal, caller, own])
    const sent: Sent = { url, headers: sentHeaders(vendor, deps.key, headers) }
    let answered: Answered
    try {
      answered = await patiently(deps, sent, asLearnt(tuned(shaped, deps.model, path, quirks), quirks), quirks, signal)
    } catch (error) {
      place.settle(undefined)
      const why = own.aborted
        ? `it gave no whole answer within our ${ANSWER_MS / 1000} s`
        : report(deps, guard, errorText(error))
      deps.note(`The model could not be asked: ${why}`)
      deps.fault('vendor')
      return refusal(502, `The model could not be asked: ${why}`)
    }
    const { answer, error, sent: bytes } = answered
    if (error !== undefined) {
      place.settle(undefined)
      const why = report(deps, guard, error)
      const { words, whose } = refusalWords(answer.status, why, deps.model.model)
      deps.note(words)
      deps.fault(whose)
      if (final.has(answer.status)) refusedFor = { status: answer.status, why: words }
      return refusal(answer.status === 200 ? 502 : answer.status, words)
    }
    return counted(deps, guard, answer, bytes, place.settle)
  }
}

function parse(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Only what says which form is spoken: features that a caller would switch on are refused by proxies before vendors. */
const sentHeaders = (vendor: Vendor, key: string, given: Headers): Record<string, string> => {
  const version = given.get('anthropic-version')
  return {
    ...(version !== null && /^[\w.-]{1,40}$/.test(version) ? { 'anthropic-version': version } : {}),
    'content-type': 'application/json',
    ...vendor.headers(key),
  }
}

/** Asks until there is an answer, in the form that the vendor takes, and no longer than it is worth. */
async function patiently(
  deps: GatewayDeps,
  { url, headers }: Sent,
  first: Body,
  quirks: Quirks,
  signal: AbortSignal,
): Promise<Answered> {
  let body = first
  let mends = 0
  for (let tried = 0; ; ) {
    const text = JSON.stringify(body)
    const left = deps.deadline.getTime() - deps.clock.now().getTime()
    let pause: number | undefined
    try {
      // A redirect would carry the key elsewhere.
      const answer = await deps.fetch(url, { method: 'POST', headers, body: text, redirect: 'manual', signal })
      const error = await errorIn(answer, body)
      const sent = Buffer.byteLength(text)
      if (error === undefined) return { answer, sent }
      const other =
        mends < MENDS
          ? (untuned(answer.status, error, body, deps.model, quirks) ??
            mendedRequest(answer.status, error, body, quirks))
          : undefined
      if (other !== undefined) {
        mends++
        body = other
        continue
      }
      pause = againAfter(answer, error, { tried, now: deps.clock.now(), left })
      if (pause === undefined) return { answer, error, sent }
    } catch (error) {
      pause = ([400, 1_600] as const)[tried]
      if (signal.aborted || pause === undefined) throw error
    }
    tried++
    await deps.clock.sleep(pause, signal)
    signal.throwIfAborted()
  }
}

/** What an answer says that is none: an error by its status, a redirect, or a page or JSON error under 200. */
async function errorIn(answer: Response, { stream }: Body): Promise<string | undefined> {
  const kind = answer.headers.get('content-type') ?? ''
  if (answer.status >= 300 && answer.status < 400)
    return `it redirects to another address (${answer.status}), which is not followed with a key`
  if (!answer.ok) return bounded(answer)
  if (/html/i.test(kind)) return `it answered a page: ${await bounded(answer)}`
  return stream === true && /json/i.test(kind) && !/event-stream/i.test(kind) ? bounded(answer) : undefined
}

function counted(
  deps: GatewayDeps,
  guard: KeyGuard,
  answer: Response,
  requestBytes: number,
  settle: (tokens: ReturnType<ReturnType<typeof usageReader>['tokens']>) => void,
): Response {
  const kind = answer.headers.get('content-type') ?? 'application/json'
  const reader = usageReader(kind.includes('event-stream'), requestBytes)
  const source = answer.body?.pipeThrough(guard.stream()).getReader()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const next = await source?.read()
        if (next?.value === undefined) {
          settle(reader.tokens())
          controller.close()
          return
        }
        reader.push(next.value)
        controller.enqueue(next.value)
      } catch (error) {
        settle(reader.tokens())
        deps.note(`The model's answer broke off: ${report(deps, guard, errorText(error))}`)
        controller.error(error)
      }
    },
    async cancel() {
      settle(reader.tokens())
      await source?.cancel().catch(() => undefined)
    },
  })
  return new Response(body, { status: answer.status, headers: { 'content-type': kind } })
}

/** An error page is told in a few lines. */
const MAX_ERROR = 8_192
async function bounded(answer: Response): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const chunk of answer.body ?? []) {
      parts.push(chunk)
      size += chunk.byteLength
      if (size > MAX_ERROR) break
    }
  } catch {
    // What came until then is told.
  }
  return Buffer.concat(parts).toString('utf8').slice(0, MAX_ERROR)
}

/** Cleaned first and cut then, so that no half of a secret is left at the cut. */
const report = ({ redact }: GatewayDeps, guard: KeyGuard, text: string): string =>
  redact(guard.hide(text)).replace(/\s+/g, ' ').slice(0, 600)
