import type { AgentJob } from '../../shared/artifacts/job.ts'
import type { Body } from './vendors.ts'

/** What one vendor was seen to refuse, kept for the rest of the incident. */
export type Quirks = {
  /** Under which name it takes the limit of an answer. */
  limitField: 'max_tokens' | 'max_completion_tokens'
  /** It refuses to be told to call a certain tool. */
  freeChoice: boolean
  /** It does not know how to tell what a stream took. */
  plainStream: boolean
  /** It does not take how long the model may think. */
  ownEffort: boolean
  /** It does not take marks for its cache. */
  unmarked: boolean
}

/** OpenAI's own newer models take the longer name only; most compatible servers only the older one. */
const newer = /(^|\/)(gpt-[5-9]|o\d)/
export function quirksOf({ provider, baseUrl, model }: NonNullable<AgentJob['model']>): Quirks {
  const own = provider === 'azure' || baseUrl === undefined || /\/\/api\.openai\.com(\/|$)/.test(baseUrl)
  return {
    limitField:
      provider === 'azure' || (provider === 'openai-compatible' && own && newer.test(model))
        ? 'max_completion_tokens'
        : 'max_tokens',
    freeChoice: false,
    plainStream: false,
    ownEffort: false,
    unmarked: false,
  }
}

/** With less than this a verdict cannot be written. */
const LEAST_OUTPUT = 1_500

/**
 * The request in another form, when a refusal says which form the vendor would take; undefined when it does not. What is
 * learnt is kept in `quirks`.
 */
export function mendedRequest(status: number, text: string, body: Body, quirks: Quirks): Body | undefined {
  if (status !== 400 && status !== 404 && status !== 422) return undefined
  for (const [from, to] of [
    ['max_tokens', 'max_completion_tokens'],
    ['max_completion_tokens', 'max_tokens'],
  ] as const) {
    if (
      !(from in body) ||
      !new RegExp(
        `(unsupported|unknown|unrecognized|extra|not permitted)[^]*\\b${from}\\b|\\b${from}\\b[^]*(not supported|not permitted)`,
        'i',
      ).test(text)
    )
      continue
    const { [from]: limit, ...rest } = body
    quirks.limitField = to
    return { ...rest, [to]: limit }
  }
  if ('tool_choice' in body && body.tool_choice !== 'auto' && /tool_choice/.test(text)) {
    const { tool_choice: _, ...rest } = body
    quirks.freeChoice = true
    return rest
  }
  if ('stream_options' in body && /stream_options|include_usage/.test(text)) {
    const { stream_options: _, ...rest } = body
    quirks.plainStream = true
    return rest
  }
  return withinContext(text, body)
}

/** Servers that count the answer into the context say how large that is, and how much the question took. */
function withinContext(text: string, body: Body): Body | undefined {
  const most = /maximum context length is (\d+)/i.exec(text)?.[1]
  const taken =
    /(?:at least |has |contains )(\d+) input tokens/i.exec(text)?.[1] ?? /\((\d+) in the messages/i.exec(text)?.[1]
  const field = 'max_completion_tokens' in body ? 'max_completion_tokens' : 'max_tokens'
  const asked = body[field]
  if (most === undefined || taken === undefined || typeof asked !== 'number') return undefined
  const room = Number(most) - Number(taken) - 64
  return room >= LEAST_OUTPUT && room < asked ? { ...body, [field]: room } : undefined
}

/** The body as this vendor takes it, as far as that was learnt. */
export function asLearnt(body: Body, quirks: Quirks): Body {
  const { tool_choice, stream_options, ...rest } = body
  return {
    ...rest,
    ...(tool_choice === undefined || (quirks.freeChoice && tool_choice !== 'auto') ? {} : { tool_choice }),
    ...(stream_options === undefined || quirks.plainStream ? {} : { stream_options }),
  }
}
