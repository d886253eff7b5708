import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { openBudget } from '../../../agent-container/gateway/budget.ts'
import { forward } from '../../../agent-container/gateway/gateway.ts'
import { guardKey } from '../../../agent-container/gateway/key-guard.ts'
import { priceOf } from '../../../agent-container/gateway/prices.ts'
import { pauseAskedFor } from '../../../agent-container/gateway/retry.ts'
import { usageReader } from '../../../agent-container/gateway/usage.ts'
import { refusalWords } from '../../../agent-container/gateway/words.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'

type Reply = {
  readonly status?: number
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly pieces?: string[]
}
type Asked = { readonly body: Record<string, unknown>; readonly headers: IncomingHttpHeaders }
const KEY = 'not-a-real-key-0123456789-abcdef'
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`
const yes = { headers: { 'content-type': 'text/event-stream' }, body: `${event({ choices: [] })}data: [DONE]\n\n` }

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
/** A vendor that answers each request as the script says, and what the gateway made of it. */
async function vendor(
  script: (asked: Asked, turn: number) => Reply,
  model: { provider?: 'openai-compatible' | 'azure' | 'anthropic'; model?: string } = {},
) {
  const asked: Asked[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += String(chunk)
    asked.push({ body: JSON.parse(text), headers: request.headers })
    const {
      status = 200,
      headers = { 'content-type': 'application/json' },
      body = '',
      pieces,
    } = script(asked.at(-1)!, asked.length)
    response.writeHead(status, headers)
    for (const piece of pieces ?? [body]) {
      response.write(piece)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    response.end()
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const notes: string[] = []
  const slept: number[] = []
  const faults: string[] = []
  const provider = model.provider ?? 'openai-compatible'
  const gateway = forward({
    model: { provider, model: model.model ?? 'gpt-4.1', baseUrl: `http://127.0.0.1:${port}`, keyFile: 'k' },
    key: KEY,
    budget: openBudget({ turns: 9, tokens: 500_000, costUsd: 5 }, 'gpt-4.1'),
    clock: { ...systemClock, sleep: async (ms: number) => void slept.push(ms) },
    fetch,
    redact: (text) => text,
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 200_000),
    note: (sentence) => notes.push(sentence),
    fault: (whose) => faults.push(whose),
  })
  const ask = async (body: object = {}) => {
    const [room, path] = provider === 'anthropic' ? ['anthropic', 'v1/messages'] : ['openai', 'v1/chat/completions']
    const signal = new AbortController().signal
    const answer = await gateway(
      room,
      path,
      JSON.stringify({ stream: true, messages: [], ...body }),
      signal,
      new Headers({ 'anthropic-beta': 'x' }),
    )
    return { status: answer.status, text: await answer.text() }
  }
  return { ask, asked, notes, slept, faults }
}
const error = (status: number, message: string, more: object = {}): Reply => ({
  status,
  body: JSON.stringify({ error: { message, ...more } }),
})

describe('the key', () => {
  const forms = {
    plain: KEY,
    half: KEY.slice(0, 18),
    'percent-encoded': encodeURIComponent(KEY),
    'in Base64': Buffer.from(KEY).toString('base64'),
    'in Base64 behind another word': Buffer.from(`Bearer ${KEY}`).toString('base64'),
    'in hex': Buffer.from(KEY).toString('hex'),
  }
  test.each(Object.entries(forms))('%s is hidden in an error', async (_, form) => {
    const one = await vendor(() => error(401, `Incorrect API key provided: ${form}.`))
    const { text } = await one.ask()
    for (const said of [text, ...one.notes]) expect(said).not.toContain(form.slice(4, 22))
  })
  test('is hidden in a stream that cuts it anywhere, and the rest arrives as it was', async () => {
    const line = event({ choices: [{ delta: { content: `you sent ${KEY}, did you` } }] })
    for (let at = line.indexOf(KEY) - 1; at < line.indexOf(KEY) + KEY.length + 1; at += 5) {
      const one = await vendor(() => ({ headers: yes.headers, pieces: [line.slice(0, at), line.slice(at)] }))
      const { text } = await one.ask()
      expect(text).toBe(line.replace(KEY, '‹key›'))
    }
  })
  test('a text without it stays as it is', () => {
    const text = 'The pods of shop/web are not ready: 0 of 3. '.repeat(200)
    expect(guardKey(KEY).hide(text)).toBe(text)
  })
})

