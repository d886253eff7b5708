import { expect, test } from 'vitest'
import { openBudget } from '../../../agent-container/gateway/budget.ts'
import { forward } from '../../../agent-container/gateway/gateway.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { type Say, startModelServer } from '../../fakes/model-server.ts'

const key = 'the-real-key-of-the-vendor-1234'
const request = {
  model: 'gpt-5-pro',
  instructions: 'Find the cause.',
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'password is hunter2' }] }],
  max_output_tokens: 99_999,
  store: true,
  previous_response_id: 'resp_of_another_incident',
  tools: [
    { type: 'namespace', name: 'mcp__ours', tools: [{ type: 'function', name: 'pods_get', parameters: {} }] },
    { type: 'namespace', name: 'theirs', tools: [{ type: 'web_search' }] },
    { type: 'web_search' },
    { type: 'mcp', server_url: 'https://evil.example' },
  ],
}

async function asked(say: Say, stream: boolean, body: object = request) {
  const model = await startModelServer(() => say, key)
  const budget = openBudget({ turns: 5, tokens: 50_000, costUsd: 1 }, 'gpt-5')
  const ask = forward({
    model: { provider: 'openai-compatible', model: 'gpt-5', baseUrl: `${model.url}/v1`, keyFile: 'k' },
    key,
    budget,
    clock: systemClock,
    fetch,
    redact: (text) => text.replaceAll('hunter2', '‹redacted›'),
    signal: new AbortController().signal,
    deadline: new Date(Date.now() + 300_000),
    note: () => undefined,
    fault: () => undefined,
  })
  try {
    const answer = await ask(
      'openai',
      'v1/responses',
      JSON.stringify({ ...body, stream }),
      new AbortController().signal,
      new Headers(),
    )
    const text = await answer.text().catch((error) => String(error))
    return {
      answer,
      text,
      sent: model.requests.map((one) => ({ ...one, body: JSON.parse(one.body) })),
      usage: budget.spent(),
    }
  } finally {
    await model.stop()
  }
}

test.each([false, true])(
  'OpenAI’s responses: our model and bounds, functions of the agent alone, nothing kept with the vendor (streamed: %s)',
  async (stream) => {
    const { answer, text, sent, usage } = await asked(
      { calls: [{ name: 'mcp__ours/pods_get', input: { a: 1 } }] },
      stream,
    )
    expect(answer.status).toBe(200)
    expect(text).toContain('"namespace":"mcp__ours"')
    expect(sent[0]!.headers.authorization).toBe(`Bearer ${key}`)
    expect(sent[0]!.body).toMatchObject({ model: 'gpt-5', store: false, max_output_tokens: 8_000 })
    expect(sent[0]!.body.tools.map(({ name }: { name: string }) => name)).toEqual(['mcp__ours'])
    expect(sent[0]!.body).not.toHaveProperty('previous_response_id')
    expect(JSON.stringify(sent[0]!.body)).not.toContain('hunter2')
    expect(usage.inputTokens).toBe(Math.ceil(JSON.stringify(sent[0]!.body).length / 4))
    expect(usage.outputTokens).toBeGreaterThan(5)
    expect(usage.costUsd).toBeGreaterThan(0)
  },
)

test('a stream of responses that is cut off is counted, never free', async () => {
  const { usage } = await asked({ cutOff: 'I think that' }, true)
  expect(usage.inputTokens).toBeGreaterThan(50)
  expect(usage.outputTokens).toBeGreaterThan(1)
})
