import type { DequeuedMessageItem, QueueClient, QueueServiceClient } from '@azure/storage-queue'
import type { Registered, TypedData } from './core-api.ts'
import type { QueueOptions } from './host-json.ts'
import type { Invoke } from './invoke.ts'
import type { WorkerLimits } from './messages.ts'

type SettleDeps = {
  readonly service: QueueServiceClient
  readonly queue: QueueClient
  readonly target: Registered
  readonly binding: string
  readonly options: QueueOptions
  readonly limits: WorkerLimits
  readonly invoke: Invoke
  readonly log: (level: string, message: string) => void
}

/**
 * One received message to its end (azure-sdk-for-net QueueProcessor): run the function while renewing the message's
 * visibility, then delete it; on failure show it again, or move it to the poison queue at the last try.
 */
export async function settleMessage(message: DequeuedMessageItem, deps: SettleDeps): Promise<void> {
  const { queue, options, limits } = deps
  const body = decode(message.messageText, options.messageEncoding)
  if (message.dequeueCount > options.maxDequeueCount || body === undefined) {
    if (body === undefined) deps.log('error', `message ${message.messageId} is not Base64`)
    return poison(message, message.popReceipt, deps)
  }
  let { popReceipt } = message
  let renewing: Promise<void> = Promise.resolve()
  const renew = async () => {
    try {
      const seconds = Math.ceil(limits.visibilityMs / 1000)
      popReceipt =
        (await queue.updateMessage(message.messageId, popReceipt, undefined, seconds)).popReceipt ?? popReceipt
    } catch (error) {
      deps.log('warning', `message ${message.messageId} could not be renewed: ${String(error)}`)
    }
  }
  const timer = setInterval(() => {
    renewing = renew()
  }, limits.visibilityMs / 2)
  const failure = await deps
    .invoke(deps.target, { name: deps.binding, data: { string: body } }, metadata(message, body))
    .then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
  clearInterval(timer)
  // A renewal on its way changes the receipt; deleting with the older one would be refused.
  await renewing
  if (failure === undefined) {
    await queue.deleteMessage(message.messageId, popReceipt)
    return
  }
  const { error } = failure
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  deps.log('error', `failed on message ${message.messageId}, try ${message.dequeueCount}: ${text}`)
  if (message.dequeueCount >= options.maxDequeueCount) return poison(message, popReceipt, deps)
  const seconds = Math.ceil((limits.retryDelayMs ?? options.visibilityTimeout) / 1000)
  await queue.updateMessage(message.messageId, popReceipt, undefined, seconds)
}

/** Poison queues have none themselves: their message stays hidden until it expires, as on Azure. */
async function poison(message: DequeuedMessageItem, popReceipt: string, deps: SettleDeps): Promise<void> {
  const { queue } = deps
  if (queue.name.endsWith('-poison'))
    return deps.log('error', `message ${message.messageId} of ${queue.name} is given up`)
  const target = deps.service.getQueueClient(`${queue.name}-poison`)
  await target.createIfNotExists()
  await target.sendMessage(message.messageText)
  await queue.deleteMessage(message.messageId, popReceipt)
  deps.log('error', `message ${message.messageId} moved to ${target.name} after ${message.dequeueCount} tries`)
}

function decode(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined
  return Buffer.from(text, 'base64').toString('utf8')
}

const json = (value: unknown): TypedData => ({ json: JSON.stringify(value) })
const metadata = (message: DequeuedMessageItem, body: string): Readonly<Record<string, TypedData>> => ({
  QueueTrigger: { string: body },
  DequeueCount: json(message.dequeueCount),
  Id: { string: message.messageId },
  PopReceipt: { string: message.popReceipt },
  InsertionTime: json(message.insertedOn),
  ExpirationTime: json(message.expiresOn),
  NextVisibleTime: json(message.nextVisibleOn),
})
