import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Clock } from '../../shared/runtime/clock.ts'
import { errorText } from '../../shared/runtime/errors.ts'
import type { Budget } from './budget.ts'
import { refusal } from './refusal.ts'
import { estimate, usageReader } from './usage.ts'
import { type Body, fetchesFrom, type Vendor, vendorOf } from './vendors.ts'

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
  /** What went wrong, once each. */
  readonly note: (sentence: string) => void
}

/** An answer is a verdict or a few tool calls. */
const USUAL_OUTPUT = 8_000
/** A model that thinks long is cut off: the whole incident has minutes. */
const ANSWER_MS = 120_000
/** Vendors are busy for seconds; longer than this is not waited for, since the rules' verdict stands already. */
const PAUSES = [400, 1_600] as const
const LONGEST_PAUSE_MS = 5_000
const busy = new Set([408, 429, 500, 502, 503, 504, 529])

/**
 * Passes one request to the model's vendor: the caller's token is left here and the real key put in its place, the
 * answer streams through and is counted on its way.
 */
export const forward =
  (deps: GatewayDeps) =>
  async (room: string, path: string, text: string, caller: AbortSignal, headers: Headers): Promise<Response> => {
    const vendor = vendorOf(deps.model, room)
    const url = vendor?.upstream(path, deps.model)
    if (vendor === undefined || url === undefined) return refusal(404, 'Models are not asked at this address here.')
    const body = parse(text)
    if (body === undefined) return refusal(400, 'The request is no JSON object.')
    if (fetchesFrom(body)) return refusal(400, 'Requests may not name addresses from which something is fetched.')
    const asked = estimate(Buffer.byteLength(text))
    const place = deps.budget.reserve(asked, Math.min(vendor.maxOutput(body) ?? USUAL_OUTPUT, USUAL_OUTPUT))
    if ('refused' in place) {
      deps.note(`The model was not asked further: ${place.refused}`)
      return refusal(402, place.refused)
    }
    const shaped = vendor.shape(clean(deps, body), deps.model.model, place.maxOutput, path)
    const signal = AbortSignal.any([deps.signal, caller, AbortSignal.timeout(ANSWER_MS)])
    const sent = { url, text: JSON.stringify(shaped), headers: sentHeaders(vendor, deps.key, headers) }
    let answer: Response
    try {
      answer = await patiently(deps, sent, signal)
    } catch (error) {
      place.settle(undefined)
      const why = tell(deps, errorText(error))
      deps.note(`The model could not be asked: ${why}`)
      return refusal(502, `The model could not be asked: ${why}`)
    }
    if (!answer.ok) {
      place.settle(undefined)
      const why = tell(deps, (await bounded(answer)).slice(0, 600))
      deps.note(`The model's vendor answered ${answer.status}: ${why.slice(0, 300)}`)
      return refusal(answer.status, why)
    }
    return counted(deps, answer, Buffer.byteLength(sent.text), place.settle)
  }

function parse(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}

/** Only what shapes the answer; neither the caller's token nor anything it might want to smuggle out in a header. */
const PASSED = ['anthropic-version', 'anthropic-beta'] as const
const sentHeaders = (vendor: Vendor, key: string, given: Headers): Record<string, string> => ({
  ...Object.fromEntries(
    PASSED.flatMap((name) => {
      const value = given.get(name)
      return value !== null && /^[\w.,\s-]{1,500}$/.test(value) ? [[name, value]] : []
    }),
  ),
  'content-type': 'application/json',
  ...vendor.headers(key),
})

/** Vendors sign or encode some texts, which must come back to them as they are. */
const OPAQUE = new Set([
  'signature',
  'thoughtSignature',
  'thought_signature',
  'encrypted_content',
  'id',
  'call_id',
  'tool_use_id',
  'tool_call_id',
  'data',
  'name',
  'type',
  'role',
  'model',
  'reasoning_opaque',
])
/** Cluster text is redacted where it is read; this is the second look, at the door of the model. */
function clean(deps: GatewayDeps, body: Body): Body {
  const walk = (value: unknown, depth: number): unknown => {
    if (typeof value === 'string') return deps.redact(value)
    if (typeof value !== 'object' || value === null || depth > 60) return value
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1))
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        OPAQUE.has(key) && typeof item === 'string' ? item : walk(item, depth + 1),
      ]),
    )
  }
  const { tools, ...rest } = body
  return {
    ...Object.fromEntries(Object.entries(rest).map(([key, item]) => [key, OPAQUE.has(key) ? item : walk(item, 0)])),
    ...(tools === undefined ? {} : { tools }),
  }
}

async function patiently(
  deps: GatewayDeps,
  { url, text, headers }: { readonly url: string; readonly text: string; readonly headers: Record<string, string> },
  signal: AbortSignal,
): Promise<Response> {
  for (let tried = 0; ; tried++) {
    const pause = PAUSES[tried]
    try {
      // A redirect would carry the key elsewhere.
      const answer = await deps.fetch(url, { method: 'POST', headers, body: text, redirect: 'error', signal })
      if (!busy.has(answer.status) || pause === undefined) return answer
      const asked = Number(answer.headers.get('retry-after') ?? '0') * 1000
      if (asked > LONGEST_PAUSE_MS) return answer
      await answer.body?.cancel()
      await deps.clock.sleep(Math.max(pause, asked), signal)
    } catch (error) {
      if (signal.aborted || pause === undefined) throw error
      await deps.clock.sleep(pause, signal)
    }
    signal.throwIfAborted()
  }
}

function counted(
  deps: GatewayDeps,
  answer: Response,
  requestBytes: number,
  settle: (tokens: ReturnType<ReturnType<typeof usageReader>['tokens']>) => void,
): Response {
  const kind = answer.headers.get('content-type') ?? 'application/json'
  const reader = usageReader(kind.includes('event-stream'), requestBytes)
  const source = answer.body?.getReader()
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
        deps.note(`The model's answer broke off: ${tell(deps, errorText(error))}`)
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
const MAX_ERROR = 4_096
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

/** A vendor may repeat the key that it did not like. */
const tell = ({ redact, key }: GatewayDeps, text: string): string =>
  redact(text.replaceAll(key, '‹key›')).replace(/\s+/g, ' ')
