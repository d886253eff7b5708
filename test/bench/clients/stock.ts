import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { LoggingMessageNotificationSchema } from '@modelcontextprotocol/sdk/types.js'
import { FaultNotice } from '../../../shared/faults/fault.ts'
import type { OpenClient } from './client.ts'

/** The SDK's own client and transport, nothing tuned. */
export const openStock: OpenClient = async (endpoint, onFault) => {
  const client = new Client({ name: 'stock', version: '1' })
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    const fault = FaultNotice.safeParse(params.data)
    if (fault.success) onFault(fault.data)
  })
  client.onerror = () => {}
  const transport = new StreamableHTTPClientTransport(new URL(endpoint))
  await client.connect(transport)
  await client.setLoggingLevel('info')
  await client.listTools()
  await client.callTool({ name: 'events_subscribe', arguments: { mode: 'faults' } })
  return { close: () => client.close() }
}
