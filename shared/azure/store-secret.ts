import { GiveUp } from '../runtime/errors.ts'
import { statusOf } from './failure.ts'
import type { KeyVaultPlace } from './vault.ts'

const DEADLINE_MS = 30_000
/** https://learn.microsoft.com/azure/key-vault/secrets/about-secrets */
const MAX_SECRET_BYTES = 25 * 1024

/** Puts a new version of a secret into the vault. The functions never do: their identity may only read. */
export async function storeSecret(place: KeyVaultPlace, name: string, value: string): Promise<void> {
  const { url, credential, httpClient } = place
  if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
    throw new GiveUp(`${name} has over 25 KiB, which is the most that a vault keeps: leave out what is not needed.`)
  const { SecretClient } = await import('@azure/keyvault-secrets')
  const client = new SecretClient(url, credential, httpClient === undefined ? {} : { httpClient })
  try {
    await client.setSecret(name, value, {
      contentType: 'application/yaml',
      abortSignal: AbortSignal.timeout(DEADLINE_MS),
    })
  } catch (error) {
    if (statusOf(error) === 403)
      throw new GiveUp(
        `You may not write secrets in ${url}: ask for the role Key Vault Secrets Officer there (operatorPrincipalId).`,
        { cause: error },
      )
    throw error
  }
}
