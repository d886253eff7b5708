import { type QueueClient, QueueSASPermissions, QueueServiceClient, SASProtocol } from '@azure/storage-queue'
import type { Clock } from '../runtime/clock.ts'
import { MAX_MESSAGE_BYTES, type Queue } from '../runtime/queue.ts'
import { storageFailure } from './failure.ts'
import { delegationKeys, linkWindow, within } from './links.ts'
import { type StoragePlace, storageDeadline, storageRetries } from './storage-place.ts'

/** Never: a message that nobody took must not vanish unseen after the service's default of seven days. */
const NEVER_EXPIRES = -1

export function queueService(place: StoragePlace): QueueServiceClient {
  const options = { retryOptions: storageRetries }
  return place.by === 'key'
    ? QueueServiceClient.fromConnectionString(place.connectionString, options)
    : new QueueServiceClient(place.queueUri, place.credential, options)
}

export function azureQueue(client: QueueClient): Queue {
  return {
    send: async (body, { delaySeconds = 0 } = {}) => {
      const bytes = Buffer.from(body)
      if (bytes.length > MAX_MESSAGE_BYTES)
        throw new Error(
          `a message of ${bytes.length} bytes for queue ${client.name}, ${MAX_MESSAGE_BYTES} is the most: keep it in a blob and send its name`,
        )
      // The library encodes nothing, and the Functions host decodes Base64.
      await inWords(`take a message for queue ${client.name}`, () =>
        client.sendMessage(bytes.toString('base64'), {
          visibilityTimeout: Math.ceil(delaySeconds),
          messageTimeToLive: NEVER_EXPIRES,
          abortSignal: storageDeadline(),
        }),
      )
    },
    length: async () => {
      const asked = () => client.getProperties({ abortSignal: storageDeadline() })
      return (await inWords(`say how long queue ${client.name} is`, asked)).approximateMessagesCount ?? 0
    },
  }
}

async function inWords<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    throw storageFailure(what, error)
  }
}

/** Links that let their holder add messages to one queue and nothing else: the address to POST `<QueueMessage>` to. */
export function queueAddLinks(place: StoragePlace, clock: Clock) {
  const service = queueService(place)
  const keys = delegationKeys(clock, (from, until) =>
    inWords('give a key to sign links with', () =>
      service.getUserDelegationKey(from, until, { abortSignal: storageDeadline() }),
    ),
  )
  return async (queue: string, expires: Date): Promise<string> => {
    const client = service.getQueueClient(queue)
    const options = {
      permissions: QueueSASPermissions.parse('a'),
      protocol: client.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
    }
    const window = linkWindow(clock, expires)
    if (place.by === 'key') return messagesOf(client.generateSasUrl({ ...options, ...window }))
    const key = await keys()
    return messagesOf(client.generateUserDelegationSasUrl({ ...options, ...within(window, key) }, key))
  }
}

function messagesOf(link: string): string {
  const url = new URL(link)
  url.pathname += '/messages'
  return url.href
}
