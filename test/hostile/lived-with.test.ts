import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { eventStream, finds, hears, inTurns, LIMIT_MS, oneSession, pause, type Row, subscribed } from './habits.ts'
import { serverWith, type Twist, toolList, watched } from './stage.ts'

/** Handled, by what was called for it. */
const done = (..._: unknown[]): true => true

const lived: readonly (readonly [string, Twist])[] = [
  [
    'S15: comments, empty data and pings of another type on the stream',
    {
      get: (_, response, one) => {
        eventStream(response).write(': hello\n\ndata:\n\nevent: ping\ndata: still here\n\n')
        one.streams.add(response)
        return true
      },
    },
  ],
  [
    'E01 a: a stream with CR alone, and a mark in front',
    {
      get: (_, response, one) => {
        eventStream(response).write('\uFEFF: hello\r\rdata:\r\r')
        one.streams.add(response)
        return true
      },
    },
  ],
  [
    'P05b: a text behind a notification',
    {
      post: ({ message, response }) =>
        message.id === undefined && !!response.writeHead(200, { 'content-type': 'text/plain' }).end('Accepted'),
    },
  ],
  [
    'P05c: an id of null behind a notification',
    {
      post: ({ message, json }) =>
        message.id === undefined && done(json(200, { jsonrpc: '2.0', id: null, result: null })),
    },
  ],
  [
    'N06: pings answered with null',
    { post: ({ message, json }) => message.method === 'ping' && done(json(200, null)) },
  ],
  [
    'D06: a reset on some pings',
    (() => {
      let pings = 0
      return { post: ({ message, response }) => message.method === 'ping' && ++pings % 2 === 1 && !!response.destroy() }
    })(),
  ],
  [
    'P26: answers in an array of one',
    {
      post: ({ message, json }) =>
        message.method === 'ping' && done(json(200, [{ jsonrpc: '2.0', id: message.id, result: {} }])),
    },
  ],
  [
    'U02: ids as text',
    {
      post: ({ message, json }) =>
        message.method === 'ping' && done(json(200, { jsonrpc: '2.0', id: String(message.id), result: {} })),
    },
  ],
  [
    'M23: ids of nobody',
    {
      post: ({ message, json }) =>
        message.method === 'ping' && done(json(200, { jsonrpc: '2.0', id: null, result: {} })),
    },
  ],
  [
    'N13: status 203',
    {
      post: ({ message, json }) =>
        message.method === 'ping' && done(json(203, { jsonrpc: '2.0', id: message.id, result: {} })),
    },
  ],
  [
    'P29: early hints before an answer',
    {
      post: ({ message, response, good }) =>
        message.method === 'ping' && done(response.writeEarlyHints({ link: '</x>; rel=preload' }), good()),
    },
  ],
  [
    'P33: connections closed, and said so',
    {
      post: ({ response }) => {
        response.setHeader('connection', 'close')
        return false
      },
    },
  ],
  [
    'N03, N03b: nulls beside results',
    {
      post: ({ message, result }) =>
        message.params?.name === 'events_list_subscriptions' &&
        done(
          result({
            isError: null,
            structuredContent: null,
            content: [{ type: 'text', text: '{"subscriptions":[{"subscriptionId":"sub-s1"}]}' }],
          }),
        ),
    },
  ],
  [
    'N04: nulls in the greeting',
    {
      post: ({ message, json, response }, one) =>
        message.method === 'initialize' &&
        done(
          one.ids.add('s1'),
          response.setHeader('mcp-session-id', 's1'),
          json(200, {
            jsonrpc: '2.0',
            id: message.id,
            result: {
              protocolVersion: '2025-06-18',
              capabilities: { tools: {}, logging: {}, prompts: null },
              serverInfo: { name: 'x', version: '1' },
              instructions: null,
            },
          }),
        ),
    },
  ],
  [
    'W06 c: a stream label of its own',
    {
      post: ({ message, response }) =>
        message.method === 'ping' &&
        !!response
          .writeHead(200, { 'content-type': 'text/streamable' })
          .end(`data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} })}\n\n`),
    },
  ],
  [
    'P32: tools on fifty pages',
    {
      post: ({ message, result }) => {
        if (message.method !== 'tools/list') return
        const at = Number((message.params as { cursor?: string } | undefined)?.cursor ?? 0)
        result(
          at < 49
            ? { tools: Array.from({ length: 100 }, (_, n) => ({ name: `t${at}-${n}` })), nextCursor: String(at + 1) }
            : toolList(),
        )
        return true
      },
    },
  ],
  [
    'P24b: a stream that is compressed unasked',
    {
      get: (_, response, one) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' })
        const write = response.write.bind(response)
        write(gzipSync(': hello\n\n'))
        Object.assign(response, { write: (text: string) => write(gzipSync(text)) })
        one.streams.add(response)
        response.on('close', () => one.streams.delete(response))
        return true
      },
    },
  ],
]
async function live(twist: Twist): Promise<void> {
  const server = await serverWith(twist)
  const home = await watched(server)
  await subscribed(home)
  await finds(home)
  await pause(2_500)
  await hears(home, server)
  expect(await home.letters()).toEqual([])
  oneSession(server)
}

test(
  'what is unusual, and none of our business, is lived with',
  (context) =>
    inTurns(
      context,
      lived.map(([name, twist]): Row => [name, () => live(twist)]),
    ),
  LIMIT_MS,
)
