import { isUtf8 } from 'node:buffer'
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
  // In a poison queue there is no last try: a message comes again until it expires.
  const last = options.maxDequeueCount
  if (body === 'not-base64' || (message.dequeueCount > last && !queue.name.endsWith('-poison'))) {
    if (body === 'not-base64') deps.log('error', `Message decoding has failed: ${message.messageId} is not Base64`)
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
  const run =
    body.text === undefined
      ? Promise.reject(new Error(`message ${message.messageId} is Base64 of no text`))
      : deps.invoke(deps.target, { name: deps.binding, data: { string: body.text } }, metadata(message, body.text))
  const failure = await run.then(
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
  if (message.dequeueCount >= last && !queue.name.endsWith('-poison')) return poison(message, popReceipt, deps)
  const seconds = Math.ceil((limits.retryDelayMs ?? options.visibilityTimeout) / 1000)
  await queue.updateMessage(message.messageId, popReceipt, undefined, seconds)
}

/** Poison queues have none themselves: their message stays hidden until it expires, as on Azure. */
async function poison(message: DequeuedMessageItem, popReceipt: string, deps: SettleDeps): Promise<void> {
  const { queue } = deps
  if (queue.name.endsWith('-poison')) return
  const target = deps.service.getQueueClient(`${queue.name}-poison`)
  await target.createIfNotExists()
  await target.sendMessage(message.messageText)
  await queue.deleteMessage(message.messageId, popReceipt)
  deps.log('error', `message ${message.messageId} moved to ${target.name} after ${message.dequeueCount} tries`)
}

/** Base64 of bytes that are no text reaches no function, and fails at each try; what is no Base64 is moved at once. */
function decode(text: string, encoding: 'base64' | 'none'): { readonly text: string | undefined } | 'not-base64' {
  if (encoding === 'none') return { text }
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return 'not-base64'
  const bytes = Buffer.from(text, 'base64')
  return { text: isUtf8(bytes) ? bytes.toString('utf8') : undefined }
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
  ...fieldsOf(body),
})

/** The real host's binding data: fields of a message stand beside what the queue says of it, and in its place. */
function fieldsOf(body: string): Readonly<Record<string, TypedData>> {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return {}
    const names = [
      'QueueTrigger',
      'DequeueCount',
      'Id',
      'PopReceipt',
      'InsertionTime',
      'ExpirationTime',
      'NextVisibleTime',
    ]
    return Object.fromEntries(
      Object.entries(parsed).map(([name, value]) => [
        names.find((known) => known.toLowerCase() === name.toLowerCase()) ?? name,
        typeof value === 'string' ? { string: value } : json(value),
      ]),
    )
  } catch {
    return {}
  }
}
