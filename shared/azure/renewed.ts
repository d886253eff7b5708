import type { AccessToken, TokenCredential } from '@azure/identity'
import { z } from 'zod'
import { type Clock, systemClock } from '../runtime/clock.ts'

/** Where App Service and Functions give tokens, as they say it to the program. */
export type IdentityEndpoint = { readonly url: string; readonly header: string; readonly clientId?: string | undefined }

const API_VERSION = '2019-08-01'
const DEADLINE_MS = 5_000
/** A token that is refused again so soon is not too old: asking once more would help nobody, and be a storm. */
const PAUSE_MS = 60_000
/** What ends sooner than this is the library's to renew. */
const LEAST_LEFT_MS = 5 * 60_000

const Answer = z.looseObject({ access_token: z.string().min(1), expires_on: z.coerce.number().positive() })

/** A token straight from the endpoint, past what the library keeps. */
async function askAnew({ url, header, clientId }: IdentityEndpoint, scope: string): Promise<AccessToken> {
  const asked = new URL(url)
  asked.searchParams.set('api-version', API_VERSION)
  asked.searchParams.set('resource', scope.replace(/\/\.default$/, ''))
  if (clientId !== undefined) asked.searchParams.set('client_id', clientId)
  const answer = await fetch(asked, {
    headers: { 'X-IDENTITY-HEADER': header },
    signal: AbortSignal.timeout(DEADLINE_MS),
    redirect: 'error',
  })
  if (!answer.ok) throw new Error(`The identity endpoint gave no new token: ${answer.status}`)
  const { access_token: token, expires_on: seconds } = Answer.parse(await answer.json())
  return { token, expiresOnTimestamp: seconds * 1_000 }
}

/**
 * The library keeps a token until its end and has no way to be asked for another. A service that refuses it before (taken
 * back, or an instance that slept) makes its client ask again and name the tenant of the refusal: then one is fetched anew,
 * for all who ask at that time, and used until it runs out.
 */
export function renewedWhenRefused(
  library: TokenCredential,
  endpoint: IdentityEndpoint | undefined,
  clock: Pick<Clock, 'now'> = systemClock,
): TokenCredential {
  if (endpoint === undefined) return library
  const fetched = new Map<string, { readonly token: Promise<AccessToken>; readonly since: number }>()
  return {
    getToken: async (scopes, options = {}) => {
      const scope = [scopes].flat().join(' ')
      const now = clock.now().getTime()
      const known = fetched.get(scope)
      const refused = options.tenantId !== undefined
      if (refused && (known === undefined || now - known.since > PAUSE_MS))
        fetched.set(scope, { token: askAnew(endpoint, scope), since: now })
      const anew = await fetched.get(scope)?.token.catch(() => undefined)
      if (anew !== undefined && anew.expiresOnTimestamp - now > LEAST_LEFT_MS) return anew
      return library.getToken(scopes, options)
    },
  }
}
