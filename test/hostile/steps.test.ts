import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { House } from '../shared/subscription/supervised.ts'
import { finds, hears, inTurns, LIMIT_MS, pause, until } from './habits.ts'
import { serverWith, type Twist, toolList, watched } from './stage.ts'

const stands = (home: House, step: string, ms = 20_000) =>
  until(
    `it is ${step}: ${safe(() => JSON.stringify(home.row('east')))}`,
    () => home.row('east').status === 'active' && home.row('east').source === step,
    ms,
  )
const safe = (act: () => string) => {
  try {
    return act()
  } catch {
    return ''
  }
}
const refuses = (status: number, type = 'text/plain', body = 'no'): Twist => ({
  get: (_, response) => {
    response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(status === 204 ? undefined : body)
    return true
  },
})
/** Handled, by what was called for it. */
const done = (..._: unknown[]): true => true
const onCall =
  (name: string, act: NonNullable<Twist['post']>): NonNullable<Twist['post']> =>
  (call, server) =>
    call.message.params?.name === name || call.message.method === name ? act(call, server) : undefined

describe('a server that still can be looked at is looked at', () => {
  const rows: readonly [string, Twist, RegExp][] = [
    ['S01: 404 to the stream', refuses(404), /no stream/],
    ['S02: 400 to the stream', refuses(400), /refuses the stream \(400/],
    ['S06: 405 to the stream', refuses(405), /offers no stream \(405\)/],
    ['S03: 406 to the stream', refuses(406), /refuses the stream \(406/],
    ['S04b: 501 to the stream', refuses(501), /fails \(501/],
    ['M28: 401 to the stream', refuses(401), /asks for a credential/],
    ['N10: 204 to the stream', refuses(204, ''), /no media type \(204/],
    ['S04: JSON to the stream', refuses(200, 'application/json', '{"ok":true}'), /application\/json \(200/],
    ['M27: a page to the stream', refuses(200, 'text/html', '<html><p>Hello'), /web page|text\/html/],
    [
      'W17: 429 to the stream',
      { get: (_, response) => !!response.writeHead(429, { 'retry-after': '60' }).end('too many streams') },
      /asks to slow down \(429.*too many streams/,
    ],
    [
      'no tools for events',
      { post: onCall('tools/list', ({ result }) => done(result(toolList(['resources_list', 'resources_get'])))) },
      /emits no faults/,
    ],
    [
      'N12, W10 b: a refused subscription',
      { post: onCall('events_subscribe', ({ error }) => done(error(-32_099, 'access denied'))) },
      /refuses tools\/call events_subscribe: access denied/,
    ],
    [
      'W10 a: a subscription without scope',
      {
        post: onCall('events_subscribe', ({ json }) =>
          done(
            json(
              403,
              { error: 'Forbidden' },
              { 'www-authenticate': 'Bearer error="insufficient_scope", scope="events:subscribe"' },
            ),
          ),
        ),
      },
      /events_subscribe.*needs the scope events:subscribe/,
    ],
    [
      'W22 a: a firewall before one call',
      {
        post: onCall(
          'events_subscribe',
          ({ response }) =>
            !!response
              .writeHead(200, { 'content-type': 'text/html', connection: 'close' })
              .end(
                '<html><head><title>Request Rejected</title></head><body>Your support ID is: 15549882842558379424</body></html>',
              ),
        ),
      },
      /Request Rejected.*15549882842558379424/,
    ],
    ['a subscription that hangs', { post: onCall('events_subscribe', () => true) }, /did not answer in 1.?5 s/],
  ]
  test(
    'whatever it answers to the stream or the subscription',
    (context) =>
      inTurns(
        context,
        rows.map(([name, twist, words]) => [
          name,
          async () => {
            const server = await serverWith(twist)
            const home = await watched(server)
            await stands(home, 'polled')
            await finds(home)
            expect(home.row('east').note).toMatch(words)
            expect(server.count('initialize')).toBe(1)
          },
        ]),
      ),
    LIMIT_MS,
  )

  test('N11: an open stream that blocks every call', async () => {
    const server = await serverWith({ post: ({ message }, one) => one.streams.size > 0 && message.id !== undefined })
    const home = await watched(server)
    await stands(home, 'polled')
    await finds(home)
    expect(home.row('east').note).toMatch(/answers nothing while its stream is open/)
  })

  test('S07: headers held back for ever', async () => {
    const server = await serverWith({ get: () => true })
    const home = await watched(server)
    await stands(home, 'unconfirmed')
    expect(home.row('east').note).toMatch(/not even sent the headers/)
  })

  test('S16: a stream on which nothing comes, until something does', async () => {
    const server = await serverWith()
    const home = await watched(server)
    await stands(home, 'subscribed')
    await stands(home, 'unconfirmed')
    await hears(home, server)
    await stands(home, 'subscribed')
  })

  test('N16, D05: one list that fails and one that is reset', async () => {
    const server = await serverWith({
      post: ({ message: { params }, json, response }) => {
        if (params?.arguments?.kind === 'Node') json(500, { error: 'boom' })
        else if (params?.arguments?.kind === 'Job') response.destroy()
        else return
        return true
      },
    })
    const home = await watched(server)
    await finds(home)
    await until('it is noted', () => /Node: .*500.*Job: .*cut/.test(home.row('east').note))
    expect(server.count('tools/call resources_list Certificate')).toBeGreaterThan(0)
    expect(home.row('east').status).toBe('active')
  })

  test('W11: tools under the prefix of a gateway', async () => {
    const server = await serverWith({
      post: ({ message: { method, params }, result, good }) => {
        if (method === 'tools/list')
          result(toolList(['kubernetes__events_subscribe', 'kubernetes__resources_list', 'github__search']))
        else if (params?.name?.startsWith('kubernetes__')) {
          Object.assign(params, { name: params.name.slice('kubernetes__'.length) })
          good()
        } else return
        return true
      },
    })
    const home = await watched(server)
    await stands(home, 'subscribed')
    await finds(home)
  })
})

describe('a habit that is none of our business', () => {
  const initialize = onCall('initialize', ({ good, message }) => {
    if (message.params?.protocolVersion !== '2025-11-25') good()
    return message.params?.protocolVersion !== '2025-11-25'
  })
  const rows: readonly [string, Twist][] = [
    [
      'W04 a: no negotiation of versions',
      {
        post: (call, server) =>
          initialize(call, server) ??
          (call.message.method === 'initialize'
            ? !!call.response
                .writeHead(400, { 'content-type': 'text/plain' })
                .end('Bad Request: Unsupported protocol version (supported versions: 2025-06-18, 2025-03-26)')
            : undefined),
      },
    ],
    [
      'W04 b: a version header wanted at once',
      {
        post: onCall(
          'initialize',
          ({ request, json }) =>
            request.headers['mcp-protocol-version'] === undefined &&
            done(json(400, { error: 'Missing MCP-Protocol-Version header' })),
        ),
      },
    ],
    [
      'W03 a: the level refused with 400',
      {
        post: onCall('logging/setLevel', ({ json }) =>
          done(json(400, { error: 'Missing handler for request type: logging/setLevel' })),
        ),
      },
    ],
    [
      'W03 c: the level refused with −32603',
      { post: onCall('logging/setLevel', ({ error }) => done(error(-32_603, 'failed to send logging/setLevel'))) },
    ],
    ['W03 b: levels unknown', { post: onCall('logging/setLevel', ({ error }) => done(error(-32_601, 'unknown'))) }],
    [
      'W05 b: a notification refused with 500',
      {
        post: onCall(
          'notifications/initialized',
          ({ response }) => !!response.writeHead(500).end('Internal Server Error'),
        ),
      },
    ],
    [
      'W05 a: a notification without params refused',
      {
        post: onCall(
          'notifications/initialized',
          ({ message, response }) => message.params === undefined && !!response.writeHead(400).end(),
        ),
      },
    ],
    [
      'P05a: a body behind a notification',
      { post: onCall('notifications/initialized', ({ json }) => done(json(200, null))) },
    ],
    [
      'W06 a: bodies labelled as text',
      {
        post: ({ message, response, good }) =>
          message.id !== undefined &&
          done(
            response.setHeader('content-type', 'text/plain; charset=utf-8'),
            wrapped(response, 'text/plain'),
            good(),
          ),
      },
    ],
    [
      'W06 b: bodies without a label',
      { post: ({ message, response, good }) => message.id !== undefined && done(wrapped(response, ''), good()) },
    ],
    [
      'P08: error: null beside each result',
      {
        post: ({ message, json, response }) =>
          message.method === 'ping' &&
          done(response.setHeader('x', '1'), json(200, { jsonrpc: '2.0', id: message.id, result: {}, error: null })),
      },
    ],
    ['P06a: pings unknown', { post: onCall('ping', ({ error }) => done(error(-32_601, 'no ping'))) }],
    ['P06b: pings answered with nothing', { post: onCall('ping', ({ response }) => !!response.writeHead(200).end()) }],
    [
      'N07: pings answered with a 500 that is JSON-RPC',
      {
        post: onCall('ping', ({ json, message }) =>
          done(json(500, { jsonrpc: '2.0', id: message.id, error: { code: -32_603, message: 'internal' } })),
        ),
      },
    ],
    [
      'M01: lists of subscriptions that fail',
      { post: onCall('events_list_subscriptions', ({ error }) => done(error(-32_603, 'internal'))) },
    ],
    [
      'N01, N02: nulls wherever something may be missing',
      {
        post: onCall('tools/list', ({ result }) =>
          done(
            result({
              nextCursor: null,
              tools: toolList().tools.map(({ name }) => ({ name, inputSchema: { properties: null } })),
            }),
          ),
        ),
      },
    ],
    [
      'P24: answers compressed unasked',
      {
        post: ({ message, response, result: _ }) =>
          message.method === 'ping' &&
          !!response
            .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
            .end(gzipSync(JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} }))),
      },
    ],
    [
      'P27: a mark in front of UTF-8',
      {
        post: ({ message, response }) =>
          message.method === 'ping' &&
          !!response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(`\uFEFF${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: {} })}`),
      },
    ],
    [
      'D04: connections closed behind each answer',
      {
        post: ({ response, good }) => {
          const { socket } = response
          response.on('finish', () => setTimeout(() => socket?.destroy(), 20))
          return done(good())
        },
      },
    ],
  ]
  test(
    'is lived with',
    (context) =>
      inTurns(
        context,
        rows.map(([name, twist]) => [
          name,
          async () => {
            const server = await serverWith(twist)
            const home = await watched(server)
            await stands(home, 'subscribed')
            await finds(home)
            await pause(2_000)
            await hears(home, server)
            await stands(home, 'subscribed')
            expect(await home.letters()).toEqual([])
            expect(server.ids.size).toBe(1)
          },
        ]),
      ),
    LIMIT_MS,
  )

  test('P01, P28: an answer on a stream that stays open', async () => {
    const server = await serverWith({
      post: onCall('events_subscribe', ({ message, response }) => {
        response.writeHead(200, { 'content-type': 'Text/Event-Stream' })
        response.write(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { structuredContent: { subscriptionId: 'sub-s1' } } })}\n\n`,
        )
        return true
      }),
    })
    const home = await watched(server)
    await stands(home, 'subscribed')
    await hears(home, server)
  })

  test('P02: a question in the middle of its answer, which waits for ours', async () => {
    let waiting: (() => void) | undefined
    const server = await serverWith({
      post: ({ message, response }) => {
        if (message.method === undefined) waiting?.()
        if (message.params?.name !== 'events_subscribe') return
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 'r1', method: 'roots/list' })}\n\n`)
        waiting = () =>
          response.end(
            `data: ${JSON.stringify({ jsonrpc: '2.0', id: message.id, result: { structuredContent: { subscriptionId: 'sub-s1' } } })}\n\n`,
          )
        return true
      },
    })
    const home = await watched(server)
    await stands(home, 'subscribed')
    await hears(home, server)
  })

  test('S14: the rest of an answer by Last-Event-ID', async () => {
    const server = await serverWith({
      post: onCall(
        'events_subscribe',
        ({ response }) =>
          !!response.writeHead(200, { 'content-type': 'text/event-stream' }).end('id: 7\nretry: 100\ndata:\n\n'),
      ),
      get: (request, response, one) => {
        if (request.headers['last-event-id'] !== '7') return
        const id = 1 + one.asked.indexOf('tools/call events_subscribe')
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(
          `data: ${JSON.stringify({ jsonrpc: '2.0', id: null, result: { structuredContent: { subscriptionId: `sub-s1`, id } } })}\n\n`,
        )
        return true
      },
    })
    const home = await watched(server)
    await stands(home, 'subscribed')
    await hears(home, server)
  })
})

/** Writes the head with this label, whatever is asked for. */
function wrapped(response: Parameters<NonNullable<Twist['get']>>[1], type: string): void {
  const write = response.writeHead.bind(response)
  Object.assign(response, {
    writeHead: (status: number, headers: Record<string, string> = {}) => {
      const { 'content-type': _, ...rest } = headers
      return write(status, type === '' ? rest : { ...rest, 'content-type': type })
    },
  })
}
