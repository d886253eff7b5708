import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Served, serve } from '../../../agent-container/broker/serve.ts'
import { openBudget } from '../../../agent-container/gateway/budget.ts'
import { forward } from '../../../agent-container/gateway/gateway.ts'
import { systemClock } from '../../../shared/runtime/clock.ts'
import { type ModelServer, startModelServer } from '../../fakes/model-server.ts'

const key = 'the-real-key-of-the-vendor-1234'
const token = 'a-token-for-this-incident-only'
let model: ModelServer
let served: Served
let dead: AbortController
beforeEach(async () => {
  model = await startModelServer(() => ({ text: 'yes' }), key)
  dead = new AbortController()
  const limits = { turns: 5, tokens: 50_000, costUsd: 1 }
  const ask = forward({
    model: { provider: 'anthropic', model: 'claude-haiku-4-5', baseUrl: model.url, keyFile: 'k' },
    key,
    budget: openBudget(limits, 'claude-haiku-4-5'),
    clock: systemClock,
    fetch,
    redact: (text) => text.replaceAll('hunter2', '‹redacted›'),
    signal: dead.signal,
    deadline: new Date(Date.now() + 300_000),
    note: () => undefined,
    fault: () => undefined,
  })
  const nothing = async () => Response.json({})
  served = await serve(
    {
      mcp: nothing,
      model: ask,
      incident: () => Response.json({}),
      verdict: () => Response.json({}),
      end: () => Response.json({}),
    },
    { port: 0, token, dead: dead.signal, now: () => Date.now() },
  )
})
afterEach(async () => {
  await Promise.all([served.stop(), model.stop()])
})
const post = (path: string, body: unknown, headers: Record<string, string> = { 'x-api-key': token }) =>
  fetch(`http://127.0.0.1:${served.port}/${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
const messages = 'model/anthropic/v1/messages'
const hello = {
  model: 'claude-opus-4-5',
  max_tokens: 99_999,
  messages: [{ role: 'user', content: 'password is hunter2' }],
}
const sent = () => JSON.parse(model.requests.at(-1)!.body)

test('the token is swapped for the key, the model is ours, the answer is bounded, secrets stay', async () => {
  const answer = await post(
    messages,
    {
      ...hello,
      mcp_servers: [{ url: 'https://evil.example' }],
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        { name: 'mine', input_schema: {} },
      ],
    },
    { authorization: `Bearer ${token}`, 'x-smuggled': 'x' },
  )
  expect(answer.status).toBe(200)
  expect(model.requests[0]!.headers).toMatchObject({ 'x-api-key': key })
  expect(model.requests[0]!.headers).not.toHaveProperty('x-smuggled')
  expect(sent()).toMatchObject({ model: 'claude-haiku-4-5', max_tokens: 8_000, tools: [{ name: 'mine' }] })
  expect(sent()).not.toHaveProperty('mcp_servers')
  expect(model.requests[0]!.body).not.toContain('hunter2')
})
test('without the token, with another one, and after the deadline nothing is answered', async () => {
  expect((await post(messages, hello, {})).status).toBe(401)
  expect((await post(messages, hello, { 'x-api-key': 'another-token-that-is-long' })).status).toBe(401)
  expect((await post('mcp', {}, {})).status).toBe(401)
  dead.abort()
  expect((await post(messages, hello)).status).toBe(403)
  expect((await post('mcp', {})).status).toBe(403)
  expect(model.requests).toEqual([])
})
test('a page in a browser and a name that was rebound are refused', async () => {
  expect((await post(messages, hello, { 'x-api-key': token, origin: 'http://evil.example' })).status).toBe(403)
})
test('nothing is asked elsewhere: other vendors, other paths, addresses to fetch', async () => {
  expect((await post('model/openai/v1/chat/completions', hello)).status).toBe(404)
  expect((await post('model/anthropic/v1/files', hello)).status).toBe(404)
  expect((await post('model/anthropic/../../v1/messages', hello)).status).toBe(404)
  const image = {
    role: 'user',
    content: [{ type: 'image', source: { type: 'url', url: 'https://evil.example/?d=1' } }],
  }
  expect((await post(messages, { ...hello, messages: [image] })).status).toBe(400)
  expect(model.requests).toEqual([])
})
test('two at once cannot spend the last money twice', () => {
  const budget = openBudget({ turns: 10, tokens: 1_000_000, costUsd: 0.02 }, 'claude-haiku-4-5')
  const first = budget.reserve(1_000, 3_000)
  expect(first).toMatchObject({ maxOutput: 3_000 })
  const second = budget.reserve(1_000, 3_000)
  expect('refused' in second || second.maxOutput < 1_000).toBe(true)
  if ('settle' in first) first.settle({ input: 1_000, cached: 0, cacheWrite: 0, output: 10 })
  const third = budget.reserve(1_000, 3_000)
  expect('maxOutput' in third && third.maxOutput > 2_000).toBe(true)
})

test('tokens that were put aside and not used are there for the next request', () => {
  const budget = openBudget({ turns: 10, tokens: 10_000, costUsd: 100 }, 'claude-haiku-4-5')
  const first = budget.reserve(1_000, 8_000)
  expect(budget.reserve(1_000, 3_000)).toHaveProperty('refused')
  if ('settle' in first) first.settle({ input: 1_000, cached: 0, cacheWrite: 0, output: 10 })
  expect(budget.reserve(1_000, 3_000)).toMatchObject({ maxOutput: 3_000 })
})
