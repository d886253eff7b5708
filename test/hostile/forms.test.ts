import process from 'node:process'
import { expect, test } from 'vitest'
import { aFault } from '../shared/subscription/supervised.ts'
import {
  eventStream,
  finds,
  hears,
  hearsAgain,
  inTurns,
  LIMIT_MS,
  pause,
  type Row,
  row,
  subscribed,
  until,
} from './habits.ts'
import { LONGER, type Server, serverWith, type Twist, watched, watchedAll } from './stage.ts'

/** Handled, by what was called for it. */
const done = (..._: unknown[]): true => true
const notice = (data: unknown, logger = 'kubernetes/faults') => ({
  jsonrpc: '2.0',
  method: 'notifications/message',
  params: { level: 'warning', logger, data },
})
const raw = (server: Server, text: string | Uint8Array) => {
  for (const stream of server.streams) stream.write(text)
}

/** Works as any other server does. */
const works =
  (twist: Twist, letters = 0) =>
  async (): Promise<void> => {
    const server = await serverWith(twist)
    const home = await watched(server)
    await subscribed(home)
    await finds(home)
    await pause(1_500)
    await hears(home, server)
    expect(await home.letters()).toHaveLength(letters)
    expect(server.count('initialize')).toBe(1)
  }
/** Each of these is received, once, and nothing of it becomes a dead letter. */
const arrives =
  (send: (server: Server, fault: ReturnType<typeof aFault>) => void): (() => Promise<void>) =>
  async () => {
    const server = await serverWith()
    const home = await watched(server)
    await subscribed(home)
    await finds(home)
    const fault = aFault()
    send(server, { ...fault, ...{ subscriptionId: 'sub-s1' } })
    const found = () => home.faults().filter(({ faultId }) => faultId === fault.faultId).length
    await until('it is received', () => found() > 0)
    expect(await home.letters()).toEqual([])
    await hears(home, server)
    // What comes twice would have come again by now.
    expect(found()).toBe(1)
  }

