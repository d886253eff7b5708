import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { z } from 'zod'
import { errorText } from '../runtime/errors.ts'
import { openTransport, type TransportOptions } from './transport.ts'

/** What a supervisor needs of one MCP server. Every call has its deadline; what fails says why in one sentence. */
export type Session = {
  readonly openStream: () => Promise<'open' | 'none'>
  readonly setLevel: () => Promise<void>
  readonly tools: () => Promise<readonly ToolInfo[]>
  readonly call: (name: string, args: Readonly<Record<string, unknown>>) => Promise<ToolAnswer>
  readonly ping: () => Promise<void>
  readonly close: () => Promise<void>
}
export type ToolInfo = { readonly name: string; readonly arguments: readonly string[] }
export type ToolAnswer = { readonly isError: boolean; readonly text: string; readonly structured: unknown }
export type OpenSession = (options: TransportOptions) => Promise<Session>

/** Servers have some dozens of tools; more pages than this are a loop. */
const MAX_TOOL_PAGES = 20
const Tools = z.looseObject({
  tools: z.array(
    z.looseObject({
      name: z.string(),
      inputSchema: z.looseObject({ properties: z.record(z.string(), z.unknown()).optional() }).optional(),
    }),
  ),
  nextCursor: z.string().optional(),
})
const Answer = z.looseObject({
  isError: z.boolean().optional(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).optional(),
  structuredContent: z.unknown().optional(),
})
const Anything = z.looseObject({})

/** Answers are checked by our own schemas; a checker of JSON schemas for each client would cost 24 KB each. */
const noValidator = {
  getValidator: () => () => ({ valid: false as const, data: undefined, errorMessage: 'not checked here' }),
}

/** The SDK's client on our transport: it negotiates the version, pairs answers with calls, answers the server's pings. */
export const openSession: OpenSession = async (options) => {
  const transport = openTransport(options)
  const client = new Client({ name: 'nightcrier', version: '1.0.0' }, { jsonSchemaValidator: noValidator })
  // The transport has the deadline, since only it can cut the connection; this one is the net below it.
  const net = { timeout: options.callTimeoutMs + 1_000 }
  const words = (error: unknown): Error => {
    if (error instanceof z.core.$ZodError || errorText(error).startsWith('['))
      return new Error(`the server at ${new URL(options.endpoint).host} gave an answer that is not one of MCP`)
    return new Error(errorText(error).replace(/^MCP error -?\d+: /, ''))
  }
  const asked = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (error) {
      throw words(error)
    }
  }

  try {
    await asked(client.connect(transport, net))
  } catch (error) {
    await transport.close()
    throw error
  }

  return {
    openStream: () => transport.openStream(),
    setLevel: async () => {
      await asked(client.request({ method: 'logging/setLevel', params: { level: 'info' } }, Anything, net))
    },
    tools: async () => {
      const found: ToolInfo[] = []
      let cursor: string | undefined
      for (let page = 0; page < MAX_TOOL_PAGES; page++) {
        const params = cursor === undefined ? {} : { cursor }
        const answer = Tools.parse(await asked(client.request({ method: 'tools/list', params }, Anything, net)))
        for (const { name, inputSchema } of answer.tools)
          found.push({ name, arguments: Object.keys(inputSchema?.properties ?? {}) })
        cursor = answer.nextCursor
        if (cursor === undefined) break
      }
      return found
    },
    call: async (name, args) => {
      const params = { name, arguments: { ...args } }
      const answer = Answer.parse(await asked(client.request({ method: 'tools/call', params }, Anything, net)))
      const text = (answer.content ?? []).flatMap((part) => part.text ?? []).join('\n')
      return { isError: answer.isError === true, text, structured: answer.structuredContent }
    },
    ping: async () => {
      await asked(client.request({ method: 'ping' }, Anything, net))
    },
    close: () => client.close(),
  }
}
