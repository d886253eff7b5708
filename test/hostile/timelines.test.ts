import { expect, test } from 'vitest'
import { aFault } from '../shared/subscription/supervised.ts'
import {
  eventStream,
  finds,
  hears,
  inTurns,
  isSubscribed,
  LIMIT_MS,
  oneSession,
  pause,
  type Row,
  row,
  subscribed,
  until,
} from './habits.ts'
import { LONGER, ofCall, serverWith, toolList, watched } from './stage.ts'

/** Each habit has a server of its own; by its name it is said what failed. All at once: most of the time is waiting. */
const rows: readonly Row[] = [
  [
    'W01: answers held back while a stream is open',
    async () => {
      const server = await serverWith({
        post: ({ message, good }, one) => {
          if (one.streams.size === 0 || message.id === undefined) return
          setTimeout(good, ofCall(700))
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      await pause(2_000)
      await hears(home, server)
      await finds(home)
      oneSession(server)
    },
  ],
  [
    'W02: a stale forward: connections are taken, and closed without a word',
    async () => {
      let stale = false
      let waiting = 0
      let most = 0
      const server = await serverWith({
        any: (request) => {
          if (!stale) return
          waiting += 1
          most = Math.max(most, waiting)
          setTimeout(() => {
            waiting -= 1
            request.socket.end()
          }, ofCall(1_000))
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      stale = true
      await until('it is told', () => row(home).status === 'failed', 60_000)
      expect(row(home).error).toMatch(/127\.0\.0\.1:\d+.*cut|not answered by http:\/\/127\.0\.0\.1:\d+/)
      expect(row(home).error).not.toMatch(/credential|RBAC|rights/)
      expect(most).toBeLessThanOrEqual(4)
      stale = false
      await subscribed(home)
    },
  ],
  [
    'W07: an unknown session is answered 401',
    async () => {
      let forgotten = ''
      const server = await serverWith({
        any: (request, response) =>
          request.headers['mcp-session-id'] === forgotten &&
          !!response.writeHead(401, { 'www-authenticate': 'Bearer error="invalid_token"' }).end(),
      })
      const home = await watched(server, { api_key: 'file:key' })
      await subscribed(home)
      forgotten = 's1'
      for (const stream of server.streams) stream.end()
      await until('another session', () => server.count('initialize') === 2 && isSubscribed(home)(), 60_000)
      expect(row(home).error).not.toMatch(/check mcp\.api_key/)
    },
  ],
  [
    'W13: every new stream replays the last notices',
    async () => {
      const open = aFault({
        resource: { apiVersion: 'v1', kind: 'Pod', name: 'web-1', namespace: 'shop', uid: 'uid-web-1' },
      })
      const healed = Array.from({ length: 10 }, () => aFault({ timestamp: '2025-12-20T14:03:11Z' }))
      const server = await serverWith({
        get: (_, response, one) => {
          eventStream(response)
          for (const data of [...healed, open]) {
            const params = {
              level: 'warning',
              logger: 'kubernetes/faults',
              data: { subscriptionId: 'sub-s1', ...data },
            }
            response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`)
          }
          const gone = { subscriptionId: 'sub-of-before', error: 'closed' }
          const params = { level: 'error', logger: 'kubernetes/subscription_error', data: gone }
          response.write(`data: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`)
          one.streams.add(response)
          response.on('close', () => one.streams.delete(response))
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      await finds(home)
      for (let at = 0; at < 3; at++) {
        await pause(1_500)
        for (const stream of server.streams) stream.end()
      }
      await pause(1_500)
      const told = home.faults().map(({ resource }) => resource.name)
      expect(told.filter((name) => name !== 'web-1')).toEqual([])
      expect(told.length).toBeLessThanOrEqual(2)
      expect(server.count('tools/call events_subscribe')).toBe(1)
      await hears(home, server)
    },
  ],
  [
    'W15: one list is cut in its middle, in one namespace it is not',
    async () => {
      const server = await serverWith({
        post: ({ message: { method, params }, response, result }) => {
          if (method === 'tools/list') {
            const { tools } = toolList()
            const properties = { apiVersion: {}, kind: {}, namespace: {} }
            result({ tools: tools.map((tool) => ({ ...tool, inputSchema: { type: 'object', properties } })) })
            return true
          }
          const { kind, namespace } = params?.arguments ?? {}
          if (params?.name !== 'resources_list' || kind !== 'Pod' || namespace !== undefined) return
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.write(`data: {"jsonrpc":"2.0","result":"${'x'.repeat(1_048_576)}`, () => response.destroy())
          return true
        },
      })
      const home = await watched(server)
      await finds(home)
      await subscribed(home)
      oneSession(server)
    },
  ],
  [
    'W23: one call at a time, and a queue that is full',
    async () => {
      let busy = false
      const waiting: (() => void)[] = []
      const next = () => waiting.shift()?.()
      const server = await serverWith({
        post: ({ message, good, error }) => {
          if (message.id === undefined) return
          const ms = message.params?.arguments?.kind === 'Pod' ? ofCall(900) : 0
          const work = () => {
            busy = true
            setTimeout(() => {
              good()
              busy = false
              next()
            }, ms)
          }
          if (!busy) work()
          else if (waiting.length < 1) waiting.push(work)
          else error(-32_000, 'Server busy: pending tool-call queue is full; retry')
          return true
        },
      })
      const home = await watched(server)
      await finds(home)
      await pause(4_000)
      expect(row(home).status).toBe('active')
      oneSession(server)
    },
  ],
  [
    'H01: silent from the middle of a resync on',
    async () => {
      let silent = false
      let since = 0
      const server = await serverWith({
        post: ({ message }) => {
          if (!silent && message.params?.arguments?.kind === 'Pod') {
            silent = true
            since = performance.now()
          }
          return silent
        },
      })
      const home = await watched(server)
      await until('it is looked at', () => silent)
      await until('it is said', () => row(home).status === 'failed', 60_000)
      const took = performance.now() - since
      // Two questions of two pings each, and those that a slow machine adds, whatever lists wait meanwhile.
      expect(server.count('ping')).toBeLessThanOrEqual(6)
      if (LONGER > 1) expect(took).toBeLessThan(40_000)
      silent = false
    },
  ],
  [
    'E06, E07: hundreds of notices in one moment, and the same one a hundred times',
    async () => {
      const server = await serverWith()
      const home = await watched(server)
      await subscribed(home)
      await finds(home)
      const many = Array.from({ length: 300 }, () => aFault())
      for (const fault of many) server.emit(fault)
      const heard = () => new Set(home.faults().map(({ faultId }) => faultId))
      await pause(1_000)
      await until(
        'all are heard',
        () =>
          many.every(
            (
              (known) =>
              ({ faultId }) =>
                known.has(faultId)
            )(heard()),
          ),
        20_000,
      )
      // No longer what a new stream may replay.
      await pause(2_500)
      const same = aFault()
      for (let at = 0; at < 100; at++) server.emit(same)
      // Each is an occurrence: whoever admits faults counts them in one incident.
      await until('it is heard', () => home.faults().filter(({ faultId }) => faultId === same.faultId).length === 100)
    },
  ],
  [
    'S08: the headers of a stream held back, then a page in their place',
    async () => {
      let good = false
      const server = await serverWith({
        get: (_, response) => {
          if (good) return
          setTimeout(
            () => response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway'),
            4_000 * LONGER,
          )
          return true
        },
      })
      const home = await watched(server)
      await until('it is said', () => /headers of its stream/.test(row(home).note), 60_000)
      good = true
      await subscribed(home)
      await hears(home, server)
    },
  ],
  [
    'S09: a stream that is cut again and again is opened in the same session, and counted',
    async () => {
      const server = await serverWith()
      const home = await watched(server)
      await subscribed(home)
      for (let at = 0; at < 3; at++) {
        await pause(600)
        const before = server.count('GET')
        for (const stream of server.streams) stream.destroy()
        await until('it is open again', () => server.count('GET') > before && server.streams.size === 1)
      }
      await until('it is counted', () => row(home).reconnectCount >= 1)
      await hears(home, server)
      oneSession(server)
    },
  ],
  [
    'S13: what came in a gap is replayed to whoever names the last event',
    async () => {
      const missed = aFault()
      const server = await serverWith({
        get: (request, response, one) => {
          if (request.headers['last-event-id'] !== '5') return
          eventStream(response).flushHeaders()
          const params = {
            level: 'warning',
            logger: 'kubernetes/faults',
            data: { subscriptionId: 'sub-s1', ...missed },
          }
          response.write(
            `id: 6\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`,
          )
          one.streams.add(response)
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      for (const stream of server.streams) stream.write('id: 5\ndata:\n\n')
      await pause(300)
      for (const stream of server.streams) stream.end()
      await until('it is heard', () => home.faults().some(({ faultId }) => faultId === missed.faultId))
    },
  ],
  [
    'S18, H03: after a cut the stream is refused: a new session, and the old one is ended',
    async () => {
      let refusing = false
      const server = await serverWith({
        get: (request, response) =>
          refusing && request.headers['mcp-session-id'] === 's1' && !!response.writeHead(409).end('already'),
      })
      const home = await watched(server)
      await subscribed(home)
      refusing = true
      for (const stream of server.streams) stream.destroy()
      await until('another session', () => server.count('initialize') === 2 && isSubscribed(home)(), 60_000)
      await until('one is left', () => server.ids.size === 1)
    },
  ],
]

test(
  'servers that change, stall, repeat and refuse over time are watched as well as they let us',
  (context) => inTurns(context, rows),
  LIMIT_MS,
)