const rows: readonly Row[] = [
  [
    'P04: a notice before the answer to its subscription',
    async () => {
      const early = aFault()
      const server = await serverWith({
        post: ({ message, good }, one) => {
          if (message.params?.name !== 'events_subscribe') return
          one.push(notice({ subscriptionId: 'sub-s1', ...early }))
          return done(setTimeout(good, 200))
        },
      })
      const home = await watched(server)
      await subscribed(home)
      await until('it is received', () => home.faults().some(({ faultId }) => faultId === early.faultId))
    },
  ],
  [
    'P07: notices without an id of their subscription',
    arrives((server, { subscriptionId: _, ...fault }: ReturnType<typeof aFault> & { subscriptionId?: string }) =>
      server.push(notice(fault)),
    ),
  ],
  [
    'P16: an older version of the protocol',
    works({
      post: ({ message, json, response }, one) => {
        if (message.method !== 'initialize') return
        one.ids.add('s1')
        response.setHeader('mcp-session-id', 's1')
        const result = {
          protocolVersion: '2024-11-05',
          capabilities: { tools: {}, logging: {} },
          serverInfo: { name: 'x', version: '1' },
        }
        return done(json(200, { jsonrpc: '2.0', id: message.id, result }))
      },
    }),
  ],
  [
    'P17: no sessions, and no stream',
    async () => {
      const server = await serverWith({
        get: (_, response) => !!response.writeHead(405).end(),
        post: ({ message, result }) =>
          message.method === 'initialize' &&
          done(
            result({
              protocolVersion: '2025-06-18',
              capabilities: { tools: {} },
              serverInfo: { name: 'x', version: '1' },
            }),
          ),
      })
      const home = await watched(server)
      await finds(home)
      await until(
        'it is polled',
        () => row(home).source === 'polled' && /offers no stream \(405\)/.test(row(home).note),
      )
      expect(server.count('DELETE')).toBe(0)
    },
  ],
  [
    'P21: 307 to a path with a slash',
    works({
      any: (request, response) =>
        request.url === '/mcp' && !!response.writeHead(307, { location: `http://${request.headers.host}/mcp/` }).end(),
    }),
  ],
  [
    'N14: notices of other loggers in between',
    arrives((server, fault) => {
      server.push(notice('starting', 'server'))
      server.push(notice({ message: 'x', level: 1 }, 'kubernetes/audit'))
      server.push({ jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: null } })
      server.push(notice(fault))
    }),
  ],
  [
    'N15: session ids of all visible characters',
    works({
      any: (_, response) => {
        const write = response.writeHead.bind(response)
        // As long, and as odd, as the protocol lets them be.
        const id = `!"#$%&'()*+,-./:;<=>?@[]^_\`{|}~${'x'.repeat(300)}`
        Object.assign(response, {
          writeHead: (status: number, headers: Record<string, string> = {}) => {
            if (response.hasHeader('mcp-session-id')) response.setHeader('mcp-session-id', id)
            return write(status, headers)
          },
        })
        return false
      },
      post: ({ message, result }) =>
        message.params?.name === 'events_subscribe' &&
        done(result({ content: [], structuredContent: { subscriptionId: 'sub-s1', cluster: 'ctx' } })),
    }),
  ],
  ['N08: a fault as a JSON text', arrives((server, fault) => server.push(notice(JSON.stringify(fault))))],
  [
    'M23b: an answer under the id of another call',
    works({
      post: ({ message, json }) =>
        message.method === 'ping' && done(json(200, { jsonrpc: '2.0', id: Number(message.id) + 40_000, result: {} })),
    }),
  ],
  ['T07: IPv6 alone', works({ host: '::1' })],
  [
    'E01 b: CRLF',
    arrives((server, fault) => raw(server, `event: message\r\ndata: ${JSON.stringify(notice(fault))}\r\n\r\n`)),
  ],
  [
    'E01 c: one byte after another, in the middle of characters',
    arrives((server, fault) => {
      const text = `data: ${JSON.stringify(notice({ ...fault, context: 'größer: ✓ 𝄞' }))}\n\n`
      for (const byte of Buffer.from(text)) raw(server, Uint8Array.of(byte))
    }),
  ],
  [
    'E01 d: data on many lines',
    arrives((server, fault) =>
      raw(server, `data: ${JSON.stringify(notice(fault), null, 1).replaceAll('\n', '\ndata: ')}\n\n`),
    ),
  ],
  [
    'E01 e: a batch, with a bad member',
    arrives((server, fault) =>
      raw(server, `data: ${JSON.stringify([{ jsonrpc: '2.0', method: 'notifications/x' }, notice(fault)])}\n\n`),
    ),
  ],
  [
    'E01 f: no space behind the colon, and fields that nobody knows',
    arrives((server, fault) => raw(server, `foo: bar\nretry\nid\ndata:${JSON.stringify(notice(fault))}\n\n`)),
  ],
  [
    'W12: one server behind two clusters, which mixes up their streams',
    async () => {
      const server = await serverWith()
      const clusters = ['a', 'b'].map((name) => ({ name, mcp: { endpoint: `${server.endpoint}?of=${name}` } }))
      const home = await watchedAll(clusters)
      for (const name of ['a', 'b']) await subscribed(home, name)
      const fault = aFault()
      // On both streams, under the id of one subscription.
      server.emit(fault, 'sub-s1')
      await until('it is received', () => home.faults().some(({ faultId }) => faultId === fault.faultId))
      await pause(500)
      expect(home.faults().filter(({ faultId }) => faultId === fault.faultId)).toHaveLength(1)
      const notes = ['a', 'b'].map((name) => row(home, name).note)
      expect(notes.filter((note) => /another subscription/.test(note))).toHaveLength(1)
    },
  ],
  [
    'D02: questions of the server on its stream',
    async () => {
      const answers: unknown[] = []
      const server = await serverWith({
        post: ({ message, response }) => {
          if (message.method !== undefined) return
          answers.push(message)
          return !!response.writeHead(202).end()
        },
      })
      const home = await watched(server)
      await subscribed(home)
      const asked = ['sampling/createMessage', 'elicitation/create', 'roots/list', 'ping']
      for (const method of asked) server.push({ jsonrpc: '2.0', id: method, method, params: {} })
      await until('all are answered', () => answers.length === asked.length)
      await hears(home, server)
      expect(await home.letters()).toEqual([])
    },
  ],
  [
    'E04: events of three and of ten megabytes',
    async () => {
      const server = await serverWith()
      const home = await watched(server)
      await subscribed(home)
      await finds(home)
      server.push(notice({ subscriptionId: 'sub-s1', ...aFault(), context: 'x'.repeat(3_000_000) }))
      server.push(notice({ subscriptionId: 'sub-s1', ...aFault(), context: 'x'.repeat(10_000_000) }))
      await pause(500)
      await subscribed(home)
      await hearsAgain(home, server)
      expect((await home.letters()).join()).toMatch(/more than 8 MiB/)
    },
  ],
  [
    'E10: a line of a hundred megabytes',
    async () => {
      const server = await serverWith()
      const home = await watched(server)
      await subscribed(home)
      const before = process.memoryUsage().rss
      const part = 'x'.repeat(1_000_000)
      for (let at = 0; at < 100 && server.streams.size > 0; at++) {
        raw(server, at === 0 ? `data: ${part}` : part)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      await until('it is opened again', () => server.count('GET') > 1 && server.streams.size === 1, 60_000)
      await subscribed(home)
      await hearsAgain(home, server)
      expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
    },
  ],
  [
    'H01: frozen for a minute',
    async () => {
      let frozen = false
      const server = await serverWith({ any: () => frozen })
      const home = await watched(server)
      await subscribed(home)
      frozen = true
      const startedAt = performance.now()
      await until('it is said', () => row(home).status === 'failed', 60_000)
      // Forty seconds, and what a busy machine adds to two.
      expect(performance.now() - startedAt).toBeLessThan(LONGER === 1 ? 20_000 : 40_000)
      frozen = false
      await subscribed(home)
    },
  ],
  [
    'W14 b: says all the time that its tools have changed',
    async () => {
      const server = await serverWith()
      const home = await watched(server)
      await subscribed(home)
      const before = server.count('tools/list')
      for (let at = 0; at < 10; at++) {
        server.push({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' })
        await pause(300)
      }
      await hears(home, server)
      expect(server.count('tools/list') - before).toBeLessThan(LONGER === 1 ? 4 : 11)
    },
  ],
  [
    'L01, L02, P37: a limit of sessions, and streams that end at once',
    async () => {
      let most = 0
      const server = await serverWith({
        get: (_, response) => !!eventStream(response).end(': gone\n\n'),
        post: ({ message, json }, one) => {
          most = Math.max(most, one.ids.size)
          return message.method === 'initialize' && one.ids.size >= 3 && done(json(503, { error: 'too many sessions' }))
        },
      })
      const home = await watched(server)
      await finds(home)
      await pause(4_000)
      expect(most).toBeLessThanOrEqual(2)
      expect(server.count('initialize')).toBeLessThan(10)
    },
  ],
]

test('whatever form it has, it is understood', (context) => inTurns(context, rows), LIMIT_MS)
