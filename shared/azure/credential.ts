import type { TokenCredential } from '@azure/identity'

/**
 * The identity that the platform gives this app, by name: no search through environment, developer tools and files as
 * DefaultAzureCredential does. The library (a quarter of a second to load) is loaded with the first token.
 */
export function managedIdentity(clientId: string | undefined): TokenCredential {
  let loaded: Promise<TokenCredential> | undefined
  const load = async (): Promise<TokenCredential> => {
    const { ManagedIdentityCredential } = await import('@azure/identity')
    return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId })
  }
  return {
    getToken: async (scopes, options) => {
      loaded ??= load()
      return (await loaded).getToken(scopes, options)
    },
  }
}

/** Whoever is logged in on this machine, by the Azure Developer CLI or the Azure CLI; for commands that people start. */
export function developerLogin(): TokenCredential {
  let loaded: Promise<TokenCredential> | undefined
  const load = async (): Promise<TokenCredential> => {
    const { AzureCliCredential, AzureDeveloperCliCredential, ChainedTokenCredential } = await import('@azure/identity')
    return new ChainedTokenCredential(new AzureDeveloperCliCredential(), new AzureCliCredential())
  }
  return {
    getToken: async (scopes, options) => {
      loaded ??= load()
      return (await loaded).getToken(scopes, options)
    },
  }
}
