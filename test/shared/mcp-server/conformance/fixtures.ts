import { type CallToolResult, CreateMessageResultSchema, ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js'
import type { Tool, ToolContext } from '../../../../shared/mcp-server/server/define-tool.ts'
import type { Additions } from '../../../../shared/mcp-server/server/server.ts'
import { pause } from '../setup.ts'
import { elicited, enums } from './elicitations.ts'
import { register } from './prompts-and-resources.ts'

/** One red pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
/** A WAV without a sample. */
const WAV = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA='

const text = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] })
const fixture = (
  name: string,
  call: (exchange: ToolContext['exchange'], args: Record<string, unknown>) => Promise<CallToolResult> | CallToolResult,
  inputSchema: Tool['definition']['inputSchema'] = { type: 'object', properties: {} },
): Tool => ({
  name,
  toolset: 'fixtures',
  definition: { name, description: `Fixture ${name}`, inputSchema },
  call: async (args, context) => call(context.exchange, Object(args)),
})
// On the stream of the call: the stream of notices may not be open yet.
const elicit = async ({ extra }: ToolContext['exchange'], properties: Record<string, object>) => {
  const requestedSchema = { type: 'object', properties, required: [] }
  const request = { method: 'elicitation/create', params: { message: 'Please say', requestedSchema } }
  const result = await extra.sendRequest(ElicitRequestSchema.parse(request), elicited)
  return text(`Elicitation completed: action=${result.action}, content=${JSON.stringify(result.content)}`)
}
const message = { type: 'object' as const, properties: { message: { type: 'string' } }, required: ['message'] }
const prompt = { type: 'object' as const, properties: { prompt: { type: 'string' } }, required: ['prompt'] }

const tools: readonly Tool[] = [
  fixture('test_simple_text', () => text('This is a simple text response for testing.')),
  fixture('test_image_content', () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] })),
  fixture('test_audio_content', () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] })),
  fixture('test_embedded_resource', () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  })),
  fixture('test_multiple_content_types', () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      { type: 'image', data: PNG, mimeType: 'image/png' },
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  })),
  fixture('test_tool_with_logging', async ({ extra }) => {
    for (const data of ['Tool execution started', 'Tool processing data', 'Tool execution completed']) {
      await extra.sendNotification({ method: 'notifications/message', params: { level: 'info', data } })
      await pause(20)
    }
    return text('Logged.')
  }),
  fixture('test_error_handling', () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  })),
  fixture('test_tool_with_progress', async ({ extra }) => {
    const progressToken = extra._meta?.progressToken
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        })
      }
      await pause(20)
    }
    return text('Done.')
  }),
  fixture(
    'test_sampling',
    async ({ extra }, args) => {
      const messages = [{ role: 'user' as const, content: { type: 'text' as const, text: String(args.prompt) } }]
      const params = { messages, maxTokens: 100 }
      const result = await extra.sendRequest({ method: 'sampling/createMessage', params }, CreateMessageResultSchema)
      return text(`LLM response: ${'text' in result.content ? result.content.text : ''}`)
    },
    prompt,
  ),
  fixture(
    'test_elicitation',
    (exchange) =>
      elicit(exchange, { username: { type: 'string' }, email: { type: 'string', description: 'Your address' } }),
    message,
  ),
  fixture('test_elicitation_sep1034_defaults', (exchange) =>
    elicit(exchange, {
      name: { type: 'string', default: 'John Doe' },
      age: { type: 'integer', default: 30 },
      score: { type: 'number', default: 95.5 },
      status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
      verified: { type: 'boolean', default: true },
    }),
  ),
  fixture('test_elicitation_sep1330_enums', (exchange) => elicit(exchange, enums)),
  fixture('test_reconnection', async ({ extra }) => {
    extra.closeSSEStream?.()
    await pause(100)
    return text('Reconnected.')
  }),
  fixture('json_schema_2020_12_tool', (_, args) => text(JSON.stringify(args)), {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: { type: 'object', properties: { street: { type: 'string' }, city: { type: 'string' } } },
    },
    properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
    additionalProperties: false,
  }),
]

/** What the conformance suite calls; no part of the server that people start. */
export const conformanceFixtures: Additions = {
  tools,
  capabilities: { resources: { subscribe: true }, prompts: {}, completions: {} },
  register,
}
