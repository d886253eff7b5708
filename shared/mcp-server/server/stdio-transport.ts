import type { Readable, Writable } from 'node:stream'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import { type JSONRPCMessage, JSONRPCMessageSchema } from '@modelcontextprotocol/sdk/types.js'
import { INVALID_REQUEST, PARSE_ERROR, plainMessage, type Refusal, refusal } from './plain-message.ts'

/** The longest argument is a manifest of some objects; a line without an end must not fill the memory. */
const MAX_LINE_BYTES = 10 * 1024 * 1024
/** As many as the transport over HTTP takes. */
const MAX_BATCH = 100

/** The answers of one batch, until all have come: they leave together, as its caller waits for them. */
type Batch = { readonly waiting: Set<string | number>; readonly answers: (JSONRPCMessage | Refusal)[] }

/**
 * One message a line on standard input and output. Nothing that looks like a request stays without an answer: neither a
 * batch (as protocol 2025-03-26 has it) nor what is no JSON, since a client that waits for it would hang.
 */
export function stdioTransport(input: Readable, output: Writable): Transport {
  let rest: Buffer = Buffer.alloc(0)
  let skipping = false
  const batches = new Set<Batch>()

  const write = (value: unknown): Promise<void> =>
    new Promise((done) => {
      if (output.write(`${JSON.stringify(value)}\n`)) done()
      else output.once('drain', done)
    })
  const refuse = (value: Refusal) => void write(value)

  function received(chunk: Buffer) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString('utf8').trim()
      rest = rest.subarray(end + 1)
      if (skipping) skipping = false
      else if (line !== '') lineRead(line)
    }
    if (rest.length <= MAX_LINE_BYTES) return
    rest = Buffer.alloc(0)
    if (!skipping) refuse(refusal(null, INVALID_REQUEST, 'A message is over 10 MiB.'))
    skipping = true
  }

  function lineRead(line: string) {
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      return refuse(refusal(null, PARSE_ERROR, 'A line of standard input is no JSON: one message a line is read here.'))
    }
    if (!Array.isArray(value)) {
      const read = understood(value)
      return 'refusal' in read ? refuse(read.refusal) : transport.onmessage?.(read.message)
    }
    if (value.length === 0 || value.length > MAX_BATCH)
      return refuse(refusal(null, INVALID_REQUEST, `A batch has 1 to ${MAX_BATCH} messages.`))
    const all = value.map(understood)
    const batch: Batch = { waiting: new Set(), answers: all.flatMap((one) => ('refusal' in one ? [one.refusal] : [])) }
    const messages = all.flatMap((one) => ('message' in one ? [one.message] : []))
    for (const message of messages) if ('method' in message && 'id' in message) batch.waiting.add(message.id)
    if (batch.waiting.size > 0) batches.add(batch)
    else if (batch.answers.length > 0) void write(batch.answers)
    for (const message of messages) transport.onmessage?.(message)
  }

  /** An answer that a batch waits for is held until the last one. */
  function ofBatch(message: JSONRPCMessage): Batch | undefined {
    if ('method' in message || message.id === undefined) return undefined
    const { id } = message
    return [...batches].find(({ waiting }) => waiting.has(id))
  }

  const transport: Transport = {
    start: async () => {
      input.on('data', received)
      input.on('error', (error) => transport.onerror?.(error))
    },
    close: async () => {
      input.off('data', received)
      input.pause()
      transport.onclose?.()
    },
    send: async (message) => {
      const batch = ofBatch(message)
      if (batch === undefined) return write(message)
      batch.answers.push(message)
      if ('id' in message && message.id !== undefined) batch.waiting.delete(message.id)
      if (batch.waiting.size > 0) return
      batches.delete(batch)
      return write(batch.answers)
    },
  }
  return transport
}

function understood(value: unknown): { readonly message: JSONRPCMessage } | { readonly refusal: Refusal } {
  const plain = plainMessage(value)
  if ('refusal' in plain) return plain
  const parsed = JSONRPCMessageSchema.safeParse(plain.message)
  if (parsed.success) return { message: parsed.data }
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null
  return {
    refusal: refusal(id, INVALID_REQUEST, 'This is no message of JSON-RPC 2.0: it needs jsonrpc "2.0" and a method.'),
  }
}