describe('a refusal that says what would be taken is mended once, and what was learnt is kept', () => {
  test('max_completion_tokens', async () => {
    const one = await vendor(({ body }) =>
      'max_tokens' in body
        ? error(
            400,
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          )
        : yes,
    )
    expect((await one.ask()).status).toBe(200)
    expect((await one.ask()).status).toBe(200)
    expect(one.asked).toHaveLength(3)
  })
  test('gpt-5 of Azure is asked the right way at once', async () => {
    const one = await vendor(() => yes, { provider: 'azure', model: 'my-deployment' })
    await one.ask()
    expect(one.asked[0]?.body).toHaveProperty('max_completion_tokens')
    expect(one.asked[0]?.body).not.toHaveProperty('max_tokens')
  })
  test('a tool that may not be forced', async () => {
    const one = await vendor(({ body }) =>
      'tool_choice' in body && body.tool_choice !== 'auto'
        ? error(400, 'Thinking mode does not support this tool_choice')
        : yes,
    )
    const forced = { tool_choice: { type: 'function', function: { name: 'submit_verdict' } } }
    expect((await one.ask(forced)).status).toBe(200)
    expect((await one.ask(forced)).status).toBe(200)
    expect(one.asked).toHaveLength(3)
  })
  test('a context that holds the question and a shorter answer', async () => {
    const one = await vendor(({ body }) =>
      Number(body.max_tokens) > 7_000
        ? error(
            400,
            "This model's maximum context length is 16384 tokens. However, you requested 8000 output tokens and your prompt contains at least 9385 input tokens.",
          )
        : yes,
    )
    expect((await one.ask()).status).toBe(200)
    expect(one.asked[1]?.body.max_tokens).toBe(16384 - 9385 - 64)
  })
  test('stream_options', async () => {
    const one = await vendor(({ body }) =>
      'stream_options' in body ? error(422, 'Extra inputs are not permitted: stream_options') : yes,
    )
    expect((await one.ask()).status).toBe(200)
  })
})

describe('patience', () => {
  test.each([
    ['a second', { 'retry-after': '1' }, '', 1_000],
    ['milliseconds', { 'retry-after-ms': '750' }, '', 750],
    ['RetryInfo', {}, '{"error":{"details":[{"retryDelay":"7s"}]}}', 7_000],
    ['words', {}, 'Please try again in 644ms.', 644],
  ])('Retry-After as %s', (_, headers, body, ms) => {
    expect(pauseAskedFor(new Headers(headers), body, new Date())).toBe(ms)
  })
  test('Retry-After as a date', () => {
    const now = new Date('2026-05-01T10:00:00Z')
    expect(pauseAskedFor(new Headers({ 'retry-after': 'Fri, 01 May 2026 10:00:20 GMT' }), '', now)).toBe(20_000)
  })
  test('20 s are waited for when there is time', async () => {
    const one = await vendor((_, turn) => (turn === 1 ? { status: 429, headers: { 'retry-after': '20' } } : yes))
    expect((await one.ask()).status).toBe(200)
    expect(one.slept).toEqual([20_000])
  })
  test.each([
    ['money that is gone', error(429, 'You exceeded your current quota', { code: 'insufficient_quota' })],
    ['more than a minute allows', error(429, 'Request too large: Limit 30000, Requested 36055. Reduce the tokens.')],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
    ['a wrong request', error(400, 'messages: field required')],
  ])('%s is asked for once', async (_, reply) => {
    const one = await vendor(() => reply)
    expect((await one.ask()).status).toBeGreaterThanOrEqual(300)
    expect(one.asked).toHaveLength(1)
  })
  test('a slip of the model is asked for again', async () => {
    const one = await vendor((_, turn) =>
      turn < 3 ? error(400, 'Failed to call a function.', { code: 'tool_use_failed' }) : yes,
    )
    expect((await one.ask()).status).toBe(200)
  })
  test('after a refused key nobody is asked again', async () => {
    const one = await vendor(() => error(401, 'no such key'))
    for (const _ of [1, 2, 3]) expect((await one.ask()).status).toBe(401)
    expect(one.asked).toHaveLength(1)
  })
})

test('switches of the caller and half characters do not leave', async () => {
  const one = await vendor(() => yes, { provider: 'anthropic', model: 'claude-haiku-4-5' })
  await one.ask({ messages: [{ role: 'user', content: 'cut here \ud83d' }] })
  expect(one.asked[0]?.headers).not.toHaveProperty('anthropic-beta')
  expect(JSON.stringify(one.asked[0]?.body)).not.toMatch(/\\ud83d/)
})

test('signed thinking and signatures come back as they were', async () => {
  const one = await vendor(() => yes)
  const call = { id: 'a', extra_content: { google: { thought_signature: 'EsYDCsMD'.repeat(90) } } }
  const thinking = { type: 'thinking', thinking: 'password=hunter2', signature: 'c2ln' }
  await one.ask({ messages: [{ role: 'assistant', content: [thinking], tool_calls: [call] }] })
  expect(one.asked[0]?.body.messages).toEqual([{ role: 'assistant', content: [thinking], tool_calls: [call] }])
})

