import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { jsonError } from './http-answers.ts'
import { plainRequest } from './plain-message.ts'
import { connectCaller, createKubernetesMcp, type McpOptions } from './server.ts'

/** Arguments are short: nothing here changes a cluster. */
const MAX_BODY_BYTES = 256 * 1024

/** Answers one POST by itself, for hosts that keep nothing between requests. Without sessions there are no notices. */
export function createStatelessHandler(options: McpOptions): (request: Request) => Promise<Response> {
  const mcp = createKubernetesMcp(options)
  return async (request) => {
    if (request.method !== 'POST') {
      return jsonError(405, 'Only POST is answered here: this server keeps no sessions.', -32000, { allow: 'POST' })
    }
    const transport = new WebStandardStreamableHTTPServerTransport({
      enableJsonResponse: true,
      maxRequestBodySize: MAX_BODY_BYTES,
    })
    const read = await plainRequest(request, MAX_BODY_BYTES)
    if ('refusal' in read) return Response.json(read.refusal)
    const connection = await connectCaller(mcp, transport, { stateless: true })
    try {
      return await transport.handleRequest(read.request)
    } finally {
      await connection.close()
    }
  }
}
