import { createParser } from 'eventsource-parser'
import { z } from 'zod'

/** What one answer of a model took. `cached` and `cacheWrite` are parts of `input`. */
export type Tokens = {
  readonly input: number
  readonly cached: number
  readonly cacheWrite: number
  readonly output: number
  /** What the vendor says that it takes, in dollars, where it does. */
  readonly costUsd?: number
}

/** Some servers write numbers as text, or put null or a word in place of the whole. */
const count = z.coerce.number().int().nonnegative().nullish().catch(undefined)
const details = z.looseObject({ cached_tokens: count }).nullish().catch(undefined)
const Usage = z.looseObject({
  // Anthropic's, and OpenAI's responses.
  input_tokens: count,
  output_tokens: count,
  cache_read_input_tokens: count,
  cache_creation_input_tokens: count,
  input_tokens_details: details,
  // OpenAI's chat completions.
  prompt_tokens: count,
  completion_tokens: count,
  prompt_tokens_details: details,
  total_tokens: count,
  // DeepSeek's, and OpenRouter's sum in dollars.
  prompt_cache_hit_tokens: count,
  cost: z.number().nonnegative().nullish().catch(undefined),
})
const Google = z.looseObject({
  promptTokenCount: count,
  candidatesTokenCount: count,
  thoughtsTokenCount: count,
  cachedContentTokenCount: count,
})
/** The places in which the four shapes tell of it, in whole answers and in the events of a stream. */
const Answer = z.looseObject({
  usage: Usage.nullish().catch(undefined),
  message: z.looseObject({ usage: Usage.nullish() }).nullish().catch(undefined),
  response: z.looseObject({ usage: Usage.nullish() }).nullish().catch(undefined),
  usageMetadata: Google.nullish().catch(undefined),
})

/** Told once or in parts: a later, larger number replaces an earlier one. */
type Seen = { input: number; cached: number; cacheWrite: number; output: number; isReported: boolean; costUsd?: number }

function read(value: unknown, seen: Seen): void {
  const parsed = Answer.safeParse(value)
  if (!parsed.success) return
  const { usage, message, response, usageMetadata: google } = parsed.data
  for (const one of [usage, message?.usage, response?.usage]) {
    if (one === undefined || one === null) continue
    const read = one.cache_read_input_tokens ?? 0
    const written = one.cache_creation_input_tokens ?? 0
    const cached =
      read ||
      (one.input_tokens_details?.cached_tokens ??
        one.prompt_tokens_details?.cached_tokens ??
        one.prompt_cache_hit_tokens ??
        0)
    // Anthropic counts what was cached beside the input, all others, and gateways that speak both, within.
    const input = one.prompt_tokens ?? (one.input_tokens ?? 0) + read + written
    const output = one.output_tokens ?? one.completion_tokens ?? 0
    // xAI leaves what was thought out of the one number and has it in the sum.
    const rest = one.prompt_tokens == null ? 0 : (one.total_tokens ?? 0) - input
    keep(seen, input, Math.max(output, rest))
    if (one.cost !== undefined && one.cost !== null) seen.costUsd = Math.max(seen.costUsd ?? 0, one.cost)
    seen.cached = Math.max(seen.cached, cached)
    seen.cacheWrite = Math.max(seen.cacheWrite, written)
  }
  if (google === undefined || google === null) return
  keep(seen, google.promptTokenCount ?? 0, (google.candidatesTokenCount ?? 0) + (google.thoughtsTokenCount ?? 0))
  seen.cached = Math.max(seen.cached, google.cachedContentTokenCount ?? 0)
}
function keep(seen: Seen, input: number, output: number): void {
  seen.input = Math.max(seen.input, input)
  seen.output = Math.max(seen.output, output)
  seen.isReported ||= input + output > 0
}

/** Where the parts of an answer hold what the model itself wrote. */
const PROSE = new Set(['content', 'text', 'arguments', 'partial_json', 'reasoning_content', 'reasoning', 'thinking'])
function lettersIn(value: unknown, depth: number): number {
  if (depth > 12 || typeof value !== 'object' || value === null) return 0
  return Object.entries(value).reduce(
    (sum, [key, item]) =>
      sum + (typeof item === 'string' ? (PROSE.has(key) ? item.length : 0) : lettersIn(item, depth + 1)),
    0,
  )
}

/** English and YAML have three to four characters a token; three errs to the safe side. */
export const estimate = (bytes: number): number => Math.ceil(bytes / 3)

/** An answer that is larger is no verdict. */
const MAX_WHOLE = 8 * 1024 * 1024

/** Reads along with an answer. What the vendor does not tell (a stream that was cut off) is estimated, never free. */
export function usageReader(stream: boolean, requestBytes: number) {
  const seen: Seen = { input: 0, cached: 0, cacheWrite: 0, output: 0, isReported: false }
  const decoder = new TextDecoder()
  let whole = ''
  let bytes = 0
  /** Characters that the model wrote, without the frames around them. */
  let words = 0
  let ended = false
  const parser = createParser({
    onEvent({ data, event }) {
      if (data === '[DONE]' || event === 'message_stop' || event === 'response.completed') ended = true
      try {
        const value: unknown = JSON.parse(data)
        read(value, seen)
        words += lettersIn(value, 0)
      } catch {
        // Not every event is JSON.
      }
    },
  })
  return {
    push(chunk: Uint8Array): void {
      bytes += chunk.byteLength
      const text = decoder.decode(chunk, { stream: true })
      if (stream) parser.feed(text)
      else if (whole.length < MAX_WHOLE) whole += text
    },
    tokens(): Tokens {
      if (!stream && whole !== '') {
        try {
          read(JSON.parse(whole), seen)
        } catch {
          // A broken answer is estimated.
        }
      }
      const { input, cached, cacheWrite, output, isReported, costUsd } = seen
      const cost = costUsd === undefined ? {} : { costUsd }
      const guess = stream ? Math.ceil(words / 3) : estimate(bytes)
      if (!isReported)
        return { input: estimate(requestBytes), cached: 0, cacheWrite: 0, output: bytes === 0 ? 0 : guess, ...cost }
      // A stream that broke off told how much it read, and had only begun to count what it wrote.
      const written = stream && !ended && output <= 1 ? Math.max(output, guess) : output
      return { input: input || estimate(requestBytes), cached, cacheWrite, output: written, ...cost }
    },
  }
}
