import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'

/** One thing a scripted model says: words, calls of tools, or a failure. */
export type Say =
  | { readonly text?: string; readonly calls?: readonly { readonly name: string; readonly input: unknown }[] }
  | { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly cutOff: string }
  | { readonly wait: number }

/** What the model was sent this time, in no vendor's shape. */
export type Heard = {
  /** From 1. */
  readonly turn: number
  readonly system: string
  /** All that was said since, cluster's data and all. */
  readonly text: string
  /** The text of the last tool answers. */
  readonly answers: readonly string[]
  readonly tools: readonly string[]
  readonly forced: boolean
}
export type Script = (heard: Heard) => Say
export type ModelServer = {
  readonly url: string
  readonly requests: readonly {
    readonly path: string
    readonly headers: Readonly<Record<string, unknown>>
    readonly body: string
  }[]
  readonly stop: () => Promise<void>
}

/** Counted as vendors do, about: four characters a token. */
const tokens = (text: string): number => Math.ceil(text.length / 4)

/**
 * Speaks Anthropic's messages, OpenAI's chat completions and responses, and Gemini's generateContent on a loopback port, whole and
 * streamed, with usage, and says what the script says.
 */
export async function startModelServer(script: Script, key = 'the-real-key-of-the-vendor-1234'): Promise<ModelServer> {
  const requests: { path: string; headers: Record<string, unknown>; body: string }[] = []
  let turn = 0
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const path = (request.url ?? '').split('?')[0]!
    requests.push({ path, headers: request.headers, body })
    const { headers } = request
    const shown =
      headers['x-api-key'] ??
      headers['api-key'] ??
      headers['x-goog-api-key'] ??
      headers.authorization?.replace('Bearer ', '')
    if (shown !== key)
      return fail(response, 401, { error: { type: 'authentication_error', message: `invalid key ${shown}` } })
    const shape = path.endsWith('/v1/messages')
      ? anthropic
      : path.includes('/chat/completions')
        ? openai
        : path.endsWith('/responses')
          ? responses
          : path.includes(':')
            ? google
            : undefined
    if (shape === undefined) return fail(response, 404, { error: { message: 'no such path' } })
    const asked = JSON.parse(body)
    const heard = shape.hear(asked, ++turn)
    const say = script(heard)
    if ('wait' in say) {
      setTimeout(() => response.destroy(), say.wait)
      return
    }
    if ('status' in say) {
      response.writeHead(say.status, { 'content-type': 'application/json', ...say.headers })
      response.end(
        say.body ?? JSON.stringify({ type: 'error', error: { type: 'api_error', message: `scripted ${say.status}` } }),
      )
      return
    }
    const stream = asked.stream === true || path.includes('streamGenerateContent')
    shape.say(response, say, { turn, input: tokens(body), stream, model: asked.model ?? 'model' })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    stop: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

type Saying = Exclude<Say, { status: number } | { wait: number }>
type About = { readonly turn: number; readonly input: number; readonly stream: boolean; readonly model: string }
type Shape = {
  // biome-ignore lint/suspicious/noExplicitAny: a vendor's whole request
  readonly hear: (asked: any, turn: number) => Heard
  readonly say: (response: ServerResponse, say: Saying, about: About) => void
}

function fail(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
const json = (response: ServerResponse, body: unknown) => {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
const events = (response: ServerResponse) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  return (data: unknown, event?: string) =>
    response.write(
      `${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`,
    )
}
const textOf = (content: unknown): string =>
  typeof content === 'string'
    ? content
    : Array.isArray(content)
      ? content.map((part) => textOf(part?.text ?? part?.content ?? '')).join('\n')
      : ''
const outputOf = (say: Saying): number =>
  tokens('cutOff' in say ? say.cutOff : (say.text ?? '') + JSON.stringify(say.calls ?? []))

const anthropic: Shape = {
  hear: (asked, turn) => {
    const last = asked.messages.at(-1)
    const parts = Array.isArray(last?.content) ? last.content : []
    return {
      turn,
      system: textOf(asked.system),
      text: asked.messages.map((one: { content: unknown }) => textOf(one.content)).join('\n'),
      answers: parts
        .filter((part: { type: string }) => part.type === 'tool_result')
        .map((part: { content: unknown }) => textOf(part.content)),
      tools: (asked.tools ?? []).map((tool: { name: string }) => tool.name),
      forced: asked.tool_choice?.type === 'tool',
    }
  },
  say: (response, say, { turn, input, stream, model }) => {
    const text = 'cutOff' in say ? say.cutOff : (say.text ?? '')
    const calls = 'cutOff' in say ? [] : (say.calls ?? [])
    const head = { id: `msg_${turn}`, type: 'message', role: 'assistant', model, stop_sequence: null }
    const stop = calls.length > 0 ? 'tool_use' : 'end_turn'
    const usage = { input_tokens: input, output_tokens: outputOf(say) }
    if (!stream) {
      const content = [
        ...(text === '' ? [] : [{ type: 'text', text }]),
        ...calls.map((call, at) => ({ type: 'tool_use', id: `toolu_${turn}_${at}`, ...call })),
      ]
      return json(response, { ...head, content, stop_reason: stop, usage })
    }
    const send = events(response)
    send(
      {
        type: 'message_start',
        message: { ...head, content: [], stop_reason: null, usage: { input_tokens: input, output_tokens: 1 } },
      },
      'message_start',
    )
    let index = 0
    if (text !== '') {
      send({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } }, 'content_block_start')
      for (const piece of text.match(/[\s\S]{1,400}/g) ?? [])
        send({ type: 'content_block_delta', index, delta: { type: 'text_delta', text: piece } }, 'content_block_delta')
      if ('cutOff' in say) {
        setTimeout(() => response.destroy(), 20)
        return
      }
      send({ type: 'content_block_stop', index }, 'content_block_stop')
      index++
    }
    for (const [at, { name, input: given }] of calls.entries()) {
      send(
        {
          type: 'content_block_start',
          index,
          content_block: { type: 'tool_use', id: `toolu_${turn}_${at}`, name, input: {} },
        },
        'content_block_start',
      )
      for (const piece of JSON.stringify(given).match(/[\s\S]{1,500}/g) ?? [])
        send(
          { type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: piece } },
          'content_block_delta',
        )
      send({ type: 'content_block_stop', index }, 'content_block_stop')
      index++
    }
    send(
      {
        type: 'message_delta',
        delta: { stop_reason: stop, stop_sequence: null },
        usage: { output_tokens: usage.output_tokens },
      },
      'message_delta',
    )
    send({ type: 'message_stop' }, 'message_stop')
    response.end()
  },
}

