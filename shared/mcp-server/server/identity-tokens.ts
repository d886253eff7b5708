import { createRemoteJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Clock } from '../../runtime/clock.ts'
import { errorText, GiveUp } from '../../runtime/errors.ts'
import { once } from '../../runtime/once.ts'

/** Callers bring tokens of this identity provider (Entra ID, Keycloak, any OIDC issuer). */
export type IdentityProvider = {
  /** As it stands in tokens: `https://login.microsoftonline.com/<tenant>/v2.0`. */
  readonly issuer: string
  /** This server, as the provider knows it. */
  readonly audience: string
  /** Where its keys are; from its discovery document when absent. */
  readonly jwksUrl?: string
  /** One of `scp`, `scope` or `roles` must hold it. */
  readonly scope?: string
}
/** Who it is, and until when this has been shown. */
export type Caller = { readonly caller: string; readonly until?: Date }
export type TokenCheck = (token: string) => Promise<Caller | 'invalid' | 'expired' | 'unavailable'>

/** Signed by a key that only the provider has; a shared secret or `none` proves nothing here. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']
/** Clocks differ; Entra itself allows for five minutes. */
const TOLERANCE_SECONDS = 60
const ANSWER_MS = 5_000
const MAX_DISCOVERY_BYTES = 256 * 1024
const MAX_TOKEN = 16_000

const Discovery = z.looseObject({ issuer: z.string(), jwks_uri: z.string() })
const Claims = z.looseObject({
  sub: z.string().min(1).max(300),
  exp: z.number(),
  oid: z.string().max(300).optional(),
  scp: z.string().catch(''),
  scope: z.string().catch(''),
  roles: z.array(z.string()).catch([]),
})

/** GiveUp when an address is one whose answers anybody on the way could write. */
export function identityTokens(provider: IdentityProvider, clock: Pick<Clock, 'now'>): TokenCheck {
  const { issuer, audience, jwksUrl, scope } = provider
  if (audience === '')
    throw new GiveUp('The audience of identity tokens is empty: name this server as its provider does.')
  secure(issuer)
  if (jwksUrl !== undefined) secure(jwksUrl)
  const keySet = once(async () => {
    const url = jwksUrl ?? (await discovered(issuer))
    return createRemoteJWKSet(secure(url), { timeoutDuration: ANSWER_MS })
  })
  return async (token) => {
    if (token.length > MAX_TOKEN) return 'invalid'
    let known: JWTVerifyGetKey
    try {
      known = await keySet()
    } catch {
      return 'unavailable'
    }
    try {
      const rules = {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'sub'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: clock.now(),
      }
      const { payload } = await jwtVerify(token, known, rules)
      const { sub, exp, oid, scp, scope: scopes, roles } = Claims.parse(payload)
      const held = [...scp.split(' '), ...scopes.split(' '), ...roles]
      if (scope !== undefined && !held.includes(scope)) return 'invalid'
      // Before it, so that no subject is called as the other doors call theirs (`token`, `local`).
      return { caller: `user:${oid ?? sub}`, until: new Date((exp + TOLERANCE_SECONDS) * 1000) }
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'expired'
      const away = error instanceof errors.JWKSTimeout || /fetch failed|Expected 200 OK/.test(errorText(error))
      return away ? 'unavailable' : 'invalid'
    }
  }
}

async function discovered(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' })
  const text = await response.text()
  if (!response.ok || text.length > MAX_DISCOVERY_BYTES) throw new GiveUp(`${url} does not describe an issuer.`)
  const found = Discovery.parse(JSON.parse(text))
  if (found.issuer !== issuer) throw new GiveUp(`${url} describes another issuer.`)
  return found.jwks_uri
}

function secure(text: string): URL {
  const url = URL.parse(text)
  const loopback = url !== null && /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname)
  if (url === null || (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)))
    throw new GiveUp(`${text.slice(0, 200)} is not an https:// address.`)
  return url
}
