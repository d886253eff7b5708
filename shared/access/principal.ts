import { z } from 'zod'

/** Who has signed in, as App Service passes it on. */
export type Principal = {
  readonly name: string
  /** Object ids of groups, and names of app roles. */
  readonly groups: readonly string[]
  /** Entra names no groups of somebody who is in too many of them. */
  readonly isCut: boolean
}

/** https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities (2026): Base64 of this. */
const Said = z.looseObject({
  auth_typ: z.string(),
  claims: z.array(z.looseObject({ typ: z.string(), val: z.string() })).max(1_000),
})
/** Two hundred groups and some claims are 20 kB. */
const MAX_CHARACTERS = 64 * 1024
/** Short, as in a token, and long, as App Service maps them. */
const groupClaims: ReadonlySet<string> = new Set([
  'groups',
  'roles',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/groups',
  'http://schemas.microsoft.com/ws/2008/06/identity/claims/role',
])
const nameClaims = [
  'name',
  'preferred_username',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
]
const cutClaims: ReadonlySet<string> = new Set(['_claim_names', 'hasgroups'])

/** Of the header X-MS-CLIENT-PRINCIPAL; `undefined` for what is none, or of another provider than Entra. */
export function principalIn(header: string | null): Principal | undefined {
  if (header === null || header.length > MAX_CHARACTERS) return undefined
  const said = Said.safeParse(fromJson(Buffer.from(header, 'base64').toString('utf8')))
  if (!said.success || said.data.auth_typ !== 'aad') return undefined
  const { claims } = said.data
  const name = nameClaims.flatMap((one) => claims.find(({ typ }) => typ === one)?.val ?? [])[0] ?? ''
  return {
    name: name.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 100),
    groups: claims.filter(({ typ }) => groupClaims.has(typ)).map(({ val }) => val),
    isCut: claims.some(({ typ }) => cutClaims.has(typ)),
  }
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