const openai: Shape = {
  hear: (asked, turn) => {
    const messages: { role: string; content: unknown }[] = asked.messages
    const lastSaid = messages.findLastIndex(({ role }) => role === 'assistant')
    return {
      turn,
      system: messages
        .filter(({ role }) => role === 'system')
        .map(({ content }) => textOf(content))
        .join('\n'),
      text: messages
        .filter(({ role }) => role !== 'system')
        .map(({ content }) => textOf(content))
        .join('\n'),
      answers: messages
        .slice(lastSaid + 1)
        .filter(({ role }) => role === 'tool')
        .map(({ content }) => textOf(content)),
      tools: (asked.tools ?? []).map((tool: { function: { name: string } }) => tool.function.name),
      forced: typeof asked.tool_choice === 'object',
    }
  },
  say: (response, say, { turn, input, stream, model }) => {
    const text = 'cutOff' in say ? say.cutOff : (say.text ?? '')
    const calls = ('cutOff' in say ? [] : (say.calls ?? [])).map((call, at) => ({
      id: `call_${turn}_${at}`,
      type: 'function',
      function: { name: call.name, arguments: JSON.stringify(call.input) },
    }))
    const finish = calls.length > 0 ? 'tool_calls' : 'stop'
    const output = outputOf(say)
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
    const head = { id: `chatcmpl-${turn}`, created: 1_760_000_000, model }
    if (!stream)
      return json(response, {
        ...head,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            finish_reason: finish,
            message: { role: 'assistant', content: text, ...(calls.length === 0 ? {} : { tool_calls: calls }) },
          },
        ],
        usage,
      })
    const send = events(response)
    const chunk = (delta: unknown, finish_reason: string | null = null) =>
      send({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason }] })
    chunk({ role: 'assistant', content: '' })
    for (const piece of text.match(/[\s\S]{1,400}/g) ?? []) chunk({ content: piece })
    if ('cutOff' in say) {
      setTimeout(() => response.destroy(), 20)
      return
    }
    for (const [index, call] of calls.entries()) chunk({ tool_calls: [{ index, ...call }] })
    chunk({}, finish)
    send({ ...head, object: 'chat.completion.chunk', choices: [], usage })
    send('[DONE]')
    response.end()
  },
}

