import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'

export const ToldCredential = z.object({
  kind: z.string(),
  actsAs: z.string().optional(),
  expires: z.string().optional(),
  expired: z.boolean().optional(),
})
type ToldCredential = z.infer<typeof ToldCredential>

/** What a cluster is logged into with, and until when; nothing of the credential itself. */
export function toldCredential(open: () => ClusterApi, now: Date): ToldCredential | undefined {
  try {
    const info = open().credential
    if (info?.expires === undefined) return info
    return { ...info, expired: Date.parse(info.expires) <= now.getTime() }
  } catch {
    // Its configuration is wrong; the status tells how.
    return undefined
  }
}

/** `token runs out 2026-01-01T00:00:00Z`; nothing where that is not known. */
export function credentialText(credential: ToldCredential | undefined): string | undefined {
  if (credential === undefined) return undefined
  const { kind, expires, expired, actsAs } = credential
  const told = [
    ...(expires === undefined ? [] : [`${kind} ${expired ? 'EXPIRED' : 'runs out'} ${expires}`]),
    ...(actsAs === undefined ? [] : [`acts as ${actsAs}`]),
  ]
  return told.length === 0 ? undefined : told.join(', ')
}
