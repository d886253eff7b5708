import type { TokenCredential } from '@azure/identity'
import { GiveUp } from '../runtime/errors.ts'

export type StoragePlace =
  | { readonly by: 'key'; readonly connectionString: string }
  | {
      readonly by: 'identity'
      readonly credential: TokenCredential
      readonly blobUri: string
      readonly queueUri: string
      readonly tableUri: string
    }

export type StorageSettings = {
  readonly AzureWebJobsStorage?: string | undefined
  readonly AzureWebJobsStorage__blobServiceUri?: string | undefined
  readonly AzureWebJobsStorage__queueServiceUri?: string | undefined
  readonly AzureWebJobsStorage__tableServiceUri?: string | undefined
  readonly AzureWebJobsStorage__clientId?: string | undefined
}

/** The host's own settings name the place, so that triggers and the product cannot look at two different accounts. */
export function storagePlace(settings: StorageSettings, credential: TokenCredential): StoragePlace {
  const connectionString = settings.AzureWebJobsStorage
  if (connectionString !== undefined) return { by: 'key', connectionString }
  const blobUri = settings.AzureWebJobsStorage__blobServiceUri
  const queueUri = settings.AzureWebJobsStorage__queueServiceUri
  const tableUri = settings.AzureWebJobsStorage__tableServiceUri
  if (blobUri === undefined || queueUri === undefined || tableUri === undefined)
    throw new GiveUp(
      'No storage account: set AzureWebJobsStorage to a connection string, or all three of ' +
        'AzureWebJobsStorage__blobServiceUri, __queueServiceUri and __tableServiceUri.',
    )
  return { by: 'identity', credential, blobUri, queueUri, tableUri }
}

/**
 * Three quick tries ride out a dropped connection or a busy partition; anything longer is the caller's decision, who
 * has a lease to give back or a queue that delivers again.
 */
export const storageRetries = { maxTries: 3, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 } as const

/** All tries of one small operation together: a third of the usual lease, so that its holder hears of trouble in time. */
export const storageDeadline = (): AbortSignal => AbortSignal.timeout(20_000)
/** Listings and bodies of up to some 16 MiB. */
export const transferDeadline = (): AbortSignal => AbortSignal.timeout(60_000)
