import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import { EmptyResultSchema } from '@modelcontextprotocol/sdk/types.js'
import { randomId } from '../../runtime/ids.ts'
import { createOutbox } from '../faults/outbox.ts'
import { boundedBody } from './bounded-body.ts'
import { createEventLog } from './event-log.ts'
import { jsonError } from './http-answers.ts'
import type { Caller } from './identity-tokens.ts'
import { plainRequest } from './plain-message.ts'
import { type Connection, connectCaller, type KubernetesMcp } from './server.ts'

export type SessionTimes = {
  /** A ping on the open stream so often: proxies cut what is idle, and its answer shows that somebody is there. */
  readonly pingMs: number
  /** Without a stream and without a request for so long, a session is left behind. */
  readonly idleMs: number
  /** Half-open connections take what is written; a client that answers no ping for so long is gone. */
  readonly silentMs: number
  /** Silent for so long, without a stream, a session makes room for another when all places are taken. */
  readonly restMs: number
  /** A request that is not whole after so long is cut off: a quarter of a megabyte at most takes a second, even from far. */
  readonly receiveMs: number
}
export const usualSessionTimes: SessionTimes = {
  pingMs: 20_000,
  idleMs: 300_000,
  silentMs: 900_000,
  restMs: 5_000,
  receiveMs: 20_000,
}

/** One per client; a supervisor holds one per cluster. More means that somebody loops. */
const MAX_SESSIONS = 500
/** Held for a client whose stream is not open just now. */
const MAX_HELD = 1_000
/** Held for a reader that is slower than its cluster's faults: some thousand notices. */
const MAX_WAITING_BYTES = 1024 * 1024
/** The longest argument is a manifest of some objects. */
const MAX_BODY_BYTES = 256 * 1024

/** More makes a timer fire at once: https://nodejs.org/api/timers.html (v24) */
const LONGEST_SLEEP_MS = 24 * 3600_000

/** What the transport calls the stream of what answers no call. */
const NOTICES = '_GET_stream'
/** So soon a client should come back whose stream has ended. */
const RETRY_MS = 1_000

type Session = {
  readonly transport: WebStandardStreamableHTTPServerTransport
  readonly outbox: ReturnType<typeof createOutbox>
  readonly sent: ReturnType<typeof createEventLog>
  readonly path: string
  readonly caller: string
  connection: Connection | undefined
  lastReceived: number
  /** Requests whose answer is not whole yet. */
  calls: number
  /** The end of the newest token that was shown for it. */
  until: Date | undefined
  readonly ended: AbortController
}

/** As the doorkeeper found it. Whose session it is: nobody else's requests reach it. */
export type Visitor = Caller & {
  /** The one cluster that this address shows; all, when absent. */
  readonly only: string | undefined
}

