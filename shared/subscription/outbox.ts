import type { Fault } from '../faults/fault.ts'
import { FaultNotice } from '../faults/fault.ts'
import type { TriageMessage } from '../incident/messages.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Cleared, Door } from '../runtime/door.ts'
import { errorText } from '../runtime/errors.ts'
import type { Random } from '../runtime/ids.ts'
import type { Log } from '../runtime/log.ts'
import { MAX_MESSAGE_BYTES, type Queue } from '../runtime/queue.ts'
import { newTraceparent } from '../runtime/trace.ts'
import { backoffMs } from './backoff.ts'
import type { DeadLetterKeeper } from './dead-letter.ts'
import { paces } from './pace.ts'

/** No fault waits longer for company. */
const MAX_WAIT_MS = 200
/** The schema of TriageMessage has the same. */
const MAX_FAULTS = 200
/** Messages under way at once: one request each takes a millisecond, so this is thousands of faults per second. */
const SENDERS = 8
/** What may wait for a queue that does not answer; a quarter of what a small instance has to spare. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024
const RETRY = { initialMs: 200, maxMs: 5_000 }
const TAIL = ']}'
/** Each message begins a trace: what becomes of its faults can be followed to the notice. */
const head = (random: Random): string =>
  `{"version":1,"type":"faults","traceparent":"${newTraceparent(random)}","faults":[`
const ROOM = MAX_MESSAGE_BYTES - Buffer.byteLength(head(() => 0)) - Buffer.byteLength(TAIL)

