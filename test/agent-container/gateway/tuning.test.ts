import { expect, test } from 'vitest'
import { quirksOf } from '../../../agent-container/gateway/quirks.ts'
import { tuned, untuned } from '../../../agent-container/gateway/tuning.ts'

type Model = Parameters<typeof tuned>[1]
const of = (provider: Model['provider'], model: string, rest: Partial<Model> = {}): Model => ({
  provider,
  model,
  keyFile: 'k',
  ...rest,
})
const high = { effort: 'high' } as const

test.each([
  [of('openai-compatible', 'gpt-5', high), 'v1/chat/completions', { reasoning_effort: 'high' }],
  [of('azure', 'gpt-5', high), 'v1/responses', { reasoning: { effort: 'high' } }],
  [of('anthropic', 'claude-opus-4-8', high), 'v1/messages', { output_config: { effort: 'high' } }],
  [of('google', 'gemini-3.1-pro', high), 'x', { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } }],
  [of('google', 'gemini-2.5-pro', high), 'x', { generationConfig: { thinkingConfig: { thinkingBudget: 16_384 } } }],
])('%o is told how long to think', (model, path, expected) => {
  expect(tuned({}, model, path, quirksOf(model))).toEqual(expected)
})

test('a program that sets its own keeps it, and nothing is added where nothing is set', () => {
  const model = of('openai-compatible', 'gpt-5', high)
  expect(tuned({ reasoning_effort: 'low' }, model, 'v1/chat/completions', quirksOf(model))).toEqual({
    reasoning_effort: 'low',
  })
  const plain = of('anthropic', 'claude-sonnet-4-5')
  expect(tuned({ system: 's', messages: [] }, plain, 'v1/messages', quirksOf(plain))).toEqual({
    system: 's',
    messages: [],
  })
})

test.each([
  [400, 'Unrecognized request argument supplied: reasoning_effort'],
  [400, 'Function tools with reasoning_effort are not supported for gpt-5.4 in /v1/chat/completions.'],
  [422, '{"detail":[{"loc":["body","reasoning_effort"],"msg":"Extra inputs are not permitted"}]}'],
])('%i %s: asked again without, and never with it again', (status, text) => {
  const model = of('openai-compatible', 'local', high)
  const quirks = quirksOf(model)
  const body = tuned({ messages: [] }, model, 'v1/chat/completions', quirks)
  expect(untuned(status, text, body, model, quirks)).toEqual({ messages: [] })
  expect(tuned({ messages: [] }, model, 'v1/chat/completions', quirks)).toEqual({ messages: [] })
})

test('a refusal of a thinking level is one of ours, and thoughts are shown on', () => {
  const model = of('google', 'gemini-3.1-flash', high)
  const quirks = quirksOf(model)
  const asked = { contents: [], generationConfig: { temperature: 0, thinkingConfig: { includeThoughts: true } } }
  const body = tuned(asked, model, 'x', quirks)
  expect(untuned(400, 'Thinking level is not supported for this model.', body, model, quirks)).toEqual(asked)
})

test('only what is ours leaves: the form of an answer and a summary stay, and so does what a program set by itself', () => {
  const claude = of('anthropic', 'claude-haiku-4-5', high)
  const format = { type: 'json_schema', schema: {} }
  const asked = tuned({ output_config: { format } }, claude, 'v1/messages', quirksOf(claude))
  expect(untuned(400, 'output_config.effort: not supported', asked, claude, quirksOf(claude))).toEqual({
    output_config: { format },
  })
  const gpt = of('azure', 'gpt-4.1', high)
  const long = tuned({ reasoning: { summary: 'auto' } }, gpt, 'v1/responses', quirksOf(gpt))
  expect(untuned(400, "Unsupported parameter: 'reasoning.effort'", long, gpt, quirksOf(gpt))).toEqual({
    reasoning: { summary: 'auto' },
  })
  const own = of('openai-compatible', 'gpt-5')
  const body = { reasoning_effort: 'low' }
  expect(untuned(400, 'Unsupported value: reasoning_effort', body, own, quirksOf(own))).toBeUndefined()
})

test('a refusal of something else of a model that reasons takes nothing away', () => {
  const model = of('openai-compatible', 'o4-mini', high)
  const quirks = quirksOf(model)
  const body = tuned({ temperature: 0 }, model, 'v1/chat/completions', quirks)
  const text = "'temperature' is not supported with reasoning models"
  expect(untuned(400, text, body, model, quirks)).toBeUndefined()
  expect(quirks.ownEffort).toBe(false)
})

test('what comes again in each turn is marked for Anthropic: the beginning, and the last message', () => {
  const model = of('anthropic', 'claude-sonnet-4-5', { caching: true })
  const quirks = quirksOf(model)
  const asked = {
    system: 'How you work',
    messages: [
      { role: 'user', content: 'one' },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'two' }] },
    ],
  }
  const mark = { cache_control: { type: 'ephemeral' } }
  const body = tuned(asked, model, 'v1/messages', quirks)
  expect(body).toEqual({
    system: [{ type: 'text', text: 'How you work', ...mark }],
    messages: [
      asked.messages[0],
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'two', ...mark }] },
    ],
  })
  expect(tuned(body, model, 'v1/messages', quirks)).toEqual(body)
  const refused = 'system.0.cache_control: Extra inputs are not permitted'
  expect(JSON.stringify(untuned(400, refused, body, model, quirks))).not.toContain('cache_control')
  expect(tuned(asked, model, 'v1/messages', quirks)).toEqual(asked)
})