/** The stateful door: sessions by `Mcp-Session-Id`, each with one stream for notices. */
export function createSessions(mcp: KubernetesMcp, times: SessionTimes) {
  const sessions = new Map<string, Session>()
  const now = () => mcp.clock.now().getTime()

  async function begin(request: Request, path: string, { caller, until, only }: Visitor): Promise<Response> {
    if (sessions.size >= MAX_SESSIONS && !(await makeRoom()))
      return jsonError(503, 'This server has reached its limit of sessions. Try later.')
    const outbox = createOutbox(MAX_HELD)
    const sent = createEventLog()
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomId,
      keepAliveMs: times.pingMs,
      eventStore: sent,
      retryInterval: RETRY_MS,
      maxRequestBodySize: MAX_BODY_BYTES,
      onsessioninitialized: (id) => {
        sessions.set(id, session)
        void endWithToken(session)
      },
    })
    const session: Session = {
      ...{ transport, outbox, sent, path, caller, until, ended: new AbortController() },
      connection: undefined,
      lastReceived: now(),
      calls: 0,
    }
    session.connection = await connectCaller(mcp, transport, {
      caller,
      hold: outbox.push,
      ...(only === undefined ? {} : { only }),
    })
    const { server } = session.connection
    const closed = server.onclose
    server.onclose = () => {
      session.ended.abort()
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId)
      closed?.()
    }
    const response = await transport.handleRequest(request)
    // Whatever did not initialize (a wrong first message) leaves nothing behind.
    if (transport.sessionId === undefined) await session.connection.close()
    return response
  }

  /**
   * One caller, or without tokens anybody at all, can begin sessions in a loop: of whoever has most, the one that was
   * silent longest makes room, unless it listens or waits for an answer. Its client is told that it is gone, and begins a new one.
   */
  async function makeRoom(): Promise<boolean> {
    const counts = new Map<string, number>()
    for (const { caller } of sessions.values()) counts.set(caller, (counts.get(caller) ?? 0) + 1)
    const [leaving] = [...sessions.values()]
      .filter(
        ({ outbox, calls, lastReceived }) => !outbox.isOpen() && calls === 0 && now() - lastReceived >= times.restMs,
      )
      .sort(
        (one, other) =>
          (counts.get(other.caller) ?? 0) - (counts.get(one.caller) ?? 0) || one.lastReceived - other.lastReceived,
      )
    await leaving?.connection?.close()
    return sessions.size < MAX_SESSIONS
  }

  /** A stream that is open needs no further request: without this it would outlive the right to it. */
  async function endWithToken(session: Session) {
    for (;;) {
      const { until, transport, connection, ended } = session
      if (until === undefined || ended.signal.aborted) return
      const left = until.getTime() - now()
      if (left > 0) {
        await mcp.clock.sleep(Math.min(left, LONGEST_SLEEP_MS), ended.signal)
        continue
      }
      const error = `The token of this session has run out (${until.toISOString()}): begin a new one with a new token.`
      const notice = { level: 'warning' as const, logger: 'nightcrier/session', data: { error, ended: true } }
      await connection?.server.sendLoggingMessage(notice, transport.sessionId).catch(() => undefined)
      await connection?.close()
      return
    }
  }

  async function goOn(session: Session, request: Request, until: Date | undefined): Promise<Response> {
    session.lastReceived = now()
    if (until !== undefined && (session.until === undefined || until > session.until)) session.until = until
    const { outbox, sent } = session
    if (request.method !== 'GET') return answered(session, request)
    const response = await session.transport.handleRequest(withoutForgotten(request, sent))
    if (!response.ok) return response
    // Only the answer of one earlier call is fetched: no place for notices.
    const resumed = request.headers.get('last-event-id')
    const stream = resumed === null ? undefined : sent.streamOf(resumed)
    if (stream !== undefined && stream !== NOTICES) return response
    // Its client comes back in a moment: until then it is as one that has just called.
    const close = () => {
      outbox.close()
      session.lastReceived = now()
    }
    request.signal.addEventListener('abort', close, { once: true })
    // The transport only takes notices once this response is on its way.
    void mcp.clock.sleep(0).then(() => (request.signal.aborted ? undefined : outbox.open()))
    if (response.body === null) return response
    return new Response(boundedBody(response.body, MAX_WAITING_BYTES, close), response)
  }

  /** Counted until its answer is whole, or nobody waits for it any more. */
  async function answered(session: Session, request: Request): Promise<Response> {
    let isOver = false
    const over = () => {
      if (isOver) return
      isOver = true
      session.calls--
      session.lastReceived = now()
    }
    session.calls++
    request.signal.addEventListener('abort', over, { once: true })
    try {
      const read = await plainRequest(request, MAX_BODY_BYTES)
      const response =
        'refusal' in read ? Response.json(read.refusal) : await session.transport.handleRequest(read.request)
      if (response.body === null) over()
      else return new Response(withEnd(response.body, over), response)
      return response
    } catch (error) {
      over()
      throw error
    }
  }

  /** One beat: ping who listens, let go who is gone. */
  function tend() {
    for (const { connection, outbox, lastReceived: lastCall } of [...sessions.values()]) {
      if (connection === undefined) continue
      const silent = now() - lastCall
      if (silent > (outbox.isOpen() ? times.silentMs : times.idleMs)) void connection.close()
      else if (outbox.isOpen()) {
        // No answer is no error here: what counts is whether anything at all is heard.
        connection.server
          .request({ method: 'ping' }, EmptyResultSchema, { timeout: times.pingMs })
          .catch(() => undefined)
      }
    }
  }

  return {
    size: () => sessions.size,
    subscriptions: () => [...sessions.values()].reduce((sum, one) => sum + (one.connection?.subscriptions ?? 0), 0),
    tend,
    handle: async (request: Request, path: string, visitor: Visitor): Promise<Response> => {
      const id = request.headers.get('mcp-session-id')
      if (id === null) {
        if (request.method === 'POST') return begin(request, path, visitor)
        return jsonError(400, 'Mcp-Session-Id is missing: initialize first.')
      }
      const session = sessions.get(id)
      if (session === undefined || session.path !== path || session.caller !== visitor.caller)
        return jsonError(404, 'Session not found', -32001)
      return goOn(session, request, visitor.until)
    },
    end: async () => {
      await Promise.all([...sessions.values()].map(({ connection }) => connection?.close()))
    },
  }
}

/** The same body; `over` when it has ended, or nobody takes it any more. */
function withEnd(body: ReadableStream<Uint8Array>, over: () => void): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  return new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await reader.read().catch((error: unknown) => {
        over()
        throw error
      })
      if (!done) return controller.enqueue(value)
      over()
      controller.close()
    },
    cancel: (reason) => {
      over()
      return reader.cancel(reason)
    },
  })
}

/** Where nothing is known any more to go on from, the stream begins anew; a refusal would leave the client without one. */
function withoutForgotten(request: Request, sent: Session['sent']): Request {
  const resumed = request.headers.get('last-event-id')
  if (request.method !== 'GET' || resumed === null || sent.streamOf(resumed) !== undefined) return request
  const headers = new Headers(request.headers)
  headers.delete('last-event-id')
  return new Request(request.url, { headers, signal: request.signal })
}
