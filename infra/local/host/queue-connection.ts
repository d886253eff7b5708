import { QueueServiceClient } from '@azure/storage-queue'

/** The queue service that a binding's `connection` names: a setting, or the same with the host's prefix before it. */
export function queueService(connection: string, settings: NodeJS.ProcessEnv): QueueServiceClient {
  for (const name of [connection, `AzureWebJobs${connection}`]) {
    const value = settings[name]
    if (value !== undefined && value !== '') return QueueServiceClient.fromConnectionString(value)
    if (settings[`${name}__queueServiceUri`] !== undefined)
      throw new Error(
        `${name}__queueServiceUri needs an identity of Azure: locally, set ${name} to a connection string.`,
      )
  }
  throw new Error(`Setting ${connection} is not set: it must hold the connection string of the storage account.`)
}
