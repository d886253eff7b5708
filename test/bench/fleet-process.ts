import { createServer } from 'node:http'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { startFaultServer } from '../fakes/fault-server.ts'
import { loopbackCertificate } from '../simulator/certificate.ts'
import { aNotice } from './notice.ts'

/** Clusters' MCP servers in a process of their own, and an address to tell it what should happen. */
const secure = process.argv[2] === 'https'
const certificate = secure ? await loopbackCertificate() : undefined
const server = await startFaultServer({ ...(certificate === undefined ? {} : { certificate }), ownAddresses: true })

/** Distinct faults to pick from: what is sent again and again costs nothing to make. */
const VARIETY = 50

const acts: Readonly<Record<string, (names: readonly string[], count: number) => Promise<number>>> = {
  /** Forgets all sessions, as a restart does. */
  restart: async (names) => {
    for (const name of names) server.restart(name)
    return names.length
  },
  /** As many faults as are taken, for so many milliseconds. */
  flood: async (names, ms) => {
    const end = performance.now() + ms
    let sent = 0
    const pour = async (name: string) => {
      const cluster = server.at(name)
      const [id] = [...cluster.subscriptions.keys()].slice(-1)
      const stream = cluster.sessions.get(cluster.subscriptions.get(id ?? '') ?? '')?.stream
      if (stream === undefined) return
      const frames = Array.from({ length: VARIETY }, (_, at) => Buffer.from(frameOf(aNotice(`${name}-${at}`, id))))
      for (let at = 0; performance.now() < end && !stream.destroyed; at++) {
        sent += 1
        if (!stream.write(frames[at % VARIETY] ?? '')) await drained(stream)
      }
    }
    await Promise.all(names.map(pour))
    return sent
  },
  /** One fault per cluster and second, spread evenly, for so many seconds. */
  steady: async (names, seconds) => {
    const began = performance.now()
    let sent = 0
    while (performance.now() - began < seconds * 1_000) {
      const due = ((performance.now() - began) / 1_000) * names.length
      for (; sent < due; sent++) tell(names[sent % names.length] ?? '', sent)
      await pause(1)
    }
    return sent
  },
  burst: async (names, count) => {
    for (let at = 0; at < count; at++) tell(names[at % names.length] ?? '', at)
    return count
  },
  subscribed: async (names) => names.filter((name) => server.at(name).subscriptions.size > 0).length,
}
const frameOf = (params: unknown) =>
  `event: message\ndata: ${JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params })}\n\n`
function tell(name: string, at: number): void {
  server.notify(name, aNotice(`p${at}`, undefined))
}
const drained = (stream: NodeJS.WritableStream) =>
  new Promise<void>((resolve) => {
    const go = () => {
      stream.off('drain', go)
      stream.off('close', go)
      resolve()
    }
    stream.on('drain', go)
    stream.on('close', go)
  })

/** What a queue answers that has taken a message; it keeps none. */
const TAKEN =
  '<?xml version="1.0"?><QueueMessagesList><QueueMessage><MessageId>1</MessageId><InsertionTime>Mon, 12 Jan 2026 09:00:00 GMT</InsertionTime><ExpirationTime>Mon, 12 Jan 2026 09:00:00 GMT</ExpirationTime><PopReceipt>1</PopReceipt><TimeNextVisible>Mon, 12 Jan 2026 09:00:00 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>'

const control = createServer(async (request, response) => {
  if (request.url?.startsWith('/account/') === true) {
    request.resume().on('end', () => response.writeHead(201, { 'content-type': 'application/xml' }).end(TAKEN))
    return
  }
  let body = ''
  for await (const chunk of request) body += String(chunk)
  const { act, names, count = 0 } = JSON.parse(body)
  const did = await acts[act]?.(names, count)
  response.end(JSON.stringify(did))
})
await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve))
const address = control.address()
const controlPort = typeof address === 'object' && address !== null ? address.port : 0
const here = `http://127.0.0.1:${controlPort}`
process.send?.({
  template: server.endpoint('c0'),
  control: here,
  queue: `DefaultEndpointsProtocol=http;AccountName=account;AccountKey=bm90IGEga2V5;QueueEndpoint=${here}/account`,
})
process.on('disconnect', () => process.exit(0))