test.each([
  [
    'a login page',
    { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><title>Sign in</title>' },
    /a login or a proxy/,
  ],
  ['an error under 200', { status: 200, body: '{"error":{"message":"no credits"}}' }, /no credits/],
  [
    'a filter',
    error(400, 'The response was filtered due to the content management policy'),
    /refused this incident's content/,
  ],
  [
    'xAI’s wrong key',
    {
      status: 400,
      body: '{"code":"Client specified an invalid argument","error":"Incorrect API key provided: na***ys."}',
    },
    /refuses the key/,
  ],
  [
    'Gemini’s list',
    { status: 400, body: '[{"error":{"code":400,"message":"Function call is missing a thought_signature"}}]' },
    /missing a thought_signature/,
  ],
  [
    'no tool calling',
    error(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    /started without tool calling/,
  ],
])('%s is told in one sentence', async (_, reply, words) => {
  const one = await vendor(() => reply)
  expect((await one.ask()).status).not.toBe(200)
  expect(one.notes.join()).toMatch(words)
  expect(one.notes.join()).not.toContain('<html>')
})
test('ids of an organisation are not told', () => {
  expect(refusalWords(429, 'Limit reached in organization org-AbCd123', 'm').words).not.toContain('AbCd')
})

test.each([
  ['a refused key', error(401, 'no such key'), 'vendor'],
  ['money that is gone', error(429, 'quota', { code: 'insufficient_quota' }), 'vendor'],
  ['a filter', error(400, 'filtered due to the content management policy'), 'incident'],
  ['a filter under 403', { status: 403, body: '{"error":"Content violates usage guidelines."}' }, 'incident'],
  ['a context that is too short', error(400, 'prompt is too long'), 'incident'],
])('%s is the fault of the %s', async (_, reply, whose) => {
  const one = await vendor(() => reply)
  await one.ask()
  expect(one.faults).toEqual([whose])
})

describe('what it took', () => {
  const took = (...events: unknown[]) => {
    const reader = usageReader(true, 4_000)
    for (const one of events) reader.push(Buffer.from(event(one)))
    return reader.tokens()
  }
  test.each([
    ['OpenAI', { usage: { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 } }, { input: 100, output: 20 }],
    [
      'xAI',
      { usage: { prompt_tokens: 100, completion_tokens: 100, total_tokens: 4_200 } },
      { input: 100, output: 4_100 },
    ],
    [
      'DeepSeek',
      { usage: { prompt_tokens: 36_100, completion_tokens: 1_200, prompt_cache_hit_tokens: 21_600 } },
      { input: 36_100, cached: 21_600, output: 1_200 },
    ],
    [
      'LiteLLM',
      { usage: { prompt_tokens: 40_000, completion_tokens: 10, cache_read_input_tokens: 39_000 } },
      { input: 40_000, cached: 39_000 },
    ],
    [
      'Anthropic',
      { usage: { input_tokens: 1_000, output_tokens: 10, cache_read_input_tokens: 39_000 } },
      { input: 40_000, cached: 39_000 },
    ],
    ['numbers as text', { usage: { prompt_tokens: '100', completion_tokens: '20' } }, { input: 100, output: 20 }],
    [
      'Google',
      { usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 4, thoughtsTokenCount: 5 } },
      { input: 9, output: 9 },
    ],
    ['OpenRouter', { usage: { prompt_tokens: 9, completion_tokens: 4, cost: 0.02 } }, { costUsd: 0.02 }],
  ])('%s', (_, told, expected) => {
    expect(took(told)).toMatchObject(expected)
  })
  test('a stream that does not tell is estimated by its words, not by its frames', () => {
    const words = Array.from({ length: 600 }, () => ({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      choices: [{ delta: { content: 'sixsix' } }],
    }))
    expect(took(...words).output).toBe(1_200)
  })
  test('usage that is null or a word is passed over', () => {
    expect(took({ usage: null }, { usage: 'none' }).input).toBeGreaterThan(0)
  })
  test.each([
    'anthropic/claude-sonnet-4.5:beta',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'openai/gpt-5.1',
    'gpt-5-2026-02-01',
  ])('the price of %s is known', (name) => {
    expect(priceOf(name)).toBeDefined()
  })
  test('a name that nobody priced keeps its cap', () => {
    const budget = openBudget({ turns: 90, tokens: 5_000_000, costUsd: 0.05 }, 'my-deployment')
    const place = budget.reserve(10_000, 8_000)
    expect('refused' in place).toBe(true)
    expect(budget.spent().costUsd).toBeUndefined()
  })
})
