import { expect, test } from 'vitest'
import { crashingPod, namespaceObject } from '../shared/subscription/supervised.ts'
import {
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
import { LONGER, ofCall, serverWith, type Twist, watched, watchedAll } from './stage.ts'

const rows: readonly Row[] = [
  [
    'P09: Retry-After is waited for, and said',
    async () => {
      let limited = false
      const server = await serverWith({
        any: (_, response) =>
          limited && !!response.writeHead(429, { 'retry-after': String(6 * LONGER) }).end('slow down'),
      })
      const home = await watched(server)
      await subscribed(home)
      limited = true
      for (const stream of server.streams) stream.destroy()
      await until('it is told', () => row(home).status === 'failed', 60_000)
      expect(Date.parse(row(home).retryAt) - Date.parse(row(home).statusSince)).toBeGreaterThan(3_000 * LONGER)
      expect(row(home).error).toMatch(/asks to slow down \(429/)
      limited = false
      await subscribed(home)
    },
  ],
  [
    'P22: a lost session is answered 400',
    async () => {
      let lost = false
      const server = await serverWith({
        any: (request, response) =>
          lost && request.headers['mcp-session-id'] === 's1' && !!response.writeHead(400).end('No valid session ID'),
      })
      const home = await watched(server)
      await subscribed(home)
      lost = true
      await until('another session', () => server.count('initialize') === 2 && isSubscribed(home)(), 60_000)
    },
  ],
  [
    'W14 a: each list of tools makes it say that they have changed',
    async () => {
      const server = await serverWith({
        post: ({ message, good }, one) => {
          if (message.method !== 'tools/list') return
          good()
          setTimeout(() => one.push({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' }), 20)
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      await pause(3_000)
      await hears(home, server)
      expect(server.count('tools/list')).toBeLessThan(LONGER === 1 ? 5 : 11)
    },
  ],
  [
    'M03: many ill pods that are read one by one do not hold up the watch',
    async () => {
      let dropped = false
      const pods = Array.from({ length: 60 }, (_, at) => crashingPod(`web-${at}`))
      const server = await serverWith({
        post: ({ message: { params }, result }) => {
          if (params?.name === 'resources_list' && params.arguments?.kind === 'Pod') {
            const lines = pods.map(({ metadata }) => `shop   ${metadata.name}   0/1   CrashLoopBackOff   4   5m`)
            const text = ['NAMESPACE   NAME   READY   STATUS   RESTARTS   AGE', ...lines].join('\n')
            result({ content: [{ type: 'text', text }] })
          } else if (params?.name === 'resources_get') {
            const pod = pods.find(({ metadata }) => metadata.name === params.arguments?.name)
            setTimeout(() => result({ structuredContent: pod, content: [] }), ofCall(300))
          } else if (params?.name === 'events_list_subscriptions' && dropped) {
            result({ structuredContent: { subscriptions: [] }, content: [] })
          } else return
          return true
        },
      })
      const home = await watched(server)
      await subscribed(home)
      dropped = true
      await until('it is noticed while the look goes on', () => server.count('tools/call events_subscribe') > 1, 60_000)
      expect(server.count('tools/call resources_get')).toBeLessThan(60)
    },
  ],
  [
    'W17: a few streams for each client: the others are polled',
    async () => {
      let open = 0
      const twist: Twist = {
        get: (_, response) => {
          if (open >= 2)
            return !!response.writeHead(429, { 'retry-after': String(4 * LONGER) }).end('{"error":"too many streams"}')
          open += 1
          response.on('close', () => {
            open -= 1
          })
          return false
        },
      }
      const servers = await Promise.all(Array.from({ length: 5 }, () => serverWith(twist)))
      const home = await watchedAll(servers.map(({ endpoint }, at) => ({ name: `c${at}`, mcp: { endpoint } })))
      const steps = () => servers.map((_, at) => row(home, `c${at}`).source)
      await until(
        'two are subscribed, three polled',
        () => steps().sort().join() === 'polled,polled,polled,subscribed,subscribed',
        60_000,
      )
      const polled = servers.findIndex((_, at) => row(home, `c${at}`).source === 'polled')
      expect(row(home, `c${polled}`).note).toMatch(/429.*too many streams/)
      await until('all are looked at', () => new Set(home.faults().map(({ cluster }) => cluster)).size === 5, 60_000)
      for (const server of servers) oneSession(server)
    },
  ],
  [
    'W16: all streams cut in one moment, some in the middle of an event',
    async () => {
      const servers = await Promise.all(Array.from({ length: 6 }, () => serverWith()))
      const home = await watchedAll(servers.map(({ endpoint }, at) => ({ name: `c${at}`, mcp: { endpoint } })))
      for (let at = 0; at < servers.length; at++) await subscribed(home, `c${at}`)
      for (const { streams } of servers)
        for (const stream of streams) {
          stream.write('data: {"jsonrpc":"2.0","method":"notifi')
          setTimeout(() => stream.destroy(), 20)
        }
      await pause(100)
      const lost = servers[3]
      if (lost !== undefined) lost.objects = [crashingPod('late'), namespaceObject('shop')]
      await until('all are open again', () => servers.every(({ streams }) => streams.size === 1), 60_000)
      await finds(home, 'late')
      for (const server of servers) {
        oneSession(server)
        expect(server.count('GET')).toBeLessThanOrEqual(4)
      }
      expect(await home.letters()).toEqual([])
    },
  ],
  [
    'F01: a server that comes and goes every few seconds',
    async () => {
      let there = true
      const server = await serverWith({ any: (request) => !there && !!request.socket.destroy() })
      const home = await watched(server)
      await subscribed(home)
      for (let turn = 0; turn < 4; turn++) {
        there = false
        for (const stream of server.streams) stream.destroy()
        await until('it is lost', () => row(home).blindSince !== '', 60_000)
        await pause(200)
        there = true
        await until('it is back', isSubscribed(home), 60_000)
      }
      // What the notice of one that comes and goes is made of: one time of trouble, and all of it.
      expect(row(home).troubles).toBeGreaterThanOrEqual(3)
      expect(row(home).troubledMilliseconds).toBeGreaterThan(0)
      // No storm: for each time a few tries, waits that grow, and one resync of the thirteen kinds.
      expect(server.count('initialize')).toBeLessThanOrEqual(12)
      expect(server.count('tools/call resources_list Pod')).toBeLessThanOrEqual(16)
      await hears(home, server)
    },
  ],
  [
    'U01: accepts a subscription and never sends: lasting faults are found',
    async () => {
      const server = await serverWith()
      server.objects = [namespaceObject('shop')]
      const home = await watched(server)
      await subscribed(home)
      server.objects = [crashingPod('later'), namespaceObject('shop')]
      await finds(home, 'later')
    },
  ],
]

test('limits, refusals and cuts cost no more than they must', (context) => inTurns(context, rows), LIMIT_MS)
