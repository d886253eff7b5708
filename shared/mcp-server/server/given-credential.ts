import { z } from 'zod'
import type { ClusterApi } from '../../kubernetes/cluster-api.ts'

export const DescribedCredential = z.object({
  kind: z.string(),
  actsAs: z.string().optional(),
  expires: z.string().optional(),
  expired: z.boolean().optional(),
})
type DescribedCredential = z.infer<typeof DescribedCredential>

/** What a cluster is logged into with, and until when; nothing of the credential itself. */
export function describeCredential(open: () => ClusterApi, now: Date): DescribedCredential | undefined {
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
export function credentialText(credential: DescribedCredential | undefined): string | undefined {
  if (credential === undefined) return undefined
  const { kind, expires, expired, actsAs } = credential
  const description = [
    ...(expires === undefined ? [] : [`${kind} ${expired ? 'EXPIRED' : 'runs out'} ${expires}`]),
    ...(actsAs === undefined ? [] : [`acts as ${actsAs}`]),
  ]
  return description.length === 0 ? undefined : description.join(', ')
}
