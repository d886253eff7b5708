import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { dynamicTool, jsonSchema, type ToolSet } from 'ai'
import { z } from 'zod'
import type { Broker } from '../agent/broker-client.ts'

export type Tools = {
  readonly set: ToolSet
  readonly accepted: () => boolean
  readonly circles: () => boolean
  readonly close: () => Promise<void>
}

const Parts = z.object({ content: z.array(z.looseObject({ text: z.string().optional() })) })
/** The tool that always ends an investigation. */
export const SUBMIT = 'submit_verdict'
/** The broker's words for a question that was answered often enough. */
const REPEATED = /^This was answered \d+ times/
/** Who has heard them so often goes round in circles. */
const CIRCLES = 3
const ENDS = /^((submit|confirm)_verdict|same_as)$/

/** The broker's tools as a model is offered them. Answers come as the broker marked them; nothing is added here. */
export async function toolsOf({ url, token }: Broker): Promise<Tools> {
  const client = new Client({ name: 'nightcrier-agent', version: '0.1.0' })
  const headers = { authorization: `Bearer ${token}` }
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit: { headers } })
  await client.connect(transport)
  let accepted = false
  let repeated = 0
  const { tools } = await client.listTools()
  const set = tools.map(({ name, description = '', inputSchema }) => {
    const execute = async (input: unknown) => {
      const given = z.record(z.string(), z.unknown()).safeParse(input).data ?? {}
      const answer = Parts.parse(await client.callTool({ name, arguments: given }))
      const text = answer.content.map((part) => part.text ?? '').join('\n')
      if (ENDS.test(name) && /^(Accepted|Over)\b/.test(text)) accepted = true
      if (REPEATED.test(text)) repeated++
      return text
    }
    return [name, dynamicTool({ description, inputSchema: jsonSchema(inputSchema), execute })] as const
  })
  return {
    set: Object.fromEntries(set),
    accepted: () => accepted,
    circles: () => repeated >= CIRCLES,
    close: () => client.close(),
  }
}
