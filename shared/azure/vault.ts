import type { HttpClient } from '@azure/core-rest-pipeline'
import type { TokenCredential } from '@azure/identity'
import { type Clock, systemClock } from '../runtime/clock.ts'
import { GiveUp } from '../runtime/errors.ts'
import { once } from '../runtime/once.ts'
import type { Vault } from '../runtime/vault.ts'
import { statusOf } from './failure.ts'
import { patientClient } from './patient-client.ts'

export type KeyVaultPlace = {
  readonly url: string
  readonly credential: TokenCredential
  readonly clock?: Clock
  /** Tests hand one in that leads to a vault of theirs. */
  readonly httpClient?: HttpClient
}

/** Short enough that a rotated secret is in use within a minute, long enough that a storm asks the vault once. */
const KEPT_MS = 60_000
/** A cluster and a model have one secret each; beyond this many the oldest is asked for again. */
const MAX_KEPT = 500
const DEADLINE_MS = 15_000
/** A vault that has had too much is left alone by all for as long as it takes to count anew. */
const BUSY_MS = 5_000

export function keyVault({ url, credential, clock = systemClock, httpClient }: KeyVaultPlace): Vault {
  const load = once(async () => {
    const library = await import('@azure/keyvault-secrets')
    return new library.SecretClient(url, credential, { httpClient: httpClient ?? patientClient })
  })
  const kept = new Map<string, { readonly value: Promise<string>; readonly until: number }>()
  let busyUntil = 0
  const fetchSecret = async (name: string): Promise<string> => {
    // A slash would lead to another address of the vault.
    if (!/^[0-9A-Za-z-]{1,127}$/.test(name))
      throw new GiveUp(`${JSON.stringify(name.slice(0, 140))} is no name for a secret: use letters, digits and dashes.`)
    if (clock.now().getTime() < busyUntil) throw tooMuch(url)
    const client = await load()
    try {
      const { value } = await client.getSecret(name, { abortSignal: AbortSignal.timeout(DEADLINE_MS) })
      if (value === undefined || value === '')
        throw new GiveUp(`The secret ${name} in ${url} is empty: give it a value.`)
      return value
    } catch (error) {
      if (statusOf(error) === 429) busyUntil = clock.now().getTime() + BUSY_MS
      throw explained(error, name, url)
    }
  }
  return {
    secret: async (name) => {
      const now = clock.now().getTime()
      const known = kept.get(name)
      if (known !== undefined && known.until > now) return known.value
      const entry = { value: fetchSecret(name), until: now + KEPT_MS }
      kept.delete(name)
      kept.set(name, entry)
      const [oldest] = kept.keys()
      if (kept.size > MAX_KEPT && oldest !== undefined) kept.delete(oldest)
      try {
        return await entry.value
      } catch (error) {
        if (kept.get(name) === entry) kept.delete(name)
        throw error
      }
    },
  }
}

const tooMuch = (url: string, cause?: unknown): Error =>
  new Error(
    `The vault ${url} is asked too much just now (429) and passes on nothing: it is asked again in some seconds.`,
    {
      cause,
    },
  )

function explained(error: unknown, name: string, url: string): unknown {
  if (error instanceof GiveUp) return error
  if (statusOf(error) === 404)
    return new GiveUp(`There is no secret ${name} in ${url}: create it there, or recover it if it was deleted.`)
  if (statusOf(error) === 429) return tooMuch(url, error)
  // Not given up: a new role takes minutes to arrive, and the secret may be enabled again.
  const said = error instanceof Error ? error.message : ''
  const tenants = /Expected one of (\S+?),? found (\S+?)\.?(?:\s|$)/.exec(said)
  if (statusOf(error) === 401 && tenants !== null)
    return new Error(
      `The vault ${url} trusts tenant ${tenants[1]}, and this app's identity is of ${tenants[2]}: move the vault to that tenant, or use one of it.`,
    )
  if (statusOf(error) === 403 && /firewall|client address|ForbiddenByConnection|not authorized by.*network/i.test(said))
    return new Error(
      `The secret ${name} in ${url} may not be read from here: the vault's firewall refuses this app's network. Let it in.`,
      { cause: error },
    )
  if (statusOf(error) === undefined)
    return new Error(`The vault ${url} gave no answer when it was asked for secret ${name}.`, { cause: error })
  if (statusOf(error) === 403)
    return new Error(
      `The secret ${name} in ${url} may not be read: give this app's identity the role Key Vault Secrets User there, or enable the secret.`,
      { cause: error },
    )
  return error
}
