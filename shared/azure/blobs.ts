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
import { randomId } from '../runtime/ids.ts'
import { contentType } from './content-type.ts'
import { codeOf, storageFailure } from './failure.ts'
import { delegationKeys, linkWindow, within } from './links.ts'
import { type StoragePlace, storageDeadline, storageRetries, transferDeadline } from './storage-place.ts'

const MAX_LIST = 5_000
/** A body that was cut short is read again so often. */
const WHOLE_TRIES = 3
/** The metadata in which a conditional write leaves its own mark. */
const MARK = 'wrote'
const missingBlob = 'BlobNotFound'

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
    service.getUserDelegationKey(from, until, { abortSignal: storageDeadline() }).catch((error: unknown) => {
      throw storageFailure('give a key to sign links with', error)
    }),
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
  const head = (name: string) => at(name).getProperties({ abortSignal: storageDeadline() })
  const download = (name: string, maxBytes: number) =>
    missingIsUndefined(`read blob ${name}`, async () => {
      let short = ''
      for (let tried = 0; tried < WHOLE_TRIES; tried++) {
        const answer = await at(name).download(0, undefined, { abortSignal: transferDeadline() })
        const { contentLength, contentRange, etag, lastModified, readableStreamBody: body } = answer
        if (body === undefined || etag === undefined || lastModified === undefined)
          throw new Error(`the blob service answered without body, etag or date for ${name}`)
        const total = Number(/\/(\d+)$/.exec(contentRange ?? '')?.[1] ?? contentLength ?? Number.NaN)
        if (total > maxBytes) {
          if (body instanceof Readable) body.destroy()
          throw new GiveUp(`Blob ${name} has ${total} bytes, more than the ${maxBytes} that are read.`)
        }
        const bytes = await buffer(body)
        // Without a length a connection that was cut looks like an end.
        const whole = Number.isNaN(total) ? ((await head(name)).contentLength ?? 0) : total
        if (bytes.length === whole) return { bytes, etag, lastModified }
        short = `got ${bytes.length} of ${whole} bytes of ${name}`
      }
      throw new Error(short)
    })
  return {
    read: async (name, maxBytes) => {
      const found = await download(name, maxBytes)
      return found && { name, text: found.bytes.toString('utf8'), etag: found.etag, lastModified: found.lastModified }
    },
    readBytes: async (name, maxBytes) => (await download(name, maxBytes))?.bytes,
    info: (name) => missingIsUndefined(`look at blob ${name}`, async () => info(name, await head(name))),
    write: async (name, content, { onlyIfNew = false, onlyIfEtag } = {}) => {
      const bytes = Buffer.from(content)
      const mark = randomId()
      const conditional = onlyIfNew || onlyIfEtag !== undefined
      const conditions = {
        ...(onlyIfNew ? { ifNoneMatch: '*' } : {}),
        ...(onlyIfEtag === undefined ? {} : { ifMatch: onlyIfEtag }),
      }
      try {
        await at(name).upload(bytes, bytes.length, {
          conditions,
          ...(conditional ? { metadata: { [MARK]: mark } } : {}),
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
        if (!conditional || !elsewhere.includes(codeOf(error))) throw storageFailure(`write blob ${name}`, error)
        // The library may have sent it twice, and the second found the first.
        return (await missingIsUndefined(`look at blob ${name}`, () => head(name)))?.metadata?.[MARK] === mark
      }
    },
    remove: async (name) => {
      await missingIsUndefined(`remove blob ${name}`, () => at(name).deleteIfExists({ abortSignal: storageDeadline() }))
    },
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
  readonly accessTier?: string | undefined
}
function info(name: string, { etag, lastModified, contentLength = 0, accessTier }: Properties): BlobInfo {
  if (etag === undefined || lastModified === undefined)
    throw new Error(`the blob service answered without etag or date for ${name}`)
  // A list gives etags without the quotes that they have everywhere else.
  const whole = { name, etag: etag.startsWith('"') ? etag : `"${etag}"`, lastModified, bytes: contentLength }
  return accessTier === 'Archive' ? { ...whole, archived: true } : whole
}

/** Somebody else wrote it, or took it away. */
const elsewhere: readonly string[] = ['BlobAlreadyExists', 'ConditionNotMet', 'TargetConditionNotMet', missingBlob]

async function missingIsUndefined<T>(what: string, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act()
  } catch (error) {
    if (codeOf(error) === missingBlob) return undefined
    throw error instanceof GiveUp ? error : storageFailure(what, error)
  }
}
