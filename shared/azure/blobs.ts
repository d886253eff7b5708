import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import {
  BlobSASPermissions,
  BlobServiceClient,
  type BlockBlobClient,
  type ContainerClient,
  SASProtocol,
} from '@azure/storage-blob'
import type { BlobInfo, Blobs } from '../runtime/blobs.ts'
import type { Clock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'
import { contentType } from './content-type.ts'
import { statusOf } from './failure.ts'
import { delegationKeys, linkWindow, within } from './links.ts'
import { type StoragePlace, storageDeadline, storageRetries, transferDeadline } from './storage-place.ts'

const MAX_LIST = 5_000

export function blobService(place: StoragePlace): BlobServiceClient {
  const options = { retryOptions: storageRetries }
  return place.by === 'key'
    ? BlobServiceClient.fromConnectionString(place.connectionString, options)
    : new BlobServiceClient(place.blobUri, place.credential, options)
}

/** Signs a link to one blob with the account's key, or with a key that the service gave our identity. */
export type SignLink = (client: BlockBlobClient, permission: 'r' | 'c', expires: Date) => Promise<string>

export function blobLinks(place: StoragePlace, service: BlobServiceClient, clock: Clock): SignLink {
  const keys = delegationKeys(clock, (from, until) =>
    service.getUserDelegationKey(from, until, { abortSignal: storageDeadline() }),
  )
  return async (client, permission, expires) => {
    const options = {
      permissions: BlobSASPermissions.parse(permission),
      protocol: client.url.startsWith('https:') ? SASProtocol.Https : SASProtocol.HttpsAndHttp,
    }
    const window = linkWindow(clock, expires)
    if (place.by === 'key') return client.generateSasUrl({ ...options, ...window })
    const key = await keys()
    return client.generateUserDelegationSasUrl({ ...options, ...within(window, key) }, key)
  }
}

export function azureBlobs(container: ContainerClient, sign: SignLink): Blobs {
  const at = (name: string) => container.getBlockBlobClient(name)
  const download = (name: string, maxBytes: number) =>
    missingIsUndefined(async () => {
      const answer = await at(name).download(0, undefined, { abortSignal: transferDeadline() })
      const { contentLength = 0, etag, lastModified, readableStreamBody: body } = answer
      if (body === undefined || etag === undefined || lastModified === undefined)
        throw new Error(`the blob service answered without body, etag or date for ${name}`)
      if (contentLength > maxBytes) {
        if (body instanceof Readable) body.destroy()
        throw new GiveUp(`Blob ${name} has ${contentLength} bytes, more than the ${maxBytes} that are read.`)
      }
      return { bytes: await buffer(body), etag, lastModified }
    })
  return {
    read: async (name, maxBytes) => {
      const found = await download(name, maxBytes)
      return found && { name, text: found.bytes.toString('utf8'), etag: found.etag, lastModified: found.lastModified }
    },
    readBytes: async (name, maxBytes) => (await download(name, maxBytes))?.bytes,
    info: (name) =>
      missingIsUndefined(async () => info(name, await at(name).getProperties({ abortSignal: storageDeadline() }))),
    write: async (name, content, { onlyIfNew = false, onlyIfEtag } = {}) => {
      const bytes = Buffer.from(content)
      const conditions = {
        ...(onlyIfNew ? { ifNoneMatch: '*' } : {}),
        ...(onlyIfEtag === undefined ? {} : { ifMatch: onlyIfEtag }),
      }
      try {
        await at(name).upload(bytes, bytes.length, {
          conditions,
          abortSignal: transferDeadline(),
          blobHTTPHeaders: {
            blobContentType: contentType(name),
            blobContentDisposition: 'inline',
            // Reports and lists are written over: a browser asks each time.
            blobCacheControl: 'private, no-cache',
          },
        })
        return true
      } catch (error) {
        const conditional = onlyIfNew || onlyIfEtag !== undefined
        if (conditional && [409, 412].includes(statusOf(error) ?? 0)) return false
        throw error
      }
    },
    remove: async (name) => void (await at(name).deleteIfExists({ abortSignal: storageDeadline() })),
    list: async (prefix, limit) => {
      if (!(limit >= 1 && limit <= MAX_LIST)) throw new Error(`a list of ${limit} blobs: ask for 1 to ${MAX_LIST}`)
      const found: BlobInfo[] = []
      const pages = container.listBlobsFlat({ prefix, abortSignal: transferDeadline() }).byPage({ maxPageSize: limit })
      for await (const page of pages) {
        for (const { name, properties } of page.segment.blobItems) found.push(info(name, properties))
        if (found.length >= limit) break
      }
      return found.slice(0, limit)
    },
    readLink: (name, expires) => sign(at(name), 'r', expires),
    createLink: (name, expires) => sign(at(name), 'c', expires),
  }
}

type Properties = {
  readonly etag?: string | undefined
  readonly lastModified?: Date | undefined
  readonly contentLength?: number | undefined
}
function info(name: string, { etag, lastModified, contentLength = 0 }: Properties): BlobInfo {
  if (etag === undefined || lastModified === undefined)
    throw new Error(`the blob service answered without etag or date for ${name}`)
  // A list gives etags without the quotes that they have everywhere else.
  return { name, etag: etag.startsWith('"') ? etag : `"${etag}"`, lastModified, bytes: contentLength }
}

async function missingIsUndefined<T>(act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (statusOf(error) === 404) return undefined
    throw error
  }
}