export type OutboxDeps = {
  readonly queue: Pick<Queue, 'send'>
  readonly deadLetter: Pick<DeadLetterKeeper, 'keep'>
  /** Through which all goes that leaves this process. */
  readonly door: Door
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/**
 * Packs faults into queue messages. What cannot be sent is tried again as long as there is room and time, then kept
 * aside: nothing is lost without a trace.
 */
export function outbox({ queue, deadLetter: deadLetters, door, clock, random, log }: OutboxDeps) {
  let batch: Fault[] = []
  let batchBytes = 0
  const waiting: { readonly body: string; readonly bytes: number; readonly delaySeconds: number }[] = []
  const pace = paces(clock, random)
  let waitingBytes = 0
  let senders = 0
  let failures = 0
  let accepted = 0
  let sent = 0
  let gaveUp = false
  const inFlight = new Set<string>()
  const stopped = new AbortController()
  const idle: (() => void)[] = []

  /** Faults are cleared when they are packed: a flood is taken in at the pace of the stream, and cleared at the queue's. */
  function add(fault: Fault): void {
    accepted += 1
    const bytes = Buffer.byteLength(JSON.stringify(fault)) + 1
    if (batch.length >= MAX_FAULTS || batchBytes + bytes > ROOM) pack()
    batch.push(fault)
    batchBytes += bytes
    if (batch.length === 1) void packSoon(batch)
  }

  async function packSoon(mine: readonly Fault[]): Promise<void> {
    await clock.sleep(MAX_WAIT_MS, stopped.signal)
    if (batch === mine) pack()
  }

  function pack(): void {
    const faults = batch
    batch = []
    batchBytes = 0
    // What is told at once, and of each cluster that tells too much, what waits a while.
    const lanes = new Map<string, Lane>()
    const close = ({ texts, delaySeconds }: Lane) => {
      if (texts.length > 0) post(`${head(random)}${texts.join(',')}${TAIL}`, delaySeconds)
    }
    for (const fault of faults) {
      const text = sized(door.clear(fault))
      if (text === undefined) continue
      const delaySeconds = pace.delayOf(fault.cluster)
      const name = delaySeconds === 0 ? '' : fault.cluster
      const lane = lanes.get(name)
      const more = Buffer.byteLength(text) + 1
      // Redaction may make a text a little longer.
      if (lane === undefined || lane.bytes + more > ROOM) {
        if (lane !== undefined) close(lane)
        lanes.set(name, { texts: [text], bytes: more, delaySeconds })
        continue
      }
      lane.texts.push(text)
      lane.bytes += more
    }
    for (const lane of lanes.values()) close(lane)
  }

  /** As it fits into a message; undefined: kept aside, since nothing of it does. */
  function sized(fault: Cleared<Fault>): string | undefined {
    const json = JSON.stringify(fault)
    if (Buffer.byteLength(json) + 1 <= ROOM) return json
    const { reason, smaller } = shrink(fault)
    deadLetters.keep({ queue: 'faults', cluster: fault.cluster, reason, body: fault })
    return smaller
  }

  function post(body: string, delaySeconds = 0): void {
    const bytes = Buffer.byteLength(body)
    if (gaveUp || waitingBytes + bytes > MAX_WAITING_BYTES) {
      deadLetter(body, gaveUp ? 'The window ended before the queue took it' : 'Too much waits for the queue')
      return
    }
    waiting.push({ body, bytes, delaySeconds })
    waitingBytes += bytes
    if (senders < SENDERS) void send()
  }

  async function send(): Promise<void> {
    senders += 1
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      inFlight.add(next.body)
      try {
        await (next.delaySeconds === 0
          ? queue.send(next.body)
          : queue.send(next.body, { delaySeconds: next.delaySeconds }))
        inFlight.delete(next.body)
        sent += 1
        failures = 0
        waitingBytes -= next.bytes
      } catch (error) {
        inFlight.delete(next.body)
        failures += 1
        if (failures === 1 || failures % 50 === 0)
          log.warn({ waiting: waiting.length + 1 }, `Queue faults does not take messages: ${errorText(error)}`)
        if (gaveUp) {
          waitingBytes -= next.bytes
          deadLetter(next.body, 'The window ended before the queue took it')
          continue
        }
        waiting.unshift(next)
        await clock.sleep(backoffMs(failures, RETRY, random), stopped.signal)
      }
    }
    senders -= 1
    if (senders === 0) for (const wake of idle.splice(0)) wake()
  }

  function deadLetter(body: string, reason: string): void {
    deadLetters.keep({ queue: 'faults', reason, body: JSON.parse(body) })
  }

  async function within(ms: number, done: Promise<void>): Promise<void> {
    const patience = new AbortController()
    await Promise.race([done, clock.sleep(ms, patience.signal)])
    patience.abort()
  }

  return {
    add,
    /** Anything else that goes to the same queue. */
    post: (message: TriageMessage): void => post(JSON.stringify(message)),
    /** Sends what there is now; after `ms` gives up on the queue and keeps the rest aside. Nothing is added afterwards. */
    drain: async (ms: number): Promise<void> => {
      pack()
      const done = senders === 0 ? Promise.resolve() : new Promise<void>((resolve) => idle.push(resolve))
      await within(ms, done)
      gaveUp = true
      stopped.abort()
      for (const { body } of waiting.splice(0)) deadLetter(body, 'The window ended before the queue took it')
      // Those under way have an answer to wait for.
      await within(ms, done)
      for (const body of inFlight) deadLetter(body, 'The window ended before the queue said whether it took it')
    },
    counts: () => ({ accepted, sent, waiting: waiting.length }),
  }
}
/** One message that is being filled. */
type Lane = { readonly texts: string[]; bytes: number; readonly delaySeconds: number }
export type Outbox = ReturnType<typeof outbox>

/** Without what the server added of its own; the whole is kept aside. */
function shrink(fault: Fault): { readonly reason: string; readonly smaller: string | undefined } {
  const { cluster, labels, receivedAt, source, ...notice } = fault
  const known = Object.fromEntries(
    Object.keys(FaultNotice.shape).flatMap((key) => (notice[key] === undefined ? [] : [[key, notice[key]]])),
  )
  const { apiVersion, kind, namespace, name, uid } = fault.resource
  const resource = { apiVersion, kind, namespace, name, uid }
  const { owner: _, ...rest } = known
  const smaller = JSON.stringify({ ...rest, resource, cluster, labels, receivedAt, source })
  if (Buffer.byteLength(smaller) <= ROOM)
    return { reason: 'A fault too large for the queue: sent without its unknown fields', smaller }
  return { reason: 'A fault too large for the queue', smaller: undefined }
}
