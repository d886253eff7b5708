import type { TokenCredential } from '@azure/identity'
import { once } from '../runtime/once.ts'

/**
 * The identity that the platform gives this app, by name: no search through environment, developer tools and files as
 * DefaultAzureCredential does. The library (a quarter of a second to load) is loaded with the first token.
 */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  const load = once(async (): Promise<TokenCredential> => {
    const { ManagedIdentityCredential } = await import('@azure/identity')
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId })
  })
  return {
    getToken: async (scopes, options) => (await load()).getToken(scopes, options),
  }
}

/** Whoever is logged in on this machine, by the Azure Developer CLI or the Azure CLI; for commands that people start. */
export function developerLogin(): TokenCredential {
  const load = once(async (): Promise<TokenCredential> => {
    const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } = await import('@azure/identity')
    return new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential())
  })
  return {
    getToken: async (scopes, options) => (await load()).getToken(scopes, options),
  }
}
