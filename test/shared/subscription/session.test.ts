import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openSession } from '../../../shared/subscription/session.ts'
import { until } from './supervised.ts'

async function listen(handler: RequestListener): Promise<string> {
  const server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/mcp`
}

const options = (endpoint: string, heard: unknown[] = [], ended: string[] = []) => ({
  endpoint,
  headers: {},
  callTimeoutMs: 1_000,
  onNotice: (params: unknown) => void heard.push(params),
  onGarbage: () => {},
  onStreamEnd: (why: string) => void ended.push(why),
  signal: new AbortController().signal,
})

/** The SDK's own server. */
async function sdkServer(enableJsonResponse: boolean) {
  const server = new McpServer({ name: 'sdk', version: '1' }, { capabilities: { logging: {} } })
  server.registerTool('echo', { description: 'Use when testing.' }, async () => ({
    content: [{ type: 'text', text: 'heard' }],
  }))
  const ended: string[] = []
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    enableJsonResponse,
    onsessionclosed: (id) => void ended.push(id),
  })
  // The SDK's transport has optional callbacks that exactOptionalPropertyTypes tells apart from the interface's.
  await server.connect(transport as Parameters<typeof server.connect>[0])
  const endpoint = await listen((request, response) => void transport.handleRequest(request, response))
  return { server, endpoint, ended }
}

describe.each([
  ['events', false],
  ['JSON', true],
] as const)('with the SDK’s own server that answers in %s', (_, asJson) => {
  test('a session lists, calls, pings, hears, and says good-bye', async () => {
    const { server, endpoint, ended } = await sdkServer(asJson)
    const heard: unknown[] = []
    // Nothing here is about time: a busy machine may take longer than what the other tests wait for.
    const session = await openSession({ ...options(endpoint, heard), callTimeoutMs: 10_000 })
    await session.setLevel()
    expect(await session.tools()).toEqual([{ name: 'echo', arguments: [] }])
    expect(await session.call('echo', {})).toMatchObject({ isError: false, text: 'heard' })
    expect(await session.openStream()).toBe('open')
    await server.sendLoggingMessage({ level: 'warning', logger: 'kubernetes/faults', data: { faultId: 'x' } })
    await until('it is heard', () => heard.length === 1)
    expect(heard[0]).toMatchObject({ logger: 'kubernetes/faults', data: { faultId: 'x' } })
    await session.ping()
    await session.close()
    expect(ended).toHaveLength(1)
    await expect(session.ping()).rejects.toThrow()
  })
})

const initialize = (id: unknown) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id,
    result: { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'raw', version: '1' } },
  })
/** Answers `initialize` as it should, and everything else as told. */
const raw = (other: (message: { id: unknown; method: string }, response: Parameters<RequestListener>[1]) => void) =>
  listen((request, response) => {
    if (request.method === 'GET') return other({ id: undefined, method: 'GET' }, response)
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      if (request.method !== 'POST') return void response.writeHead(204).end()
      const message = JSON.parse(body)
      if (message.method !== 'initialize') {
        if (message.id === undefined) return void response.writeHead(202).end()
        return other(message, response)
      }
      response
        .writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's1' })
        .end(initialize(message.id))
    })
  })

describe('a server that', () => {
  test('ends its answer without one is told apart from one that is slow', async () => {
    const session = await openSession(
      options(await raw((_, response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end())),
    )
    await expect(session.tools()).rejects.toThrow(/ended its answer to tools\/list without one/)
    await session.ping()
    await session.close()
  })

  test('goes on sending on the stream of an answered call is left, and holds up no other', async () => {
    const left: number[] = []
    const session = await openSession(
      options(
        await raw(({ id }, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id, result: { tools: [] } })}\n\n`)
          const more = JSON.stringify({
            jsonrpc: '2.0',
            method: 'notifications/message',
            params: { level: 'info', data: 'x' },
          })
          const timer = setInterval(() => response.write(`data: ${more}\n\n`), 50)
          response.on('close', () => {
            clearInterval(timer)
            left.push(Number(id))
          })
        }),
      ),
    )
    for (let call = 0; call < 3; call += 1) expect(await session.tools()).toEqual([])
    await until('all of them are left', () => left.length === 3)
    await session.close()
  })

  test('never answers is left after the deadline, and the next call is not held up', async () => {
    let calls = 0
    const session = await openSession(
      options(
        await raw((message, response) => {
          calls += 1
          if (calls > 1)
            response
              .writeHead(200, { 'content-type': 'application/json' })
              .end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} }))
        }),
      ),
    )
    await expect(session.ping()).rejects.toThrow(/ping was not answered by .* within 1 s/)
    await session.ping()
    await session.close()
  })

  test('answers without an end is cut at 32 MiB', async () => {
    const session = await openSession({
      ...options(
        await raw((_, response) => {
          response.writeHead(200, { 'content-type': 'application/json' })
          const pour = () => {
            while (!response.destroyed && response.write('x'.repeat(1024 * 1024)));
            if (!response.destroyed) response.once('drain', pour)
          }
          pour()
        }),
      ),
      callTimeoutMs: 10_000,
    })
    await expect(session.ping()).rejects.toThrow(/answers with more than 32 MiB/)
    await session.close()
  })

  test('sends a message without an end on its stream is cut at 8 MiB', async () => {
    const ended: string[] = []
    const session = await openSession(
      options(
        await raw((message, response) => {
          if (message.method !== 'GET') return
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.write('data: ')
          for (let at = 0; at < 10; at++) response.write('x'.repeat(1024 * 1024))
        }),
        [],
        ended,
      ),
    )
    await session.openStream()
    await until('it is cut', () => ended.length === 1)
    expect(ended[0]).toMatch(/more than 8 MiB/)
    await session.close()
  })

  test('answers something that is no MCP is said so', async () => {
    const endpoint = await listen((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"hello":"world"}')
    })
    await expect(openSession(options(endpoint))).rejects.toThrow(/initialize without one|not one of MCP/)
  })
})
