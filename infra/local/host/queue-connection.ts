import { QueueServiceClient } from '@azure/storage-queue'
import { managedIdentity } from '../../../shared/azure/credential.ts'

/** The queue service that a binding's `connection` names: a setting, or the same with the host's prefix before it. */
export function queueService(connection: string, settings: NodeJS.ProcessEnv): QueueServiceClient {
  for (const name of [connection, `AzureWebJobs${connection}`]) {
    const value = settings[name]
    if (value !== undefined && value !== '') return QueueServiceClient.fromConnectionString(value)
    const uri = settings[`${name}__queueServiceUri`]
    if (uri !== undefined) return new QueueServiceClient(uri, managedIdentity(settings[`${name}__clientId`]))
  }
  throw new Error(
    `Setting ${connection} is not set: it must hold the connection string of the storage account, or ${connection}__queueServiceUri its address for an identity.`,
  )
}
