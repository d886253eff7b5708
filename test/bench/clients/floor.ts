import { createSecureContext } from 'node:tls'
import { createParser } from 'eventsource-parser'
import { Client, type Dispatcher } from 'undici'
import { FaultNotice } from '../../../shared/faults/fault.ts'
import type { OpenClient } from './client.ts'

/** As little as can hear faults: written by hand, no SDK, no deadline, no retry. What ours costs is held against it. */
const secureContext = createSecureContext()

export const openFloor: OpenClient = async (endpoint, onFault) => {
  const url = new URL(endpoint)
  const options = { connect: { secureContext }, bodyTimeout: 0, headersTimeout: 0, allowH2: false }
  const streams = new Client(url.origin, options)
  const requests = new Client(url.origin, options)
  const headers: Record<string, string> = {}
  let ids = 0

  const exchange = (client: Client, ask: Dispatcher.DispatchOptions, opened?: () => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const decoder = new TextDecoder()
      const parser = createParser({ onEvent: ({ data }) => hear(data) })
      client.dispatch(ask, {
        onRequestStart() {},
        onResponseStart(_, status, answered) {
          const session = answered['mcp-session-id']
          if (typeof session === 'string') headers['mcp-session-id'] = session
          if (status >= 300) reject(new Error(`status ${status}`))
          else opened?.()
        },
        onResponseData: (_, chunk) => parser.feed(decoder.decode(chunk, { stream: true })),
        onResponseEnd: () => resolve(),
        onResponseError: (_, error) => reject(error),
      })
    })
  function hear(data: string): void {
    const { method, params } = JSON.parse(data)
    if (method !== 'notifications/message') return
    const fault = FaultNotice.safeParse(params.data)
    if (fault.success) onFault(fault.data)
  }
  const post = (method: string, params: unknown, isCall = true): Promise<void> => {
    ids += 1
    return exchange(requests, {
      path: url.pathname,
      method: 'POST',
      headers: {
        ...headers,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...(isCall ? { id: ids } : {}), method, params }),
    })
  }

  const clientInfo = { name: 'floor', version: '1' }
  await post('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo })
  await post('notifications/initialized', {}, false)
  await post('logging/setLevel', { level: 'info' })
  await post('tools/list', {})
  await new Promise<void>((resolve, reject) => {
    const ask = { path: url.pathname, method: 'GET', headers: { ...headers, accept: 'text/event-stream' } } as const
    exchange(streams, ask, resolve).catch(reject)
  })
  await post('tools/call', { name: 'events_subscribe', arguments: { mode: 'faults' } })
  return {
    close: async () => {
      await Promise.all([streams.destroy(), requests.destroy()])
    },
  }
}
