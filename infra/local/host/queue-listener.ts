import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue'
import type { QueueTrigger } from './bindings.ts'
import type { Registered } from './core-api.ts'
import type { QueueOptions } from './host-json.ts'
import type { Invoke } from './invoke.ts'
import type { Listener } from './listener.ts'
import type { WorkerLimits } from './messages.ts'
import { settleMessage } from './queue-message.ts'

/** Where the real host starts (azure-sdk-for-net Storage.Common, QueuePollingIntervals). */
const FIRST_PAUSE_MS = 100

export type QueueDeps = {
  readonly service: QueueServiceClient
  readonly options: QueueOptions
  readonly limits: WorkerLimits
  readonly invoke: Invoke
  readonly log: (level: string, message: string) => void
}

/** azure-sdk-for-net QueueListener: takes a batch whenever few enough messages are in work, backs off while there are none. */
export function startQueue(target: Registered, binding: string, trigger: QueueTrigger, deps: QueueDeps): Listener {
  const { options, limits } = deps
  const queue = deps.service.getQueueClient(trigger.queueName)
  const longestPause = Math.min(options.maxPollingInterval, limits.maxPollMs)
  const stopped = new AbortController()
  let inWork = 0
  let wake: (() => void) | undefined

  const pause = (milliseconds: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      wake = done
    })

  async function work(message: DequeuedMessageItem): Promise<void> {
    inWork++
    try {
      await settleMessage(message, { ...deps, queue, target, binding })
    } catch (error) {
      // The message stays hidden until its visibility ends, then comes again: nothing is lost.
      deps.log('error', `message ${message.messageId} could not be settled: ${String(error)}`)
    } finally {
      inWork--
      wake?.()
    }
  }

  async function poll(): Promise<void> {
    let wait = FIRST_PAUSE_MS
    while (!stopped.signal.aborted) {
      if (inWork > options.newBatchThreshold) {
        await pause(longestPause)
        continue
      }
      const messages = await receive(queue, options.batchSize, limits.visibilityMs, deps.log)
      if (stopped.signal.aborted) return giveBack(queue, messages)
      for (const message of messages) void work(message)
      if (messages.length > 0) {
        wait = FIRST_PAUSE_MS
        continue
      }
      // Randomised by a fifth, as the real host does, so that many listeners do not ask in step.
      await pause(wait * (0.8 + Math.random() * 0.4))
      wait = Math.min(wait * 2, longestPause)
    }
  }

  poll().catch((error: unknown) => deps.log('error', `listening ended: ${String(error)}`))
  return {
    stop: () => {
      stopped.abort()
      wake?.()
    },
  }
}

async function receive(
  queue: QueueClient,
  batchSize: number,
  visibilityMs: number,
  log: QueueDeps['log'],
): Promise<readonly DequeuedMessageItem[]> {
  try {
    const visibilityTimeout = Math.ceil(visibilityMs / 1000)
    return (await queue.receiveMessages({ numberOfMessages: batchSize, visibilityTimeout })).receivedMessageItems
  } catch (error) {
    // A queue that is not there yet is no error to the real host either: it asks again later.
    const missing = error instanceof Error && 'statusCode' in error && error.statusCode === 404
    if (!missing) log('warning', `queue ${queue.name} cannot be read: ${String(error)}`)
    return []
  }
}

/** Received while the listener was being stopped: visible again at once for whoever comes next. */
async function giveBack(queue: QueueClient, messages: readonly DequeuedMessageItem[]): Promise<void> {
  for (const { messageId, popReceipt } of messages) await queue.updateMessage(messageId, popReceipt, undefined, 0)
}
