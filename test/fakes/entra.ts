import type { TokenCredential } from '@azure/identity'

/** One token per scope, so that a fake can tell a token that was meant for somebody else. */
export const tokenFor = (scope: string): string => `token for ${scope}`.replaceAll(' ', '-')

/** Microsoft Entra as a client meets it: a credential that keeps what it was asked for. */
export function entra(
  issue: (scope: string) => string = tokenFor,
): TokenCredential & { readonly asked: readonly string[] } {
  const asked: string[] = []
  return {
    asked,
    getToken: async (scopes) => {
      const scope = [scopes].flat().join(' ')
      asked.push(scope)
      return { token: issue(scope), expiresOnTimestamp: Date.now() + 3_600_000 }
    },
  }
}
