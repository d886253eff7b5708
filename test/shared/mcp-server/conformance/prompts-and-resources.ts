import type { Server } from '@modelcontextprotocol/sdk/server/index.js'
import {
  CompleteRequestSchema,
  ErrorCode,
  GetPromptRequestSchema,
  type GetPromptResult,
  ListPromptsRequestSchema,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  McpError,
  type PromptMessage,
  ReadResourceRequestSchema,
  SubscribeRequestSchema,
  UnsubscribeRequestSchema,
} from '@modelcontextprotocol/sdk/types.js'
import { PNG } from './fixtures.ts'

type Content = PromptMessage['content']
const says = (...contents: Content[]): GetPromptResult => ({
  messages: contents.map((content) => ({ role: 'user', content })),
})
const text = (words: string): Content => ({ type: 'text', text: words })
const prompts = [
  { name: 'test_simple_prompt', description: 'A simple prompt' },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with arguments',
    arguments: [
      { name: 'arg1', required: true },
      { name: 'arg2', required: true },
    ],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt with a resource',
    arguments: [{ name: 'resourceUri', required: true }],
  },
  { name: 'test_prompt_with_image', description: 'A prompt with an image' },
]
function promptOf(name: string, args: Readonly<Record<string, string>>): GetPromptResult {
  if (name === 'test_simple_prompt') return says(text('This is a simple prompt for testing.'))
  if (name === 'test_prompt_with_arguments') {
    return says(text(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`))
  }
  if (name === 'test_prompt_with_embedded_resource') {
    const resource = { uri: args.resourceUri ?? '', mimeType: 'text/plain', text: 'Embedded resource content.' }
    return says({ type: 'resource', resource }, text('Please process the embedded resource above.'))
  }
  if (name === 'test_prompt_with_image') {
    return says({ type: 'image', data: PNG, mimeType: 'image/png' }, text('Please analyze the image above.'))
  }
  throw new McpError(ErrorCode.InvalidParams, `There is no prompt ${name}`)
}

const resources = [
  { uri: 'test://static-text', name: 'Static text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'Static binary', mimeType: 'image/png' },
  { uri: 'test://watched-resource', name: 'Watched', mimeType: 'text/plain' },
]
const template = /^test:\/\/template\/([^/]+)\/data$/
function contentOf(uri: string) {
  const id = template.exec(uri)?.[1]
  if (id !== undefined) {
    const data = { id, templateTest: true, data: `Data for ID: ${id}` }
    return { uri, mimeType: 'application/json', text: JSON.stringify(data) }
  }
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: PNG }
  if (resources.some((one) => one.uri === uri)) return { uri, mimeType: 'text/plain', text: `Text of ${uri}` }
  throw new McpError(ErrorCode.InvalidParams, `There is no resource ${uri}`)
}

export function register(server: Server) {
  server.setRequestHandler(ListPromptsRequestSchema, () => ({ prompts }))
  server.setRequestHandler(GetPromptRequestSchema, ({ params }) => promptOf(params.name, params.arguments ?? {}))
  server.setRequestHandler(ListResourcesRequestSchema, () => ({ resources }))
  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'Template', mimeType: 'application/json' }],
  }))
  server.setRequestHandler(ReadResourceRequestSchema, ({ params }) => ({ contents: [contentOf(params.uri)] }))
  server.setRequestHandler(SubscribeRequestSchema, () => ({}))
  server.setRequestHandler(UnsubscribeRequestSchema, () => ({}))
  server.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: [], total: 0, hasMore: false } }))
}
