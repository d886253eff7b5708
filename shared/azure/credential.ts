import type { TokenCredential } from '@azure/identity'
import { once } from '../runtime/once.ts'
import { punctual } from './punctual.ts'

/**
 * The identity that the platform gives this app, by name: no search through environment, developer tools and files as
 * DefaultAzureCredential does. The library (a quarter of a second to load) is loaded with the first token.
 */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  const load = once(async (): Promise<TokenCredential> => {
    const { ManagedIdentityCredential } = await import('@azure/identity')
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId })
  })
  return punctual({ getToken: async (scopes, options) => (await load()).getToken(scopes, options) })
}

/** Whoever is logged in on this machine, by the Azure Developer CLI or the Azure CLI; for commands that people start. */
export function developerLogin(): TokenCredential {
  const load = once(async (): Promise<TokenCredential> => {
    const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } = await import('@azure/identity')
    return new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential())
  })
  return punctual({ getToken: async (scopes, options) => (await load()).getToken(scopes, options) })
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Who a program is that may run in a pod of AKS (workload identity), on another service of Azure (managed identity), or on
 * somebody's desk: told by what is set around it, so that nothing is tried in vain.
 */
export function ownLogin(environment: Environment): TokenCredential {
  if (!environment.AZURE_FEDERATED_TOKEN_FILE)
    return environment.IDENTITY_ENDPOINT || environment.AZURE_CLIENT_ID
      ? managedIdentity(environment.AZURE_CLIENT_ID || undefined)
      : developerLogin()
  const load = once(async (): Promise<TokenCredential> => {
    const { WorkloadIdentityCredential } = await import('@azure/identity')
    return new WorkloadIdentityCredential()
  })
  return punctual({ getToken: async (scopes, options) => (await load()).getToken(scopes, options) })
}
