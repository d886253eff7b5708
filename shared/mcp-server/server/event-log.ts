import type { EventId, EventStore, StreamId } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js'
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js'

/** A client that was away for longer than these is told the current state anew by its next subscribe. */
const MAX_MESSAGES = 1_000
/** With 500 sessions at their limit this is 250 MB; a notice has about 1 KB. */
const MAX_BYTES = 512 * 1024

type Entry = { readonly stream: StreamId; readonly message: JSONRPCMessage; readonly bytes: number }

/**
 * What one session was sent, so that a stream which broke goes on where the client's Last-Event-ID says. Bounded: of
 * what is older than the limits nothing is sent again.
 */
export function createEventLog(): EventStore & {
  /** `undefined` when it never was, or is no longer held. */
  readonly streamOf: (id: EventId) => StreamId | undefined
} {
  const entries = new Map<number, Entry>()
  let last = 0
  let bytes = 0
  const numberOf = (id: EventId) => (/^\d{1,15}$/.test(id) ? Number(id) : Number.NaN)
  const streamOf = (id: EventId) => entries.get(numberOf(id))?.stream
  return {
    streamOf,
    getStreamIdForEventId: async (id) => streamOf(id),
    storeEvent: async (stream, message) => {
      last += 1
      const size = Buffer.byteLength(JSON.stringify(message))
      entries.set(last, { stream, message, bytes: size })
      bytes += size
      // Never the newest: its id is about to be used.
      for (const [id, entry] of entries) {
        if (id === last || (entries.size <= MAX_MESSAGES && bytes <= MAX_BYTES)) break
        entries.delete(id)
        bytes -= entry.bytes
      }
      return String(last)
    },
    replayEventsAfter: async (id, { send }) => {
      const stream = streamOf(id) ?? ''
      for (const [at, entry] of entries) {
        // An empty message only gave the stream its first id.
        if (at <= numberOf(id) || entry.stream !== stream || !('jsonrpc' in entry.message)) continue
        await send(String(at), entry.message)
      }
      return stream
    },
  }
}
