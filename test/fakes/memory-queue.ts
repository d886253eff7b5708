import { type Clock, systemClock } from '../../shared/runtime/clock.ts'
import { MAX_MESSAGE_BYTES, type Queue } from '../../shared/runtime/queue.ts'

export type MemoryMessage = {
  readonly id: string
  readonly body: string
  readonly visibleAt: Date
  readonly dequeueCount: number
}
export type MemoryQueue = Queue & {
  /** All that wait, hidden ones included, oldest first. */
  readonly messages: readonly MemoryMessage[]
  /** Visible ones, hidden from then on for `visibilitySeconds`: as the Functions host does, 10 minutes. */
  readonly receive: (options?: { readonly count?: number; readonly visibilitySeconds?: number }) => readonly Received[]
}
/** Both do nothing once the visibility time is over and somebody else may have the message: the receipt is stale. */
export type Received = MemoryMessage & {
  readonly complete: () => boolean
  /** Gives it back: visible again after `seconds`. */
  readonly release: (seconds?: number) => boolean
}

export function memoryQueue(clock: Clock = systemClock): MemoryQueue {
  let waiting: readonly MemoryMessage[] = []
  let sent = 0
  const inSeconds = (seconds: number) => new Date(clock.now().getTime() + seconds * 1000)
  const swap = (old: MemoryMessage, next?: MemoryMessage): boolean => {
    if (!waiting.includes(old)) return false
    waiting = waiting.flatMap((one) => (one === old ? (next ?? []) : one))
    return true
  }
  return {
    get messages() {
      return waiting
    },
    send: async (body, { delaySeconds = 0 } = {}) => {
      const bytes = Buffer.byteLength(body)
      if (bytes > MAX_MESSAGE_BYTES) throw new Error(`a message of ${bytes} bytes, ${MAX_MESSAGE_BYTES} is the most`)
      sent += 1
      waiting = [...waiting, { id: `m${sent}`, body, visibleAt: inSeconds(delaySeconds), dequeueCount: 0 }]
    },
    length: async () => waiting.length,
    receive: ({ count = 1, visibilitySeconds = 600 } = {}) =>
      waiting
        .filter((one) => one.visibleAt <= clock.now())
        .slice(0, count)
        .map((one) => {
          const taken = { ...one, dequeueCount: one.dequeueCount + 1, visibleAt: inSeconds(visibilitySeconds) }
          swap(one, taken)
          return {
            ...taken,
            complete: () => swap(taken),
            release: (seconds = 0) => swap(taken, { ...taken, visibleAt: inSeconds(seconds) }),
          }
        }),
  }
}