const google: Shape = {
  hear: (asked, turn) => {
    type Part = { text?: string; functionResponse?: { response: unknown } }
    const said = (parts: readonly Part[]) =>
      parts.map((part) => part.text ?? JSON.stringify(part.functionResponse?.response ?? '')).join('\n')
    const last = asked.contents.at(-1)?.parts ?? []
    return {
      turn,
      system: said(asked.systemInstruction?.parts ?? []),
      text: asked.contents.map(({ parts }: { parts: Part[] }) => said(parts)).join('\n'),
      answers: last
        .filter((part: Part) => part.functionResponse !== undefined)
        .map((part: Part) => JSON.stringify(part.functionResponse?.response)),
      tools: (asked.tools ?? []).flatMap(
        ({ functionDeclarations = [] }: { functionDeclarations?: { name: string }[] }) =>
          functionDeclarations.map(({ name }) => name),
      ),
      forced: asked.toolConfig?.functionCallingConfig?.mode === 'ANY',
    }
  },
  say: (response, say, { input, stream }) => {
    const text = 'cutOff' in say ? say.cutOff : (say.text ?? '')
    const calls = 'cutOff' in say ? [] : (say.calls ?? [])
    const parts = [
      ...(text === '' ? [] : [{ text }]),
      ...calls.map(({ name, input: args }) => ({ functionCall: { name, args } })),
    ]
    const answer = {
      candidates: [
        { index: 0, content: { role: 'model', parts }, ...('cutOff' in say ? {} : { finishReason: 'STOP' }) },
      ],
      usageMetadata: {
        promptTokenCount: input,
        candidatesTokenCount: outputOf(say),
        totalTokenCount: input + outputOf(say),
      },
    }
    if (!stream) return json(response, answer)
    events(response)(answer)
    if ('cutOff' in say) setTimeout(() => response.destroy(), 20)
    else response.end()
  },
}

/** https://platform.openai.com/docs/api-reference/responses: items in place of messages, events with names. */
const responses: Shape = {
  hear: (asked, turn) => {
    type Item = { type?: string; role?: string; content?: unknown; output?: unknown }
    const items: Item[] = typeof asked.input === 'string' ? [{ role: 'user', content: asked.input }] : asked.input
    const last = items.findLastIndex(({ type, role }) => type === 'function_call' || role === 'assistant')
    const told = ({ role }: Item) => role === 'system' || role === 'developer'
    return {
      turn,
      system: [asked.instructions ?? '', ...items.filter(told).map(({ content }) => textOf(content))].join('\n'),
      text: items
        .filter((item) => !told(item))
        .map((item) => textOf(item.content ?? item.output))
        .join('\n'),
      answers: items
        .slice(last + 1)
        .filter(({ type }) => type === 'function_call_output')
        .map(({ output }) => textOf(output)),
      // Tools of one server come as a namespace; `server/tool` here.
      tools: (asked.tools ?? []).flatMap((tool: { name?: string; type: string; tools?: { name: string }[] }) =>
        tool.type === 'namespace'
          ? (tool.tools ?? []).map(({ name }) => `${tool.name}/${name}`)
          : [tool.name ?? tool.type],
      ),
      forced: typeof asked.tool_choice === 'object',
    }
  },
  say: (response, say, { turn, input, stream, model }) => {
    const text = 'cutOff' in say ? say.cutOff : (say.text ?? '')
    const calls = 'cutOff' in say ? [] : (say.calls ?? [])
    const message = {
      type: 'message',
      id: `msg_${turn}`,
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text, annotations: [] }],
    }
    const output = [
      ...(text === '' ? [] : [message]),
      ...calls.map((call, at) => ({
        type: 'function_call',
        id: `fc_${turn}_${at}`,
        call_id: `call_${turn}_${at}`,
        ...(call.name.includes('/')
          ? { namespace: call.name.split('/')[0], name: call.name.split('/')[1] }
          : { name: call.name }),
        arguments: JSON.stringify(call.input),
        status: 'completed',
      })),
    ]
    const spoken = outputOf(say)
    const usage = {
      input_tokens: input,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: spoken,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + spoken,
    }
    const head = { id: `resp_${turn}`, object: 'response', created_at: 1_760_000_000, model, error: null }
    const whole = { ...head, status: 'completed', output, usage }
    if (!stream) return json(response, whole)
    const named = events(response)
    const send = (type: string, rest: object) => named({ type, ...rest }, type)
    send('response.created', { response: { ...head, status: 'in_progress', output: [] } })
    for (const [output_index, item] of output.entries()) {
      send('response.output_item.added', { output_index, item })
      if (item.type === 'message')
        for (const delta of text.match(/[\s\S]{1,400}/g) ?? [])
          send('response.output_text.delta', { output_index, item_id: item.id, content_index: 0, delta })
      if ('cutOff' in say) {
        setTimeout(() => response.destroy(), 20)
        return
      }
      send('response.output_item.done', { output_index, item })
    }
    send('response.completed', { response: whole })
    response.end()
  },
}
