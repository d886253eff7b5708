import { X509Certificate } from 'node:crypto'
import { z } from 'zod'
import type { Kubeconfig } from './kubeconfig.ts'

/** What a kubeconfig logs in with, and when it runs out, if that can be read from it. Holds nothing secret. */
export type CredentialInfo = {
  readonly kind: 'token' | 'certificate' | 'program' | 'password' | 'none'
  readonly expires?: string
  /** Whom it acts as by the kubeconfig's own words. */
  readonly actsAs?: string
}

const text = z.string().min(1).optional().catch(undefined)
const SelfContained = z.object({
  users: z.array(
    z.object({
      user: z.object({
        token: text,
        as: text,
        username: text,
        'client-certificate-data': text,
        exec: z.unknown().optional(),
      }),
    }),
  ),
})
const Claims = z.object({ exp: z.number() })

export function credentialInfo(kubeconfig: Pick<Kubeconfig, 'text'>): CredentialInfo {
  const user = SelfContained.safeParse(JSON.parse(kubeconfig.text)).data?.users[0]?.user
  return { ...kindOf(user), ...(user?.as === undefined ? {} : { actsAs: user.as }) }
}

function kindOf(user: z.infer<typeof SelfContained>['users'][number]['user'] | undefined): CredentialInfo {
  if (user === undefined) return { kind: 'none' }
  if (user.token !== undefined) return { kind: 'token', ...expiring(tokenExpiry(user.token)) }
  const certificate = user['client-certificate-data']
  if (certificate !== undefined) return { kind: 'certificate', ...expiring(certificateExpiry(certificate)) }
  if (user.exec !== undefined && user.exec !== null) return { kind: 'program' }
  return { kind: user.username === undefined ? 'none' : 'password' }
}

const expiring = (at: Date | undefined) =>
  at === undefined || Number.isNaN(at.getTime()) ? {} : { expires: `${at.toISOString().slice(0, 19)}Z` }

/** Only a service account's or identity provider's token says it; nothing is decided by it, so it is not verified. */
export function tokenExpiry(token: string): Date | undefined {
  const [, payload = ''] = token.split('.')
  try {
    const claims = Claims.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')))
    return claims.success ? new Date(claims.data.exp * 1000) : undefined
  } catch {
    return undefined
  }
}

function certificateExpiry(data: string): Date | undefined {
  try {
    return new Date(new X509Certificate(Buffer.from(data, 'base64')).validTo)
  } catch {
    return undefined
  }
}
